import { MillraceError } from "../../src/common/millrace-error.js";
import type { AnyColumn } from "../../src/expressions/column-argument.js";
import type { Expression } from "../../src/expressions/expression.js";
import { expressionText } from "../../src/expressions/format-expression.js";
import { col } from "../../src/expressions/functions/col.js";
import type { AnalysedNode } from "../../src/plan/analysed-node.js";
import { boundText } from "../../src/plan/bound-text.js";
import { nodesOf } from "../../src/plan/map-inputs.js";
import type { LatePolicy, PlanNode, SourceDescription } from "../../src/plan/plan-node.js";
import type { DataType } from "../../src/types/data-type.js";

type Input = string | AnyColumn;

const expressionOf = (input: Input): Expression => (typeof input === "string" ? col(input) : input).expression;
const SECOND = 1_000_000n;

/** A plan with the verbs of a frame, for tests of the plan alone. */
export class Frame {
  constructor(readonly plan: PlanNode) {}

  select(...columns: Input[]): Frame {
    return new Frame({ kind: "project", input: this.plan, columns: columns.map(expressionOf) });
  }
  filter(condition: AnyColumn): Frame {
    return new Frame({ kind: "filter", input: this.plan, condition: condition.expression });
  }
  watermark(column: string, options: { delay?: bigint; late?: LatePolicy; idleTimeout?: bigint } = {}): Frame {
    const { delay = SECOND, late = "operator", idleTimeout = null } = options;
    return new Frame({ kind: "watermark", input: this.plan, column, delay, idleTimeout, late });
  }
  groupBy(...keys: Input[]): { agg: (...aggregates: AnyColumn[]) => Frame } {
    const agg = (...aggregates: AnyColumn[]): Frame =>
      new Frame({
        kind: "aggregate",
        input: this.plan,
        keys: keys.map(expressionOf),
        aggregates: aggregates.map((each) => each.expression),
      });
    return { agg };
  }
  dropDuplicates(...columns: string[]): Frame {
    return new Frame({ kind: "dropDuplicates", input: this.plan, columns: columns.length === 0 ? null : columns });
  }
  orderBy(...columns: (Input | { column: Input; descending?: boolean; nullsFirst?: boolean })[]): Frame {
    const orders = columns.map((each) => {
      const {
        column,
        descending = false,
        nullsFirst = !descending,
      } = typeof each === "object" && "column" in each ? each : { column: each };
      return { expression: expressionOf(column), descending, nullsFirst };
    });
    return new Frame({ kind: "sort", input: this.plan, orders });
  }
  limit(count: number): Frame {
    return new Frame({ kind: "limit", input: this.plan, count });
  }
  union(other: Frame): Frame {
    return new Frame({ kind: "union", inputs: [this.plan, other.plan] });
  }
}

/** A streaming source, insert-only unless said otherwise. */
export function source(columns: Record<string, DataType>, options: Partial<SourceDescription> = {}): Frame {
  const fields = Object.entries(columns).map(([name, type]) => ({ name, type, nullable: true }));
  return new Frame({
    kind: "scan",
    source: {
      id: "events",
      label: "events",
      schema: { fields },
      bounded: false,
      insertOnly: true,
      streaming: true,
      ...options,
    },
  });
}

/** The code of the error that `work` throws; "none" when it does not. */
export function codeOf(work: () => unknown): string {
  try {
    work();
    return "none";
  } catch (error) {
    if (error instanceof MillraceError) return error.code;
    throw error;
  }
}

/** The nodes of a kind, in plan order. */
export function nodesOfKind<K extends AnalysedNode["kind"]>(
  root: AnalysedNode,
  kind: K,
): Extract<AnalysedNode, { kind: K }>[] {
  return [...nodesOf(root)].filter((node): node is Extract<AnalysedNode, { kind: K }> => node.kind === kind);
}

/** Every late filter as "operator: value < bound, …". */
export function lateFilters(root: AnalysedNode): string[] {
  return nodesOfKind(root, "lateFilter").map(
    ({ operatorName, tests }) =>
      `${operatorName}: ${tests.map(({ value, bound }) => `${expressionText(value)} < ${boundText(bound)}`).join(", ")}`,
  );
}

export const fieldNames = (node: AnalysedNode): string[] => node.schema.fields.map((field) => field.name);
