import { beforeAll, describe, expect, test } from "vitest";
import { type Compiled, compile } from "./compile.js";
import { frameHeader } from "./frame-header.js";
import { runSnippet } from "./run-snippet.js";

/** An expression that gives a frame, and the columns the compiler must know of it. */
const frames: Readonly<Record<string, readonly [code: string, columns: Readonly<Record<string, string>>]>> = {
  select: [
    `orders.select("id", upper("user").as("name"), col("place.city"), "place.lat")`,
    { id: "int64", name: "utf8?", city: "utf8?", lat: "float64?" },
  ],
  star: [
    `orders.select("*", lit(1).as("one")).drop("tags", "place", "at")`,
    { id: "int64", user: "utf8?", amount: "float64?", one: "int32" },
  ],
  unnamed: [
    `orders.select(col("amount").plus(1), upper("user"), col("id").cast("double"), col("id").isNull(), col("user").eq("x").and(col("id").gt(2)))`,
    {
      "(amount + 1)": "float64?",
      "upper(user)": "utf8?",
      id: "float64",
      "(id IS NULL)": "bool",
      "((user = 'x') AND (id > 2))": "bool?",
    },
  ],
  arithmetic: [
    `orders.select(col("id").plus(1).as("a"), col("id").plus(1.5).as("b"), lit(1).plus(2).as("c"), lit(1).dividedBy(2).as("d"), lit(1).plus(10000000000).as("e"), col("amount").floor().as("f"))`,
    { a: "int64", b: "float64", c: "int32", d: "float64", e: "int64", f: "int64?" },
  ],
  nulls: [
    `orders.select(col("amount").coalesce(0).as("a"), col("user").eqNullSafe("x").as("b"), col("user").eq("x").as("c"), col("id").tryCast("int").as("d"), when(col("id").gt(1), "x").as("e"), when(col("id").gt(1), "x").otherwise("y").as("f"))`,
    { a: "float64", b: "bool", c: "bool?", d: "int32?", e: "utf8?", f: "utf8" },
  ],
  replaced: [
    `orders.withColumn("user", size("tags")).withColumns({ id: lit("x"), at: year("at") }).drop("tags", "place").withColumnRenamed("amount", "sum")`,
    { id: "utf8", user: "int32", sum: "float64?", at: "int32?" },
  ],
  words: [
    `orders.select(explode(split("user", " ")).as("word")).groupBy("word").count()`,
    { word: "utf8", count: "int64" },
  ],
  exploded: [`orders.select("id", explode("tags"))`, { id: "int64", col: "utf8?" }],
  windows: [
    `orders.withWatermark("at", "1 minute").groupBy(window("at", "5 minutes"), "user").agg({ n: count(), total: sum("amount").filter(col("id").gt(0)) }).select("window.start", windowTime("window").as("t"), "user", "n", "total")`,
    { start: "timestamp", t: "timestamp", user: "utf8?", n: "int64", total: "float64?" },
  ],
  windowOfWindow: [
    `orders.groupBy(window("at", "5 minutes")).count().groupBy(window("window", "1 hour").as("hour")).agg(sum("count"), max("count").as("top")).select("hour.end", "sum(count)", "top")`,
    { end: "timestamp", "sum(count)": "int64?", top: "int64?" },
  ],
  sessions: [
    `orders.groupBy(sessionWindow("at", "5 minutes"), "user").count().select(col("session_window").getField("end").as("end"), "count")`,
    { end: "timestamp", count: "int64" },
  ],
  aggregates: [
    `orders.groupBy("user").agg(count(), avg("id"), countDistinct("id", "at"), first("user").as("u"), count("at"))`,
    {
      user: "utf8?",
      count: "int64",
      "avg(id)": "float64?",
      "countDistinct(id, at)": "int64",
      u: "utf8?",
      "count(at)": "int64",
    },
  ],
  shortcuts: [
    `orders.groupBy("user").sum("id", "amount")`,
    { user: "utf8?", "sum(id)": "int64?", "sum(amount)": "float64?" },
  ],
  global: [`orders.agg({ n: count(), mean: sum("amount").dividedBy(count()) })`, { n: "int64", mean: "float64?" }],
  userAggregates: [
    `orders.agg({ p: userAggregate({ name: "product", type: "double", init: () => 1, add: (state: number) => state, finish: (state) => state })("amount") })`,
    { p: "float64?" },
  ],
  union: [
    `orders.select("id", "user").union(orders.select(col("amount").as("id"), lit("x").as("user")))`,
    { id: "float64?", user: "utf8?" },
  ],
  packed: [
    `orders.select(struct("user", col("id").plus(1).as("next")).as("s")).select("s.next", toJson("s").as("j"))`,
    { next: "int64", j: "utf8" },
  ],
  parsed: [
    `orders.select(fromJson("user", struct({ a: required(int32()), b: utf8() })).as("j")).select("j.a", "j.b")`,
    { a: "int32?", b: "utf8?" },
  ],
  members: [
    `orders.select("id", "place.*").withColumn("j", toJson(struct("*")))`,
    { id: "int64", city: "utf8?", lat: "float64?", j: "utf8" },
  ],
  packedWhole: [
    `orders.select("id", "user").select(struct("*", lit(1).as("one")).as("s")).select("s.*")`,
    { id: "int64", user: "utf8?", one: "int32" },
  ],
  parsedBytes: [
    `orders.select(fromJson(lit(new Uint8Array()), struct({ a: required(int32()), b: utf8() })).as("j")).select("j.*")`,
    { a: "int32?", b: "utf8?" },
  ],
  untyped: [
    `untyped.groupBy("a").agg({ n: sum("b"), m: count() })`,
    { a: "anything", n: "int64|float64?", m: "int64" },
  ],
};

const rows: Readonly<Record<string, readonly [code: string, row: string]>> = {
  plain: [
    `orders.select("id", "user", "at", "tags", "place").collect()`,
    "{ id: number; user: string | null; at: Date | null; tags: (string | null)[]; place: { city: string | null; lat: number; } | null; }[]",
  ],
  exact: [
    `orders.select("id", "at").collect({ int64: "bigint", timestamp: "iso" })`,
    "{ id: bigint; at: string | null; }[]",
  ],
  first: [`orders.select("id").first()`, "{ id: number; } | null"],
  untyped: [`untyped.select("a").take(3)`, "{ a: unknown; }[]"],
};

describe("the type of a frame", () => {
  let compiled: Compiled;
  beforeAll(() => {
    const described = Object.entries(frames).map(
      ([name, [code]]) => [`f-${name}`, `${frameHeader}${SHAPE}${frameCode(name, code)}`] as const,
    );
    const collected = Object.entries(rows).map(
      ([name, [code]]) => [`r-${name}`, `${frameHeader}${SHAPE}${rowCode(name, code)}`] as const,
    );
    compiled = compile(Object.fromEntries([...described, ...collected]));
  });

  test.each(Object.entries(frames))("%s", (name, [, columns]) => {
    expect(compiled.errors.get(`f-${name}`)).toEqual([]);
    expect(shapeOf(compiled.types.get(`frame_${name}`) ?? "")).toEqual(columns);
  });

  // `untyped` frames are left out: there the schema knows what the compiler cannot.
  test.each(Object.entries(frames).filter(([, [code]]) => !code.startsWith("untyped")))(
    "%s: the schema says the same",
    (_, [code, columns]) => {
      const { schema } = runSnippet(code);
      const said = schema.fields.map(({ name, type, nullable }) => [name, type.kind + (nullable ? "?" : "")]);
      expect(Object.fromEntries(said)).toEqual(columns);
    },
  );

  test.each(Object.entries(rows))("rows: %s", (name, [, row]) => {
    expect(compiled.errors.get(`r-${name}`)).toEqual([]);
    expect(compiled.types.get(`rows_${name}`)).toBe(row);
  });
});

/** Column types in short: kinds, and a question mark where NULL may be. */
const SHAPE = `
type Short<T> = [DataType] extends [T] ? "anything" : \`\${Kinds<Exclude<T, NullType>>}\${NullType extends T ? "?" : ""}\`;
type Kinds<T> = [Int64Type | Float64Type] extends [T] ? "int64|float64" : T extends { kind: infer K extends string } ? K : never;
type ShapeOf<F> = { [N in keyof ColumnsIn<F>]: Short<ColumnsIn<F>[N]> };
type Plain<T> = T extends Date | bigint | string | number | null ? T : T extends readonly (infer E)[] ? Plain<E>[] : T extends object ? { [N in keyof T]: Plain<T[N]> } : T;
`;

function frameCode(name: string, code: string): string {
  return `const frame = ${code}; export type frame_${name} = ShapeOf<typeof frame>;`;
}

function rowCode(name: string, code: string): string {
  return `const rows = ${code}; export type rows_${name} = Plain<Awaited<typeof rows>>;`;
}

function shapeOf(printed: string): Record<string, string> {
  const members = printed.matchAll(/(?:"((?:[^"\\]|\\.)*)"|(\w+)): "([^"]*)";/g);
  return Object.fromEntries(Array.from(members, ([, quoted, plain, kind]) => [quoted ?? plain, kind]));
}
