import { expressionText } from "../expressions/format-expression.js";
import { formatType } from "../types/format-type.js";
import type { AnalysedAggregate, AnalysedNode, AnalysedSessionAggregate, ResolvedAggregate } from "./analysed-node.js";
import { inferProperties } from "./infer-properties.js";
import { isStateful, nodesOf, type StatefulNode } from "./map-inputs.js";
import { gapText, orderText, shapeText } from "./node-text.js";
import type { OutputMode } from "./output-mode.js";
import type { LatePolicy, SourceDescription } from "./plan-node.js";
import { isInsertOnly } from "./properties.js";
import { sourceName, stateName } from "./state-name.js";
import type { StreamingPlan } from "./streaming-plan.js";

/** Rises when a later fingerprint says something that this version would not understand. */
export const FINGERPRINT_VERSION = 1;

// Types, not interfaces: only so do they count as JSON.

/** What a checkpoint's state and offsets mean, as JSON: all that must not change between restarts, and nothing else. */
export type PlanFingerprint = {
  readonly version: number;
  readonly mode: OutputMode;
  readonly operators: readonly OperatorFingerprint[];
  readonly sources: readonly SourceFingerprint[];
  readonly watermarks: readonly WatermarkFingerprint[];
};

export type OperatorFingerprint = {
  readonly id: string;
  /** As explain prints it. */
  readonly title: string;
  readonly kind: StatefulNode["kind"] | "result";
  readonly keys: readonly KeyFingerprint[];
  readonly values: readonly ValueFingerprint[];
  /** Whatever else shapes the state, in words. */
  readonly parameters: { readonly [name: string]: string };
};

export type KeyFingerprint = {
  readonly name: string;
  /** What it is computed from. */
  readonly from: string;
  readonly type: string;
  /** The windows that the key holds. */
  readonly window: string | null;
};

/** An aggregate, or a column of rows that are kept. */
export type ValueFingerprint = {
  readonly text: string;
  /** Of an aggregate's arguments. */
  readonly takes: readonly string[];
  readonly type: string;
};

export type SourceFingerprint = {
  readonly id: string;
  readonly isNamed: boolean;
  /** "json", "kafka", "memory". */
  readonly kind: string;
  /** Path, topic or address; null where the source has none. */
  readonly place: string | null;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
};

/** Lengths of time are microseconds, as text. */
export type WatermarkFingerprint = {
  readonly source: string;
  readonly column: string;
  readonly delay: string;
  readonly idleTimeout: string | null;
  readonly late: LatePolicy;
};

/** Taken of the plan that runs, because its operators are what keeps the state. */
export function fingerprintOf(plan: StreamingPlan): PlanFingerprint {
  const operators = [...nodesOf(plan.root)].filter(isStateful).map(operatorOf);
  return {
    version: FINGERPRINT_VERSION,
    mode: plan.mode,
    operators: plan.mode === "complete" ? [...operators, resultOf(plan)] : operators,
    sources: plan.sources.map(sourceOf),
    watermarks: plan.watermarks.map(({ schema, index, sourceIndex, delay, idleTimeout, late }) => ({
      source: sourceName(plan.sources[sourceIndex], sourceIndex),
      column: schema.fields[index].name,
      delay: String(delay),
      idleTimeout: idleTimeout === null ? null : String(idleTimeout),
      late,
    })),
  };
}

function operatorOf(node: StatefulNode): OperatorFingerprint {
  const head = { id: stateName(node), title: node.operatorName, kind: node.kind };
  switch (node.kind) {
    case "aggregate":
    case "sessionAggregate":
      return {
        ...head,
        keys: groupKeys(node),
        values: node.aggregates.map(aggregateOf),
        parameters: {
          ...(node.kind === "sessionAggregate" ? { gap: gapText(node.gap), time: expressionText(node.time) } : {}),
          input: inputText(node.lifetime.retractingInput),
        },
      };
    case "dropDuplicates": {
      const { retractingInput } = node.lifetime;
      const parameters = { "first row by": orderOfRows(node.byArrival), input: inputText(retractingInput) };
      return { ...head, keys: columnKeys(node, node.keys), values: node.byArrival ? [] : rowsOf(node), parameters };
    }
    case "topN": {
      const parameters = {
        count: String(node.count),
        order: node.orders.map(orderText).join(", "),
        input: inputText(isRetracting(node.input)),
      };
      return { ...head, keys: [], values: rowsOf(node), parameters };
    }
    case "limit": {
      const isCounted = node.byArrival && !isRetracting(node.input);
      const parameters = {
        count: String(node.count),
        "first rows by": orderOfRows(node.byArrival),
        input: inputText(isRetracting(node.input)),
      };
      return { ...head, keys: [], values: isCounted ? [] : rowsOf(node), parameters };
    }
  }
}

/** Complete mode keeps the whole result, also what no operator holds any more. */
function resultOf({ root, output }: StreamingPlan): OperatorFingerprint {
  const keys = output.key === null ? [] : columnKeys(root, output.key);
  return { id: "output", title: "the result", kind: "result", keys, values: rowsOf(root), parameters: {} };
}

function groupKeys(node: AnalysedAggregate | AnalysedSessionAggregate): readonly KeyFingerprint[] {
  const count = node.schema.fields.length - node.aggregates.length;
  const keys = columnKeys(
    node,
    Array.from({ length: count }, (_, i) => i),
  );
  const written = node.keys.map(expressionText);
  if (node.kind === "sessionAggregate") written.splice(node.sessionPosition, 0, keys[node.sessionPosition].name);
  return keys.map((key, i) => ({ ...key, from: written[i] }));
}

function columnKeys(node: AnalysedNode, ordinals: readonly number[]): readonly KeyFingerprint[] {
  const { windows } = inferProperties(node);
  return ordinals.map((ordinal) => {
    const { name, type } = node.schema.fields[ordinal];
    const shape = windows.get(ordinal);
    return { name, from: name, type: formatType(type), window: shape === undefined ? null : shapeText(shape) };
  });
}

function aggregateOf({ name, functionId, args, where, type }: ResolvedAggregate): ValueFingerprint {
  const filter = where === null ? "" : ` FILTER (WHERE ${expressionText(where)})`;
  return {
    text: `${functionId ?? name}(${args.map(expressionText).join(", ")})${filter}`,
    takes: args.map((arg) => formatType(arg.type)),
    type: formatType(type),
  };
}

function rowsOf({ schema }: AnalysedNode): readonly ValueFingerprint[] {
  return schema.fields.map(({ name, type }) => ({ text: name, takes: [], type: formatType(type) }));
}

function isRetracting(input: AnalysedNode): boolean {
  return !isInsertOnly(inferProperties(input));
}

function inputText(isRetractingInput: boolean): string {
  return isRetractingInput ? "rows may be taken back" : "rows are only added";
}

function orderOfRows(isByArrival: boolean): string {
  return isByArrival ? "arrival" : "all columns";
}

/** A label is "kind" or "kind(place)"; a source may say that its place is another one. */
function sourceOf(source: SourceDescription, index: number): SourceFingerprint {
  const { kind, place } = /^(?<kind>[^(]*)(?:\((?<place>.*)\))?$/s.exec(source.label)?.groups ?? {};
  return {
    id: sourceName(source, index),
    isNamed: source.name !== undefined,
    kind: kind ?? source.label,
    place: source.place === undefined ? (place ?? null) : source.place,
    columns: source.schema.fields.map(({ name, type, nullable }) => ({ name, type: formatType(type), nullable })),
  };
}
