import { describe, expect, test } from "vitest";
import { MillraceError } from "../../src/common/millrace-error.js";
import { expressionText } from "../../src/expressions/format-expression.js";
import { avg, count, first, last, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { lit } from "../../src/expressions/functions/lit.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { window } from "../../src/expressions/functions/window.js";
import { analyse, schemaOf } from "../../src/plan/analyse.js";
import { formatType } from "../../src/types/format-type.js";
import { date, float64, int32, int64, list, struct, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { codeOf, type Frame, fieldNames, nodesOfKind, source } from "./frame.js";

const events = source({
  at: timestamp(),
  user: utf8(),
  amount: int64(),
  small: int32(),
  tags: list(utf8()),
  place: struct({ city: utf8(), zip: int32() }),
  "a.b": int32(),
});
const code = (frame: Frame): string => codeOf(() => analyse(frame.plan));
const types = (frame: Frame): string[] =>
  schemaOf(frame.plan).fields.map(({ name, type }) => `${name}: ${formatType(type)}`);

describe("columns by name", () => {
  test("a path is a member of a struct and named after it", () => {
    expect(types(events.select("place.city", col("place").getField("zip").as("zip")))).toEqual([
      "city: string",
      "zip: int",
    ]);
  });
  test("a column whose name holds a dot comes before a path", () => {
    expect(types(events.select(col("`a.b`")))).toEqual(["a.b: int"]);
  });
  test("an unknown column names the nearest one, and where", () => {
    const build = (): unknown => analyse(events.select("usr").plan);
    expect(codeOf(build)).toBe("COLUMN_NOT_FOUND");
    expect(build).toThrow(/Did you mean "user"\?/);
    expect(build).toThrow(/At select\(usr\)/);
    expect(codeOf(() => analyse(events.select("place.cty").plan))).toBe("COLUMN_NOT_FOUND");
  });
  test("members of something else than a struct are refused", () =>
    expect(code(events.select("user.name"))).toBe("TYPE_MISMATCH"));
  test("a struct with a member twice is ambiguous", () => {
    const twice = struct({ x: int32() });
    const two = source({ s: { kind: "struct", fields: [...twice.fields, ...twice.fields] } });
    expect(code(two.select("s.x"))).toBe("AMBIGUOUS");
  });
  test("names are unique", () => {
    expect(code(events.select("user", col("amount").as("user")))).toBe("COLUMN_DUPLICATE");
    expect(code(events.groupBy("user").agg(count().as("user")))).toBe("COLUMN_DUPLICATE");
  });
  test("star stands for every column, alone", () => {
    expect(fieldNames(analyse(events.select("*", col("amount").plus(1).as("more")).plan))).toEqual([
      "at",
      "user",
      "amount",
      "small",
      "tags",
      "place",
      "a.b",
      "more",
    ]);
  });
});

describe("types", () => {
  test("implicit casts are written out", () => {
    const [project] = nodesOfKind(analyse(events.select(col("small").plus(col("amount")).as("x")).plan), "project");
    expect(expressionText(project.columns[0])).toBe("(CAST(small AS bigint) + amount)");
  });
  test("constants are widened on the spot", () => {
    const [filter] = nodesOfKind(analyse(events.filter(col("amount").gt(5)).plan), "filter");
    expect(filter.condition).toMatchObject({ args: [{}, { kind: "literal", value: 5n }] });
  });
  test("a condition must be a boolean", () => expect(code(events.filter(col("user")))).toBe("TYPE_MISMATCH"));
  test("arguments of the wrong type say what was called where", () => {
    const build = (): unknown => analyse(events.select(col("user").plus(1)).plan);
    expect(codeOf(build)).toBe("FUNCTION_ARGUMENTS");
    expect(build).toThrow(/At \(user \+ 1\) in select/);
  });
  test("a bare NULL needs a type", () => expect(code(events.select(lit(null).as("nothing")))).toBe("TYPE_MISMATCH"));
  test("every error says what to do or where it happened", () => {
    for (const frame of [events.select("usr"), events.filter(col("user")), events.select(lit(null).as("x"))]) {
      expect(() => analyse(frame.plan)).toThrow(MillraceError);
      expect(() => analyse(frame.plan)).toThrow(/At .+/);
    }
  });
});

describe("positions", () => {
  test("aggregates need groups", () => {
    expect(code(events.select(sum("amount")))).toBe("AGGREGATE_NOT_ALLOWED");
    expect(code(events.groupBy("user").agg(sum(sum("amount"))))).toBe("AGGREGATE_NOT_ALLOWED");
  });
  test("explode stands at the top of one column", () => {
    expect(code(events.select(col("tags").explode().isNull()))).toBe("GENERATOR_POSITION");
    expect(code(events.select(col("tags").explode().as("a"), col("tags").explode().as("b")))).toBe(
      "GENERATOR_POSITION",
    );
    expect(code(events.filter(col("tags").explode().eq("x")))).toBe("GENERATOR_POSITION");
    expect(code(events.select(col("user").explode()))).toBe("TYPE_MISMATCH");
  });
  test("explode becomes a node below the projection", () => {
    const root = analyse(events.select("user", col("tags").explode().as("tag")).plan);
    expect(fieldNames(root)).toEqual(["user", "tag"]);
    expect(nodesOfKind(root, "explode")).toHaveLength(1);
  });
  test("windows are group keys or projected columns, one at a time", () => {
    expect(types(events.select(window("at", "5 minutes").getField("end").as("end")))).toEqual(["end: timestamp"]);
    expect(code(events.filter(window("at", "5 minutes").isNotNull()))).toBe("WINDOW_POSITION");
    expect(code(events.groupBy(window("at", "5 minutes"), window("at", "1 hour").as("hour")).agg(count()))).toBe(
      "TWO_WINDOWS",
    );
    expect(code(events.select(sessionWindow("at", "5 minutes")))).toBe("WINDOW_POSITION");
    expect(code(events.groupBy(sessionWindow("at", "5 minutes"), window("at", "1 hour")).agg(count()))).toBe(
      "TWO_WINDOWS",
    );
    expect(code(events.groupBy(window("user", "1 hour")).agg(count()))).toBe("TYPE_MISMATCH");
  });
  test("a window of a window goes by its last instant", () => {
    const hours = events
      .groupBy(window("at", "5 minutes"))
      .agg(count().as("n"))
      .groupBy(window("window", "1 hour").as("hour"))
      .agg(sum("n").as("n"));
    const [, outer] = nodesOfKind(analyse(hours.plan), "window");
    expect(expressionText(outer.time)).toBe("windowTime(window)");
    expect(fieldNames(analyse(hours.plan))).toEqual(["hour", "n"]);
  });
});

describe("groupBy", () => {
  test("an expression over aggregates becomes a projection above", () => {
    const root = analyse(
      events.groupBy("user").agg(sum("amount").as("total"), sum("amount").plus(count()).as("more")).plan,
    );
    expect(fieldNames(root)).toEqual(["user", "total", "more"]);
    expect(nodesOfKind(root, "aggregate")[0].aggregates).toHaveLength(3);
  });
  test("keys may be used beside aggregates, by name or written out again", () => {
    const root = analyse(
      events
        .groupBy(col("small").plus(1).as("next"))
        .agg(col("next").plus(count()).as("a"), col("small").plus(1).plus(count()).as("b")).plan,
    );
    expect(fieldNames(root)).toEqual(["next", "a", "b"]);
  });
  test("other columns have many values per group", () => {
    expect(code(events.groupBy("user").agg(col("amount").plus(count()).as("x")))).toBe("COLUMN_NOT_GROUPED");
    expect(code(events.groupBy("user").agg(col("amuont").plus(count()).as("x")))).toBe("COLUMN_NOT_FOUND");
  });
  test("a session stands at the place of its key", () => {
    const root = analyse(events.groupBy("user", sessionWindow("at", "5 minutes"), "small").agg(count()).plan);
    expect(fieldNames(root)).toEqual(["user", "session_window", "small", "count"]);
    expect(nodesOfKind(root, "sessionAggregate")[0].sessionPosition).toBe(1);
  });
  test("operators are named after kind, keys and place", () => {
    const root = analyse(
      events.dropDuplicates("user", "at").groupBy(window("at", "5 minutes"), "user").agg(count()).limit(3).plan,
    );
    expect(
      [...nodesOfKind(root, "dropDuplicates"), ...nodesOfKind(root, "aggregate"), ...nodesOfKind(root, "limit")].map(
        (node) => node.operatorName,
      ),
    ).toEqual(["dropDuplicates(user, at)#0", "aggregate(window, user)#1", "limit(3)#2"]);
  });
});

describe("order", () => {
  const counts = events.groupBy("user").agg(count().as("n"));
  test("orderBy and limit are a top-N, also with projections and filters between", () => {
    const root = analyse(
      counts.orderBy({ column: "n", descending: true }).select("user").filter(col("user").isNotNull()).limit(3).plan,
    );
    const [top] = nodesOfKind(root, "topN");
    expect(fieldNames(root)).toEqual(["user"]);
    expect(
      top.orders.map(({ expression }) => fieldNames(top.input)[expression.kind === "column" ? expression.index : -1]),
    ).toEqual(["n"]);
    expect(nodesOfKind(root, "sort")).toHaveLength(0);
  });
  test("order means nothing below other operators", () => {
    expect(nodesOfKind(analyse(events.orderBy("amount").groupBy("user").agg(count()).plan), "sort")).toHaveLength(0);
    expect(nodesOfKind(analyse(counts.orderBy("n").orderBy("user").plan), "sort")).toHaveLength(1);
    expect(nodesOfKind(analyse(counts.orderBy("n").select("user").plan), "sort")).toHaveLength(1);
  });
  test("limit without order goes by arrival where rows have one", () => {
    expect(nodesOfKind(analyse(events.limit(3).plan), "limit")[0].byArrival).toBe(true);
    expect(nodesOfKind(analyse(counts.limit(3).plan), "limit")[0].byArrival).toBe(false);
  });
});

describe("union", () => {
  test("columns are matched by place, named by the first side and widened", () => {
    const root = analyse(
      events.select("small", "user").union(events.select(col("amount").as("x"), col("user").as("y"))).plan,
    );
    expect(root.schema.fields.map(({ name, type }) => `${name} ${type.kind}`)).toEqual(["small int64", "user utf8"]);
  });
  test("sides must have as many columns, of types that mix", () => {
    expect(code(events.select("user").union(events.select("user", "at")))).toBe("UNION_COLUMNS");
    expect(code(events.select("user").union(events.select("amount")))).toBe("TYPE_MISMATCH");
  });
  test("a plan used twice is read twice", () => {
    expect(nodesOfKind(analyse(events.union(events).plan), "scan").map(({ sourceIndex }) => sourceIndex)).toEqual([
      0, 1,
    ]);
  });
});

describe("withWatermark", () => {
  test.each<[string, () => Frame]>([
    ["none", () => events.filter(col("amount").gt(0)).select("at", "user").watermark("at")],
    ["none", () => source({ day: date() }).watermark("day")],
    ["WATERMARK_NOT_ON_SOURCE", () => events.groupBy("at").agg(count()).watermark("at")],
    ["WATERMARK_NOT_ON_SOURCE", () => events.union(events).watermark("at")],
    ["WATERMARK_REDEFINED", () => events.watermark("at").watermark("at")],
    ["WATERMARK_NOT_TIMESTAMP", () => events.watermark("user")],
    ["WATERMARK_NOT_TIMESTAMP", () => source({ x: float64() }).watermark("x")],
    ["NEGATIVE_DELAY", () => events.watermark("at", { delay: -1n })],
    ["NEGATIVE_DELAY", () => events.watermark("at", { idleTimeout: 0n })],
    ["COLUMN_NOT_FOUND", () => events.watermark("time")],
  ])("%s", (expected, frame) => expect(code(frame())).toBe(expected));
});

test("avg of integers is a double, counts are never NULL", () => {
  const { fields } = schemaOf(events.groupBy("user").agg(avg("amount").as("mean"), count("amount").as("n")).plan);
  expect(fields.map(({ type, nullable }) => [type.kind, nullable])).toEqual([
    ["utf8", true],
    ["float64", true],
    ["int64", false],
  ]);
});

describe("first and last", () => {
  const counts = events.groupBy("user", "small").agg(count().as("n"));
  test("go by arrival where rows have an arrival order", () => {
    expect(
      nodesOfKind(analyse(events.groupBy("user").agg(first("amount")).plan), "aggregate")[0].aggregates[0].name,
    ).toBe("first");
  });
  test("go by all columns elsewhere: the value in the least or greatest row", () => {
    const root = analyse(counts.groupBy("user").agg(first("n").as("a"), last("n").as("b"), count().as("c")).plan);
    expect(types(counts.groupBy("user").agg(first("n").as("a"), last("n").as("b"), count().as("c")))).toEqual([
      "user: string",
      "a: bigint",
      "b: bigint",
      "c: bigint",
    ]);
    const outer = nodesOfKind(root, "aggregate")[1];
    expect(outer.aggregates.map(({ name, args }) => `${name}(${args.map(expressionText).join()})`)).toEqual([
      "min(struct(user AS 0, small AS 1, n AS 2, n AS 3))",
      "max(struct(user AS 0, small AS 1, n AS 2, n AS 3))",
      "count()",
    ]);
    expect(outer.operatorName).toBe("aggregate(user)#1");
  });
});
