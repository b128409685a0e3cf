import { beforeAll, describe, expect, test } from "vitest";
import { type Compiled, compile } from "./compile.js";
import { frameHeader } from "./frame-header.js";

/** What a user writes wrongly, and the sentence the compiler says. */
const mistakes: Readonly<Record<string, readonly [code: string, sentence: string]>> = {
  select: [`orders.select("usr")`, `There is no column "usr" in this frame.`],
  selectColumn: [`orders.select("id", col("usr").plus(1))`, `There is no column "usr" in this frame.`],
  selectAggregate: [`orders.select(sum("amount"))`, "sum is an aggregate: use it in agg(...)."],
  filterText: [`orders.filter(col("user"))`, "filter takes a condition, not utf8."],
  filterMixed: [`orders.filter(col("user").eq(1))`, "eq takes values of one type, not a mix of them; cast one side."],
  filterAggregate: [
    `orders.filter(count().gt(1))`,
    "count is an aggregate: filter after agg(...), by the name of its column.",
  ],
  withColumn: [`orders.withColumn("x", col("user").plus(1))`, "plus takes a number, not utf8."],
  withColumns: [`orders.withColumns({ x: upper("id") })`, "upper takes text, not int64."],
  groupBy: [`orders.groupBy("usr").count()`, `There is no column "usr" in this frame.`],
  aggRecord: [`orders.groupBy("user").agg({ n: sum("user") })`, "sum takes a number, not utf8."],
  aggList: [`orders.groupBy("user").agg(sum("usr").as("n"))`, `There is no column "usr" in this frame.`],
  aggColumn: [
    `orders.groupBy("user").agg({ n: col("amount") })`,
    "agg(...) takes aggregates, such as sum(column) or count().",
  ],
  aggFilter: [`orders.agg({ n: count().filter(col("id")) })`, "filter takes a condition, not int64."],
  shortcut: [`orders.groupBy("user").sum("usr")`, `There is no column "usr" in this frame.`],
  drop: [`orders.drop("usr")`, `There is no column "usr" in this frame.`],
  rename: [`orders.withColumnRenamed("usr", "x")`, `There is no column "usr" in this frame.`],
  dropDuplicates: [`orders.dropDuplicates("usr")`, `There is no column "usr" in this frame.`],
  orderBy: [`orders.orderBy("usr")`, `There is no column "usr" in this frame.`],
  orderByDescending: [`orders.orderBy(col("usr").desc())`, `There is no column "usr" in this frame.`],
  watermarkName: [`orders.withWatermark("usr", "1 minute")`, `There is no column "usr" in this frame.`],
  watermarkType: [
    `orders.withWatermark("user", "1 minute")`,
    "withWatermark takes a column of type timestamp or date.",
  ],
  member: [`orders.select(col("place").getField("zip").as("z"))`, `There is no member "zip" in this struct.`],
  memberPath: [`orders.select("place.zip")`, `There is no member "zip" in this struct.`],
  membersOfNumber: [`orders.select("id.*")`, "There are no members to take: this is int64, not a struct."],
  membersOfNothing: [`orders.select("usr.*")`, `There is no column "usr" in this frame.`],
  memberOfNumber: [`orders.select(col("id").getField("x").as("z"))`, "getField takes a struct, not int64."],
  explode: [`orders.select(explode("id"))`, "explode takes a list, not int64."],
  when: [`orders.select(when(col("id"), 1).as("x"))`, "when takes a condition, not int64."],
  whenMixed: [
    `orders.select(when(col("id").gt(1), col("user")).otherwise(col("id")).as("x"))`,
    "when takes values of one type, not a mix of them; cast one side.",
  ],
  afterRename: [`orders.withColumnRenamed("user", "who").select("user")`, `There is no column "user" in this frame.`],
  afterDrop: [`orders.drop("user").select("user")`, `There is no column "user" in this frame.`],
  afterAgg: [
    `orders.groupBy("user").agg({ n: count() }).select("amount")`,
    `There is no column "amount" in this frame.`,
  ],
  afterSelect: [`untyped.select("a", "b").filter(col("c").gt(1))`, `There is no column "c" in this frame.`],
};

/** What must compile. */
const fine: Readonly<Record<string, string>> = {
  names: `orders.select("id", "*"); orders.select("place.city"); orders.groupBy(); orders.dropDuplicates(); orders.orderBy("id", col("amount").desc())`,
  textAgainstTime: `orders.filter(col("at").ge("2024-01-01").and(col("id").between(1, 5n)))`,
  widening: `orders.withColumn("x", col("id").plus(col("amount")).plus(1).dividedBy(2))`,
  expressionsOfAggregates: `orders.agg({ mean: sum("amount").dividedBy(count()) })`,
  untyped: `untyped.select("a", col("b").plus(1), upper("c")).groupBy("a"); untyped.withColumn("k", col("a").plus(1)).where(col("k").eq("x")).drop("q")`,
  anyFrame: `const anyFrame = (frame: DataFrame): void => void frame; anyFrame(orders); anyFrame(orders.groupBy("user").count())`,
  unknownColumns: `const picked: Column = col("a" as string); orders.select(picked); orders.filter(picked); orders.agg({ n: col("user" as string).sum() })`,
  transform: `const adults = <S>(frame: DataFrame<S>): DataFrame<S> => frame.limit(3); orders.transform(adults).select("user")`,
  rows: `orders.as<{ id: number; tags: string[] }>().select(col("id").plus(1).as("x"), explode("tags").as("tag"))`,
};

describe("the compiler", () => {
  let compiled: Compiled;
  beforeAll(() => {
    const wrong = Object.entries(mistakes).map(([name, [code]]) => [`wrong-${name}`, frameHeader + code] as const);
    const right = Object.entries(fine).map(([name, code]) => [`fine-${name}`, frameHeader + code] as const);
    compiled = compile(Object.fromEntries([...wrong, ...right]));
  });

  test.each(Object.entries(mistakes))("refuses %s with a sentence", (name, [, sentence]) => {
    const errors = compiled.errors.get(`wrong-${name}`) ?? [];
    expect(errors).toHaveLength(1);
    // The sentence stands alone as the type that was wanted: nothing of ours is printed around it.
    expect(errors[0]).toMatch(/ is not assignable to (parameter of )?type '"[^|]*"'\.$/);
    expect(errors[0].replaceAll('\\"', '"')).toContain(sentence);
  });

  test.each(Object.keys(fine))("accepts %s", (name) => {
    expect(compiled.errors.get(`fine-${name}`)).toEqual([]);
  });
});
