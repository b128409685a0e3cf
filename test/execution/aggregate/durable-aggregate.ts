import type { Chunk } from "../../../src/columnar/chunk.js";
import { joinBytes } from "../../../src/columnar/join-bytes.js";
import { createHashAggregate } from "../../../src/execution/aggregate/hash-aggregate.js";
import type { Operator } from "../../../src/execution/operator.js";
import type { AggregateName } from "../../../src/expressions/expression.js";
import type { ResolvedExpression } from "../../../src/expressions/resolved-expression.js";
import { decodeStateFile, encodeStateFile } from "../../../src/formats/state-file.js";
import type { AnalysedAggregate, AnalysedNode, Lifetime, ResolvedAggregate } from "../../../src/plan/analysed-node.js";
import type { ColumnPath } from "../../../src/plan/bound-expression.js";
import type { StatePart, StateRows } from "../../../src/state/state-part.js";
import type { DataType } from "../../../src/types/data-type.js";
import { WINDOW_SIZE, type WideRow, wideChunk, wideFields, windowField } from "./wide-rows.js";

/** Hash aggregates over wide rows, their captures, and copies that begin with those. */

export interface DurableCase {
  readonly keys: readonly string[];
  readonly aggregates: readonly { name: AggregateName; arg?: string; where?: boolean; functionId?: string }[];
  readonly emission: Lifetime["emission"];
  readonly retractingInput: boolean;
  readonly codegen: boolean;
}

export interface WideTrigger {
  readonly rows: readonly WideRow[];
  readonly watermark: bigint;
  readonly cut: number;
  readonly isDictionary: boolean;
}

/** By part: what was captured, in order. */
export type Captures = Map<string, StateRows[]>;

export class DurableAggregate {
  readonly operator: Operator;
  #sent: Chunk[] = [];

  constructor(spec: DurableCase, durable = true) {
    const metrics = { rowsUpdated: 0, rowsRemoved: 0, rowsDroppedLate: 0 };
    this.operator = createHashAggregate(nodeOf(spec), {
      output: { emit: (chunk) => this.#sent.push(chunk) },
      codegen: spec.codegen,
      durable,
      context: () => ({ batchId: 0, batchTime: 0n }),
      metrics,
    });
  }

  get parts(): readonly StatePart[] {
    return this.operator.stateParts?.() ?? [];
  }

  /** What the trigger sends. */
  run({ rows, watermark, cut, isDictionary }: WideTrigger): readonly Chunk[] {
    this.#sent = [];
    for (let from = 0; from < rows.length; from += cut) {
      this.operator.process(0, wideChunk(rows.slice(from, from + cut), isDictionary));
    }
    this.operator.finish();
    this.operator.advance([watermark]);
    return this.#sent;
  }

  capture(kind: "delta" | "snapshot"): ReadonlyMap<string, StateRows | null> {
    return new Map(this.parts.map((part) => [part.name, part.capture(kind)]));
  }

  captureInto(captures: Captures, kind: "delta" | "snapshot"): void {
    for (const [name, rows] of this.capture(kind)) {
      if (rows !== null) captures.set(name, [...(captures.get(name) ?? []), throughFile(rows)]);
    }
  }

  restore(captures: Captures): void {
    for (const part of this.parts) for (const rows of captures.get(part.name) ?? []) part.restore(rows);
  }
}

function throughFile(rows: StateRows): StateRows {
  const table = { operator: "0", title: "a", table: "t", kind: "delta", batch: 0, rows } as const;
  return decodeStateFile(joinBytes(encodeStateFile([table])))[0].rows;
}

function nodeOf(spec: DurableCase): AnalysedAggregate {
  const keys = spec.keys.map(wideColumnOf);
  const aggregates = spec.aggregates.map(({ name, arg, where, functionId }, index): ResolvedAggregate => {
    const args = arg === undefined ? [] : [wideColumnOf(arg)];
    return {
      name,
      args,
      where: where === true ? wideColumnOf("flag") : null,
      functionId: functionId ?? null,
      type: resultType(name, args),
      nullable: name !== "count",
      outputName: `result${index}`,
    };
  });
  const fields = [
    ...keys.map(({ type, nullable }, index) => ({ name: spec.keys[index], type, nullable })),
    ...aggregates.map(({ outputName, type, nullable }) => ({ name: outputName, type, nullable })),
  ];
  const { emission, retractingInput } = spec;
  const evictBy = evictPaths(spec.keys).map((path) => ({
    path,
    bound: { kind: "watermark", watermarkId: 0 } as const,
  }));
  return {
    kind: "aggregate",
    schema: { fields },
    input: WINDOWED,
    operatorId: 0,
    operatorName: "a",
    keys,
    aggregates,
    lifetime: { emission, retractingInput, evictBy },
  };
}

const SCAN: AnalysedNode = {
  kind: "scan",
  schema: { fields: wideFields },
  sourceIndex: 0,
  source: { id: "s", label: "s", schema: { fields: wideFields }, bounded: false, insertOnly: false, streaming: true },
};

const WINDOWED: AnalysedNode = {
  kind: "window",
  schema: { fields: [...wideFields, windowField] },
  input: SCAN,
  time: wideColumnOf("at"),
  shape: { size: WINDOW_SIZE, slide: WINDOW_SIZE, offset: 0n, calendar: null },
};

function wideColumnOf(name: string): ResolvedExpression {
  const fields = [...wideFields, windowField];
  const index = fields.findIndex((field) => field.name === name);
  const { type, nullable } = fields[index];
  return { kind: "column", index, name, type, nullable };
}

function resultType(name: AggregateName, args: readonly ResolvedExpression[]): DataType {
  if (name === "count" || name === "countDistinct") return { kind: "int64" };
  if (name === "avg" || name === "user") return { kind: "float64" };
  const { type } = args[0];
  return name === "sum" && type.kind === "int32" ? { kind: "int64" } : type;
}

function evictPaths(keys: readonly string[]): ColumnPath[] {
  return keys.flatMap((key, index): ColumnPath[] => {
    if (key === "at") return [`${index}`];
    return key === "window" ? [`${index}.1`] : [];
  });
}
