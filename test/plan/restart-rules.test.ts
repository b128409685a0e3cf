import { describe, expect, test } from "vitest";
import type { AnyColumn } from "../../src/expressions/column-argument.js";
import { count, max, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { window } from "../../src/expressions/functions/window.js";
import { namePlan } from "../../src/plan/name-plan.js";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { FINGERPRINT_VERSION, fingerprintOf, type PlanFingerprint } from "../../src/plan/plan-fingerprint.js";
import type { SourceDescription } from "../../src/plan/plan-node.js";
import { planStream } from "../../src/plan/plan-stream.js";
import { compareFingerprints, compareSinks } from "../../src/plan/restart-rules.js";
import type { DataType } from "../../src/types/data-type.js";
import { float64, int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { Frame, source } from "./frame.js";

const COLUMNS = { at: timestamp(), user: utf8(), amount: int64() };

/** JSON files in a folder. */
function files(
  folder: string,
  options: { name?: string; columns?: Record<string, DataType> } & Partial<SourceDescription> = {},
) {
  const { columns = COLUMNS, ...description } = options;
  return source(columns, { label: `json(${folder})`, ...description });
}

const orders = files("orders");
const named = (frame: Frame, name: string) => new Frame(namePlan(frame.plan, name));

function print(frame: Frame, mode: OutputMode = "update"): PlanFingerprint {
  const plan = planStream(frame.plan, { mode, sinkDeletes: true, durable: true });
  return JSON.parse(JSON.stringify(fingerprintOf(plan)));
}

function compare(
  old: Frame | PlanFingerprint,
  current: Frame | PlanFingerprint,
  { sourceMove = false, mode }: { sourceMove?: boolean; mode?: OutputMode } = {},
) {
  const [before, after] = [old, current].map((each) => (each instanceof Frame ? print(each, mode) : each));
  const { errors, ...verdict } = compareFingerprints(before, after, { sourceMove });
  return { ...verdict, errors: errors.map(({ message }) => message) };
}

const ALLOWED = { errors: [], warnings: [] };
/** Every refusal: its code, what was and what is, and the ways out. */
function refused(code: string, ...parts: string[]) {
  const text = [
    `${code}: `,
    ...parts,
    "Go back to the old query",
    "or start with a new checkpoint directory and start offsets.",
  ];
  return expect.stringMatching(new RegExp(`^${text.map(escaped).join(".*")}$`));
}
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

describe("filters, projections and functions", () => {
  const counts = orders.groupBy("user").agg(count().as("n"), sum("amount").as("total"));
  test("may change below and above what keeps state", () => {
    const changed = orders
      .filter(col("amount").gt(3))
      .select("user", col("amount").times(2).as("amount"))
      .groupBy("user")
      .agg(count().as("n"), sum("amount").as("total"))
      .filter(col("n").gt(1))
      .select("user", "n");
    expect(compare(counts, changed)).toMatchObject(ALLOWED);
  });

  test("may change where there is no state at all", () => {
    expect(compare(orders, orders.filter(col("amount").gt(1)).select("user"), { mode: "append" })).toMatchObject(
      ALLOWED,
    );
  });

  test("in complete mode the columns of the result are state", () => {
    const { errors } = compare(counts, counts.select("user", "n"), { mode: "complete" });
    expect(errors).toEqual([refused("STATE_INCOMPATIBLE", "the result", "total")]);
  });
});

describe("limits per trigger, labels of nothing", () => {
  test("are in no fingerprint", () => {
    const limited = files("orders", { limits: { maxRowsPerTrigger: 5, maxBytesPerTrigger: null } });
    expect(compare(orders, limited)).toMatchObject(ALLOWED);
  });
});

describe("the set of sources", () => {
  const a = files("a", { name: "a" });
  const b = files("b", { name: "b" });
  const c = files("c", { name: "c" });

  test.each<[string, Frame, Frame, string[]]>([
    ["one more", orders, orders.union(files("more")), ["[0: json(orders)]", "[0: json(orders), 1: json(more)]"]],
    ["one less", orders.union(files("more")), files("more"), ["[0: json(orders), 1: json(more)]", "[0: json(more)]"]],
    ["another order", orders.union(files("more")), files("more").union(orders), ["[0: json(more), 1: json(orders)]"]],
    ["a name given later", orders, named(orders, "orders"), ["[0: json(orders)]", "[orders: json(orders)]"]],
    ["one more beside an unnamed one", a.union(orders), a.union(orders).union(b), ["b: json(b)"]],
    ["another kind", a, files("a", { name: "a", label: "parquet(a)" }), ["[a: json(a)]", "[a: parquet(a)]"]],
  ])("%s is refused", (_what, old, current, parts) => {
    expect(compare(old, current, { sourceMove: true }).errors).toEqual([refused("SOURCE_SET_CHANGED", ...parts)]);
  });

  test("a named one may come: it begins at its initial offset", () => {
    expect(compare(a.union(b), c.union(a).union(b))).toEqual({
      ...ALLOWED,
      sourceMatches: [
        { source: "c", from: "initial" },
        { source: "a", from: "continue" },
        { source: "b", from: "continue" },
      ],
    });
  });

  test("named ones may change places", () => {
    expect(compare(a.union(b), b.union(a))).toEqual({
      ...ALLOWED,
      sourceMatches: [
        { source: "b", from: "continue" },
        { source: "a", from: "continue" },
      ],
    });
  });

  test("a named one may go, which is worth a warning", () => {
    expect(compare(a.union(b), b)).toEqual({
      errors: [],
      warnings: [expect.stringContaining('Source "a" is no longer in the query')],
      sourceMatches: [{ source: "b", from: "continue" }],
    });
  });

  test("a watermark comes and goes with its source", () => {
    expect(compare(a.watermark("at"), a.watermark("at").union(b.watermark("at")), { mode: "append" }).errors).toEqual(
      [],
    );
  });
});

describe("the place of a source", () => {
  test("stays", () => {
    expect(compare(orders, files("elsewhere")).errors).toEqual([
      refused("SOURCE_MOVED", 'source "0"', "json(orders)", "json(elsewhere)"),
    ]);
  });

  test("changes with allowSourceMove: the source begins at its start offsets", () => {
    expect(compare(named(orders, "o"), files("elsewhere", { name: "o" }), { sourceMove: true })).toEqual({
      errors: [],
      warnings: [expect.stringContaining('Source "o" was json(orders) and is json(elsewhere)')],
      sourceMatches: [{ source: "o", from: "initial" }],
    });
  });
});

describe("the schema of a source", () => {
  const withColumns = (columns: Record<string, DataType>) => files("orders", { columns });
  const notNull = (...names: string[]) => {
    const fields = Object.entries(COLUMNS).map(([name, type]) => ({ name, type, nullable: !names.includes(name) }));
    return files("orders", { schema: { fields } });
  };
  // One column is read, so that only the source differs.
  const users = (frame: Frame) => frame.select("user");

  test("may get a new nullable column, and have its columns in another order", () => {
    const { amount, ...rest } = COLUMNS;
    expect(compare(users(orders), users(withColumns({ ...COLUMNS, note: utf8() })))).toMatchObject(ALLOWED);
    expect(compare(users(orders), users(withColumns({ amount, ...rest })))).toMatchObject(ALLOWED);
  });

  test("may come to allow NULL", () => {
    expect(compare(users(notNull("amount")), users(orders))).toMatchObject(ALLOWED);
  });

  test.each<[string, Frame, Frame, string[]]>([
    ["a column gone", orders, withColumns({ user: utf8() }), ["bigint", "not there"]],
    ["another type", orders, withColumns({ ...COLUMNS, amount: float64() }), ['"amount"', "was bigint", "is double"]],
    [
      "a new column without NULL",
      withColumns({ at: timestamp(), user: utf8() }),
      notNull("amount"),
      ["not there", "bigint not null"],
    ],
    ["NULL no longer allowed", orders, notNull("amount"), ["was bigint, now it is bigint not null"]],
  ])("%s is refused", (_what, old, current, parts) => {
    expect(compare(users(old), users(current)).errors).toContainEqual(refused("SOURCE_SCHEMA_CHANGED", ...parts));
  });
});

describe("what shapes state", () => {
  const timed = orders.watermark("at");
  const perWindow = (time: AnyColumn) => timed.groupBy(time, "user").agg(count().as("n"));
  const five = perWindow(window("at", "5 minutes"));
  const sessions = (gap: string) => timed.groupBy(sessionWindow("at", gap), "user").agg(count().as("n"));
  const totals = (...aggregates: Parameters<ReturnType<Frame["groupBy"]>["agg"]>) =>
    orders.groupBy("user").agg(...aggregates);
  const top = (column: string, rows: number) => orders.orderBy(column).limit(rows);

  test.each<[string, Frame, Frame, string[]]>([
    [
      "other keys",
      totals(count().as("n")),
      orders.groupBy("amount").agg(count().as("n")),
      ["keys of aggregate(user)#0", "[user string]", "[amount bigint]"],
    ],
    [
      "one more key",
      totals(count().as("n")),
      orders.groupBy("user", "at").agg(count().as("n")),
      ["[user string]", "[user string, at timestamp]"],
    ],
    [
      "a key computed in another way",
      orders.groupBy(col("amount").plus(1).as("k")).agg(count()),
      orders.groupBy(col("amount").plus(2).as("k")).agg(count()),
      ["(amount + 1) AS k", "(amount + 2) AS k"],
    ],
    [
      "one more aggregate",
      totals(count().as("n")),
      totals(count().as("n"), max("amount").as("m")),
      ["aggregates of aggregate(user)#0", "count()", "max(amount) of bigint"],
    ],
    [
      "an aggregate of another column",
      orders.groupBy("user").agg(sum("amount").as("x")),
      orders.groupBy("user").agg(sum(col("amount").times(2)).as("x")),
      ["sum(amount)", "sum((amount * 2))"],
    ],
    [
      "another filter in an aggregate",
      totals(count().filter(col("amount").gt(1)).as("n")),
      totals(count().filter(col("amount").gt(2)).as("n")),
      ["(amount > 1)", "(amount > 2)"],
    ],
    [
      "the length of a window",
      five,
      perWindow(window("at", "10 minutes")),
      ["windows of aggregate(window, user)#0", "5 minutes", "10 minutes"],
    ],
    ["the slide of a window", five, perWindow(window("at", "5 minutes", "1 minute")), ["5 minutes every 1 minute"]],
    [
      "the offset of a window",
      five,
      perWindow(window("at", "5 minutes", { startTime: "1 minute" })),
      ["5 minutes from 1 minute"],
    ],
    [
      "the gap of a session",
      sessions("5 minutes"),
      sessions("6 minutes"),
      ["gap of sessionAggregate", "5 minutes", "6 minutes"],
    ],
    [
      "other columns of dropDuplicates",
      orders.dropDuplicates("user"),
      orders.dropDuplicates("user", "amount"),
      ["dropDuplicates(user)#0", "[user string, amount bigint]"],
    ],
    ["the count of a top-N", top("amount", 3), top("amount", 4), ["count of topN(3)#0", "was 3, now it is 4"]],
    ["the order of a top-N", top("amount", 3), top("user", 3), ["order of topN(3)#0", "amount", "user"]],
    ["the count of a limit", orders.limit(3), orders.limit(4), ["count of limit(3)#0", "was 3, now it is 4"]],
    [
      "an operator gone",
      orders.dropDuplicates("user").limit(3),
      orders.dropDuplicates("user"),
      ["The operator limit(3)#1: it was in the query, now it is not there"],
    ],
    [
      "an operator more",
      orders,
      orders.dropDuplicates("user"),
      ["dropDuplicates(user)#0: it was not there, now it is in the query"],
    ],
    [
      "another kind of operator",
      orders.limit(3),
      orders.dropDuplicates("user"),
      ["kind of limit(3)#0", "dropDuplicates"],
    ],
    [
      "input that can now be taken back",
      top("amount", 3),
      files("orders", { insertOnly: false }).orderBy("amount").limit(3),
      ["input of topN(3)#0", "only added", "taken back"],
    ],
    [
      "a watermark gone",
      five,
      orders.groupBy(window("at", "5 minutes"), "user").agg(count().as("n")),
      ['withWatermark of source "0": it was on at, now it is not there'],
    ],
  ])("%s is refused", (_what, old, current, parts) => {
    expect(compare(old, current, { mode: "changelog" }).errors).toEqual([refused("STATE_INCOMPATIBLE", ...parts)]);
  });

  test("named operators may change places, and keep the names of results to themselves", () => {
    const first = named(files("a", { name: "a" }).dropDuplicates("user"), "da");
    const second = named(files("b", { name: "b" }).dropDuplicates("amount"), "db");
    expect(compare(first.union(second), second.union(first))).toMatchObject(ALLOWED);
    expect(compare(totals(count().as("n")), totals(count().as("orders")))).toMatchObject(ALLOWED);
  });
});

describe("the delay of a watermark", () => {
  const delayed = (seconds: number) => orders.watermark("at", { delay: BigInt(seconds) * 1_000_000n });
  test("may grow", () => {
    expect(compare(delayed(5), delayed(5))).toMatchObject(ALLOWED);
    expect(compare(delayed(5), delayed(6))).toMatchObject(ALLOWED);
  });
  test("may shrink, with a warning", () => {
    const { errors, warnings } = compare(delayed(60), delayed(5));
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/"at".*source "0" was 1 minute and is 5 seconds.*never moves back/),
    ]);
  });
  test("idle timeouts may change", () => {
    expect(compare(delayed(1), orders.watermark("at", { idleTimeout: 5n }))).toMatchObject(ALLOWED);
  });
});

test("another output mode is refused", () => {
  const frame = orders.watermark("at").groupBy(window("at", "5 minutes")).agg(count().as("n"));
  expect(compare(print(frame, "append"), print(frame, "update")).errors).toEqual([
    refused("OUTPUT_MODE_CHANGED", "was append, now it is update"),
  ]);
});

describe("the sink", () => {
  const totals = { label: "parquet(totals/)", guarantee: "exactly-once" };
  test("stays", () => {
    expect(compareSinks(totals, { ...totals }, { reset: false })).toEqual({ error: null, warning: null });
  });
  test.each([
    ["another target", { ...totals, label: "parquet(other/)" }],
    ["another guarantee", { ...totals, guarantee: "at-least-once" }],
  ])("%s is refused, unless the sink is reset", (_what, current) => {
    const { error } = compareSinks(totals, current, { reset: false });
    expect(error?.message).toEqual(refused("SINK_CHANGED", `${current.label}, ${current.guarantee}`));
    expect(error?.hint).toContain("resetSink: true");
    const reset = compareSinks(totals, current, { reset: true });
    expect(reset).toEqual({ error: null, warning: expect.stringContaining("can come twice") });
  });
});

test("a fingerprint of a later version is refused, whatever else is in it", () => {
  const later = { ...print(orders), version: FINGERPRINT_VERSION + 1, sources: [] };
  const { errors } = compare(later, orders);
  expect(errors).toEqual([
    expect.stringMatching(
      /^CHECKPOINT_VERSION_TOO_NEW: .*version 2 .*up to 1\..*newer engine again, or start with a new/,
    ),
  ]);
});

test("a fingerprint is the same for the same query", () => {
  const frame = () =>
    named(files("orders").watermark("at").groupBy(window("at", "1 day"), "user").agg(sum("amount")), "days");
  expect(print(frame())).toEqual(print(frame()));
  expect(print(frame())).toMatchInlineSnapshot(`
    {
      "mode": "update",
      "operators": [
        {
          "id": "days",
          "keys": [
            {
              "from": "window",
              "name": "window",
              "type": "struct<start: timestamp not null, end: timestamp not null>",
              "window": "1 day",
            },
            {
              "from": "user",
              "name": "user",
              "type": "string",
              "window": null,
            },
          ],
          "kind": "aggregate",
          "parameters": {
            "input": "rows are only added",
          },
          "title": "aggregate(window, user)#0",
          "values": [
            {
              "takes": [
                "bigint",
              ],
              "text": "sum(amount)",
              "type": "bigint",
            },
          ],
        },
      ],
      "sources": [
        {
          "columns": [
            {
              "name": "at",
              "nullable": true,
              "type": "timestamp",
            },
            {
              "name": "user",
              "nullable": true,
              "type": "string",
            },
            {
              "name": "amount",
              "nullable": true,
              "type": "bigint",
            },
          ],
          "id": "0",
          "isNamed": false,
          "kind": "json",
          "place": "orders",
        },
      ],
      "version": 1,
      "watermarks": [
        {
          "column": "at",
          "delay": "1000000",
          "idleTimeout": null,
          "late": "operator",
          "source": "0",
        },
      ],
    }
  `);
});
