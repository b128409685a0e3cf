import type { AggregateName, Expression } from "../expressions/expression.js";
import type { FunctionName } from "../expressions/function-name.js";
import type { DataType } from "../types/data-type.js";
import type { PlanNode } from "./plan-node.js";

/** A kind of query, in words, and a small plan of that kind. */
export interface RuleQuery {
  readonly query: string;
  readonly plan: (hasWatermark: boolean) => PlanNode;
}

const TIMESTAMP: DataType = { kind: "timestamp", zone: "UTC" };
const INT64: DataType = { kind: "int64" };
const MINUTE = 60_000_000n;

/** Events with an event time `at`, a `user`, an `amount` and `tags`. */
function events(hasWatermark: boolean, insertOnly = true): PlanNode {
  const types: Record<string, DataType> = {
    at: TIMESTAMP,
    user: { kind: "utf8" },
    amount: INT64,
    tags: { kind: "list", element: { kind: "utf8" }, containsNull: true },
  };
  const fields = Object.entries(types).map(([name, type]) => ({ name, type, nullable: true }));
  const source = { id: "events", label: "events", schema: { fields }, bounded: false, insertOnly, streaming: true };
  const scan: PlanNode = { kind: "scan", source };
  return hasWatermark
    ? { kind: "watermark", input: scan, column: "at", delay: MINUTE, idleTimeout: null, late: "operator" }
    : scan;
}

const column = (name: string): Expression => ({ kind: "column", name });
const named = (name: string, input: Expression): Expression => ({ kind: "alias", name, input });
const call = (name: FunctionName, ...args: readonly Expression[]): Expression => ({ kind: "call", name, args });
const number = (value: bigint): Expression => ({ kind: "literal", type: INT64, value });
const text = (value: string): Expression => ({ kind: "literal", type: { kind: "utf8" }, value });
const member = (name: string, of: Expression): Expression => ({ kind: "field", name, input: of });
const minutes = (time: string, size: bigint): Expression => ({
  kind: "window",
  time: column(time),
  size: size * MINUTE,
  slide: size * MINUTE,
  offset: 0n,
  calendar: null,
});
const session: Expression = { kind: "sessionWindow", time: column("at"), gap: number(5n * MINUTE) };

function aggregate(name: AggregateName, ...args: readonly string[]): Expression {
  return { kind: "aggregate", name, args: args.map(column), where: null, functionId: null, type: null };
}

const groups = (
  input: PlanNode,
  keys: readonly Expression[],
  aggregates: readonly Expression[] = [named("n", aggregate("count"))],
): PlanNode => ({
  kind: "aggregate",
  input,
  keys,
  aggregates,
});
const project = (input: PlanNode, ...columns: readonly Expression[]): PlanNode => ({ kind: "project", input, columns });
const filter = (input: PlanNode, condition: Expression): PlanNode => ({ kind: "filter", input, condition });
const limit = (input: PlanNode, count: number): PlanNode => ({ kind: "limit", input, count });
const sorted = (input: PlanNode, expression: Expression): PlanNode => ({
  kind: "sort",
  input,
  orders: [{ expression, descending: false, nullsFirst: true }],
});
const windowed = (input: PlanNode): PlanNode => groups(input, [minutes("at", 5n), column("user")]);

/** Kinds of queries that users ask about, in the order of the table. */
export const RULE_QUERIES: readonly RuleQuery[] = [
  {
    query: "`select`, `filter`, `explode`",
    plan: (w) =>
      filter(
        project(events(w), column("user"), { kind: "explode", input: column("tags"), outer: false }),
        call("isNotNull", column("col")),
      ),
  },
  { query: "`union`", plan: (w) => ({ kind: "union", inputs: [events(w), events(w)] }) },
  { query: "`dropDuplicates(user)`", plan: (w) => ({ kind: "dropDuplicates", input: events(w), columns: ["user"] }) },
  {
    query: "`dropDuplicates(user, at)`",
    plan: (w) => ({ kind: "dropDuplicates", input: events(w), columns: ["user", "at"] }),
  },
  { query: "`groupBy(user)`", plan: (w) => groups(events(w), [column("user")]) },
  { query: "`groupBy(window(at))`", plan: (w) => windowed(events(w)) },
  {
    query: "`groupBy(dateTrunc(at))`",
    plan: (w) => groups(events(w), [named("day", call("dateTrunc", text("day"), column("at")))]),
  },
  { query: "`groupBy(sessionWindow(at), user)`", plan: (w) => groups(events(w), [session, column("user")]) },
  { query: "`agg(...)` of all rows", plan: (w) => groups(events(w), []) },
  {
    query: "window counts, `filter(n >= 5)`",
    plan: (w) => filter(windowed(events(w)), call("ge", column("n"), number(5n))),
  },
  {
    query: "window counts, `filter(n < 5)`",
    plan: (w) => filter(windowed(events(w)), call("lt", column("n"), number(5n))),
  },
  {
    query: "window counts, grouped by longer windows",
    plan: (w) => groups(windowed(events(w)), [named("hour", minutes("window", 60n))]),
  },
  {
    query: "window counts, greatest of all",
    plan: (w) => groups(windowed(events(w)), [], [named("most", aggregate("max", "n"))]),
  },
  { query: "window counts, `select(n)` without the keys", plan: (w) => project(windowed(events(w)), column("n")) },
  {
    query: "`groupBy(window(at))`, `orderBy(window)`",
    plan: (w) => sorted(windowed(events(w)), member("end", column("window"))),
  },
  { query: "`groupBy(user)`, `orderBy(n)`", plan: (w) => sorted(groups(events(w), [column("user")]), column("n")) },
  {
    query: "`groupBy(user)`, `orderBy(n).limit(10)`",
    plan: (w) => limit(sorted(groups(events(w), [column("user")]), column("n")), 10),
  },
  { query: "`orderBy(at)`", plan: (w) => sorted(events(w), column("at")) },
  { query: "`orderBy(amount).limit(10)`", plan: (w) => limit(sorted(events(w), column("amount")), 10) },
  { query: "`limit(10)`", plan: (w) => limit(events(w), 10) },
  {
    query: "a source that takes rows back, `filter`",
    plan: (w) => filter(events(w, false), call("isNotNull", column("user"))),
  },
  { query: "a source that takes rows back, `groupBy(user)`", plan: (w) => groups(events(w, false), [column("user")]) },
  { query: "a source that takes rows back, `groupBy(window(at))`", plan: (w) => windowed(events(w, false)) },
  { query: "`now()` on the source", plan: (w) => project(events(w), column("user"), named("seen", call("now"))) },
  {
    query: "`groupBy(user)`, then `now()`",
    plan: (w) => project(groups(events(w), [column("user")]), column("user"), named("seen", call("now"))),
  },
];
