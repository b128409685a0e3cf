import { describe, expect, test } from "vitest";
import { MillraceError } from "../../src/common/millrace-error.js";
import type { OutputMode } from "../../src/plan/output-mode.js";
import type { PlanNode } from "../../src/plan/plan-node.js";
import { planStream } from "../../src/plan/plan-stream.js";
import { aggregate, call, column, named, window } from "./cases/expressions.js";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import { SOURCE_FIELDS } from "./cases/rows.js";
import { oracleOf } from "./checks.js";
import { Engine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import type { Row, Value } from "./oracle/values.js";
import { NOT_APPENDABLE, orRefused } from "./refusals.js";

law({
  name: "law 22, mode acceptance: append is allowed exactly where the model knows when every row is final",
  generate: (random) => randomCase(random, { plan: { eventTime: 0.9 }, maxTriggers: 2 }),
  coverage: { twoStateful: 20 },
  check(lawCase) {
    const accepted = orRefused(NOT_APPENDABLE, () => new Engine(lawCase, { mode: "append" })) !== null;
    expect(accepted).toBe(oracleOf(lawCase).appendable);
  },
});

/** A plan that a mode refuses, and rows that show why: the result changes in a way that the mode cannot tell. */
interface Witness {
  readonly code: string;
  readonly mode: OutputMode;
  readonly sinkDeletes?: boolean;
  readonly plan: PlanNode;
  readonly rows: readonly Row[];
}

const scan = (insertOnly = true): PlanNode => ({
  kind: "scan",
  source: { id: "s", label: "s", schema: { fields: SOURCE_FIELDS }, bounded: false, insertOnly, streaming: true },
});
const timed = (input: PlanNode): PlanNode => ({
  kind: "watermark",
  input,
  column: "at",
  delay: 0n,
  idleTimeout: null,
  late: "operator",
});
const counted = (input: PlanNode, ...keys: ReturnType<typeof column>[]): PlanNode => ({
  kind: "aggregate",
  input,
  keys,
  aggregates: [named("n", aggregate("count", []))],
});

/** at in seconds, k. */
function row(at: number, k: number): Row {
  const values: Record<string, Value> = { at: BigInt(at) * 1_000_000n, k };
  return SOURCE_FIELDS.map(({ name }) => values[name] ?? null);
}

const perWindow = counted(timed(scan()), named("w", window(column("at"), { size: 10 })));
const WITNESSES: readonly Witness[] = [
  { code: "APPEND_NO_WATERMARK", mode: "append", plan: counted(scan(), column("k")), rows: [row(0, 1), row(100, 1)] },
  {
    code: "APPEND_NOT_FINAL",
    mode: "append",
    plan: counted(timed(scan()), column("k")),
    rows: [row(0, 1), row(100, 1)],
  },
  {
    code: "APPEND_NOT_FINAL",
    mode: "append",
    plan: { kind: "aggregate", input: perWindow, keys: [], aggregates: [named("m", aggregate("max", [column("n")]))] },
    rows: [row(0, 1), row(20, 1), row(21, 1)],
  },
  {
    code: "UPDATE_NO_KEY",
    mode: "update",
    plan: {
      kind: "limit",
      input: {
        kind: "sort",
        input: scan(),
        orders: [{ expression: column("k"), descending: true, nullsFirst: false }],
      },
      count: 2,
    },
    rows: [row(0, 1), row(1, 2), row(2, 3)],
  },
  {
    code: "UPDATE_NEEDS_DELETE",
    mode: "update",
    sinkDeletes: false,
    plan: {
      kind: "filter",
      input: counted(scan(), column("k")),
      condition: call("lt", column("n"), { kind: "literal", type: { kind: "int32" }, value: 2 }),
    },
    rows: [row(0, 1), row(1, 1)],
  },
];

describe("law 22: each refusal has a case in which a row of the result is revoked", () => {
  test.each(WITNESSES)("$code in $mode mode", ({ code, mode, sinkDeletes = true, plan, rows }) => {
    expect(codeOf(() => planStream(plan, { mode, sinkDeletes }))).toBe(code);
    const script = rows.map((each) => [{ source: 0, partition: "p0", weight: 1, row: each }]);
    const lawCase: LawCase = {
      plan,
      script,
      delivery: { cut: null, dictionary: false, selective: false, codegen: true },
    };
    const oracle = oracleOf(lawCase);
    const results = script.map((_, t) => Multiset.of(oracle.result(t)));
    const revoked = results.some(
      (before, t) =>
        t + 1 < results.length && before.rows().some(({ row: old, weight }) => results[t + 1].weightOf(old) < weight),
    );
    expect(revoked).toBe(true);
  });
});

function codeOf(work: () => unknown): string {
  try {
    work();
    return "none";
  } catch (error) {
    if (error instanceof MillraceError) return error.code;
    throw error;
  }
}
