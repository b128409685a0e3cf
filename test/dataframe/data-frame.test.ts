import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import type { DataFrame } from "../../src/dataframe/data-frame.js";
import { count, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { lit } from "../../src/expressions/functions/lit.js";
import { explode } from "../../src/expressions/functions/nested.js";
import { split } from "../../src/expressions/functions/text.js";
import { window } from "../../src/expressions/functions/window.js";
import type { Float64Type, Int64Type, NullType, TimestampType, Utf8Type } from "../../src/types/data-type.js";
import { formatSchema } from "../../src/types/format-type.js";
import { float64, int64, required, schemaOf, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { stubFrame } from "./stub-frame.js";

type Orders = {
  id: Int64Type;
  user: Utf8Type | NullType;
  amount: Float64Type | NullType;
  at: TimestampType | NullType;
};
const schema = schemaOf({ id: required(int64()), user: utf8(), amount: float64(), at: timestamp() });
const orders = (): DataFrame<Orders> => stubFrame<Orders>(schema).frame;
const columns = (frame: DataFrame): string => formatSchema(frame.schema);
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe("columns", () => {
  test("select takes names, paths, stars and columns", () => {
    const selected = orders().select("id", col("amount").times(2).as("double"), col("id").gt(1));
    expect(columns(selected)).toBe(
      "id bigint not null, double double, (id > 1) boolean not null".replaceAll("(id > 1)", "`(id > 1)`"),
    );
    expect(orders().select("*", lit(1).as("one")).columns).toEqual(["id", "user", "amount", "at", "one"]);
  });

  test("withColumn replaces in place and appends; withColumns computes each from the columns before", () => {
    const frame = orders().withColumn("user", lit("x")).withColumn("n", col("id").plus(1));
    expect(frame.columns).toEqual(["id", "user", "amount", "at", "n"]);
    const swapped = orders().withColumns({ id: col("amount"), amount: col("id") });
    expect(swapped.columns).toEqual(["id", "user", "amount", "at"]);
    expect(swapped.schema.fields.map(({ type }) => type.kind)).toEqual(["float64", "utf8", "int64", "timestamp"]);
  });

  test("renamed and dropped columns", () => {
    expect(orders().withColumnRenamed("user", "who").drop("at", "amount").columns).toEqual(["id", "who"]);
    const odd = orders().withColumn("a.b", lit(1));
    expect(odd.withColumnRenamed("a.b", "c").columns).toEqual(["id", "user", "amount", "at", "c"]);
    expect(odd.drop("a.b").columns).toEqual(["id", "user", "amount", "at"]);
  });

  test("an unknown name is an error at once, naming the nearest", () => {
    const untyped: DataFrame = orders();
    expect(() => untyped.select("usr")).toThrow(/COLUMN_NOT_FOUND.*Did you mean "user"\?/);
    expect(() => untyped.drop("usr")).toThrow(code("COLUMN_NOT_FOUND"));
    expect(() => untyped.withColumnRenamed("usr", "x")).toThrow(code("COLUMN_NOT_FOUND"));
    expect(() => untyped.filter(col("usr").gt(1))).toThrow(code("COLUMN_NOT_FOUND"));
    expect(() => untyped.groupBy("usr").count()).toThrow(code("COLUMN_NOT_FOUND"));
    expect(() => untyped.dropDuplicates("usr")).toThrow(code("COLUMN_NOT_FOUND"));
    expect(() => untyped.dropDuplicates(["usr"] as never)).toThrow(/COLUMN_NAME.*a list of names.*one by one/);
  });

  test("what is no column is refused, in programs without types too", () => {
    const untyped = orders() as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const verb of ["select", "filter", "groupBy", "orderBy", "agg"]) {
      expect(() => untyped[verb](5)).toThrow(code("COLUMN_ARGUMENT"));
    }
    expect(() => untyped["withColumn"]("n", 5)).toThrow(/COLUMN_ARGUMENT: 5 is not a column. Use col/);
    expect(() => untyped["filter"]("id > 1")).toThrow(code("COLUMN_ARGUMENT"));
    expect(() => untyped["agg"]({ n: "id" })).toThrow(code("COLUMN_ARGUMENT"));
  });

  test("a verb changes nothing: plans are frozen, frames new", () => {
    const frame = orders();
    const plan = JSON.stringify(frame.plan);
    const filtered = frame.filter(col("id").gt(1));
    expect(filtered).not.toBe(frame);
    expect(JSON.stringify(frame.plan)).toBe(plan);
    const filter = filtered.plan;
    if (filter.kind !== "filter" || filter.condition.kind !== "call") throw new Error("a filter was expected");
    expect([filter, filter.condition, filter.condition.args].every(Object.isFrozen)).toBe(true);
  });
});

describe("groups", () => {
  test("agg by record, by list and by shortcut", () => {
    const grouped = orders().groupBy("user");
    expect(grouped.agg({ n: count(), total: sum("amount").filter(col("id").gt(1)) }).columns).toEqual([
      "user",
      "n",
      "total",
    ]);
    expect(grouped.agg(sum("amount").as("total"), count()).columns).toEqual(["user", "total", "count"]);
    expect(grouped.count().columns).toEqual(["user", "count"]);
    expect(grouped.sum("amount", "id").columns).toEqual(["user", "sum(amount)", "sum(id)"]);
    expect(orders().agg({ n: count() }).columns).toEqual(["n"]);
  });

  test("windows and their members", () => {
    const counts = orders().withWatermark("at", "10 minutes").groupBy(window("at", "5 minutes"), "user").count();
    expect(counts.columns).toEqual(["window", "user", "count"]);
    expect(counts.select("window.start", col("window").getField("end").as("until")).columns).toEqual([
      "start",
      "until",
    ]);
  });

  test("words", () => {
    expect(
      columns(
        orders()
          .select(explode(split(col("user"), " ")).as("word"))
          .groupBy("word")
          .agg({ n: count() }),
      ),
    ).toBe("word string not null, n bigint not null");
  });
});

describe("rows", () => {
  test("order, limit, distinct and union become nodes", () => {
    const frame = orders().orderBy("user", col("amount").desc()).limit(3);
    expect(frame.plan).toMatchObject({
      kind: "limit",
      count: 3,
      input: {
        kind: "sort",
        orders: [
          { descending: false, nullsFirst: true },
          { descending: true, nullsFirst: false },
        ],
      },
    });
    expect(() => orders().limit(-1)).toThrow(code("LIMIT"));
    expect(() => orders().limit(1.5)).toThrow(code("LIMIT"));
    expect(orders().distinct().plan).toMatchObject({ kind: "dropDuplicates", columns: null });
    expect(orders().dropDuplicates("id", "at").plan).toMatchObject({ columns: ["id", "at"] });
  });

  test("union goes by position, unionByName by name", () => {
    const turned = orders().select("user", "id");
    expect(() => orders().select("id", "user").union(turned)).toThrow();
    const united = orders().select("id", "user").unionByName(turned);
    expect(united.columns).toEqual(["id", "user"]);
    expect(columns(orders().select(col("id").as("n")).union(orders().select("amount")))).toBe("n double");
  });

  test("watermarks are microseconds", () => {
    expect(orders().withWatermark("at", "10 minutes", { idleTimeout: "5 seconds", late: "source" }).plan).toMatchObject(
      {
        kind: "watermark",
        column: "at",
        delay: 600_000_000n,
        idleTimeout: 5_000_000n,
        late: "source",
      },
    );
    expect(() => orders().withWatermark("at", "1 month")).toThrow(code("INTERVAL_NOT_FIXED"));
  });
});

describe("ends", () => {
  const rows = [
    { id: 1n, user: "ann", amount: 2.5, at: new Date(0) },
    { id: 2n, user: null, amount: null, at: null },
  ];

  test("collect gives row objects", async () => {
    const { frame } = stubFrame<Orders>(schema, { rows });
    expect(await frame.collect()).toEqual([
      { id: 1, user: "ann", amount: 2.5, at: new Date(0) },
      { id: 2, user: null, amount: null, at: null },
    ]);
    const [exact] = await frame.collect({ int64: "bigint", timestamp: "micros" });
    expect(exact).toEqual({ id: 1n, user: "ann", amount: 2.5, at: 0n });
  });

  test("first, take and count ask for no more than they need", async () => {
    const { frame, collected } = stubFrame<Orders>(schema, { rows: [rows[0]] });
    expect(await frame.first()).toMatchObject({ id: 1 });
    await frame.take(2);
    expect(collected.map((plan) => plan.kind === "limit" && plan.count)).toEqual([1, 2]);
    const counting = stubFrame(schema, { rows: [{ count: 7n }], resultSchema: schemaOf({ count: required(int64()) }) });
    expect(await counting.frame.count()).toBe(7);
    expect(counting.collected[0].kind).toBe("aggregate");
  });

  test("toArrow and batches give Arrow", async () => {
    const { frame } = stubFrame<Orders>(schema, { rows });
    expect((await frame.toArrow()).numRows).toBe(2);
    const sizes: number[] = [];
    for await (const batch of frame.batches()) sizes.push(batch.numRows);
    expect(sizes).toEqual([2]);
  });

  test("show prints Spark's table, and its vertical form", async () => {
    const { frame, printed } = stubFrame(schemaOf({ n: int64(), text: utf8() }), {
      rows: [
        { n: 1n, text: "a text that is too long" },
        { n: 2n, text: null },
      ],
    });
    await frame.show(1);
    expect(printed.join("")).toBe(
      "+---+--------------------+\n|  n|                text|\n+---+--------------------+\n|  1|a text that is to...|\n+---+--------------------+\nonly showing top 1 row\n",
    );
    printed.length = 0;
    await frame.show(2, { vertical: true, truncate: 8 });
    expect(printed.join("")).toBe(
      "-RECORD 0--------\n n    | 1        \n text | a tex... \n-RECORD 1--------\n n    | 2        \n text | NULL     \n",
    );
  });

  test("a stream is not waited for", async () => {
    const { frame, collected } = stubFrame(schema, { streaming: true });
    for (const end of [
      () => frame.collect(),
      () => frame.show(),
      () => frame.count(),
      () => frame.toArrow(),
      () => frame.first(),
      () => frame.batches().next(),
    ]) {
      await expect(end()).rejects.toThrow(code("STREAMING_FRAME"));
    }
    expect(collected).toEqual([]);
    expect(await stubFrame(schema, { streaming: true, bounded: true, rows }).frame.collect()).toHaveLength(2);
  });

  test("a frame shows itself", async () => {
    const { frame, printed } = stubFrame(schemaOf({ "<b>": int64() }), { rows: [] });
    expect(inspect(frame)).toBe("DataFrame[<b>: bigint]");
    expect(inspect(stubFrame(schemaOf({ n: int64() }), { streaming: true }).frame)).toBe(
      "DataFrame[n: bigint] (streaming)",
    );
    const display = Reflect.get(frame, Symbol.for("Jupyter.display")) as () => Promise<Record<string, string>>;
    expect((await display.call(frame))["text/html"]).toContain("|&lt;b&gt;|");
    frame.printSchema();
    frame.explain("stream");
    expect(printed).toEqual(["root\n |-- <b>: long (nullable = true)\n\n", "the stream plan\n"]);
  });
});
