import type { Chunk } from "../../src/columnar/chunk.js";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import type { RowObject } from "../../src/columnar/infer-schema.js";
import { valueAt } from "../../src/columnar/value-at.js";
import type { Output, TriggerContext } from "../../src/execution/operator.js";
import type { MutableMetrics, OperatorDependencies } from "../../src/execution/operator-dependencies.js";
import type { ResolvedColumn } from "../../src/expressions/resolved-expression.js";
import type { DataType, Schema } from "../../src/types/data-type.js";

export type Values = Record<string, unknown>;

export function schemaOf(columns: Record<string, DataType>): Schema {
  return { fields: Object.entries(columns).map(([name, type]) => ({ name, type, nullable: true })) };
}

/** A chunk of these rows. */
export function chunk(
  schema: Schema,
  rows: readonly RowObject[],
  extra: Partial<Pick<Chunk, "sel" | "partition" | "rowBounds">> & { weights?: number[] } = {},
): Chunk {
  const { weights, ...rest } = extra;
  return {
    ...chunkFromObjects(schema, rows),
    ...(weights === undefined ? {} : { weights: Int32Array.from(weights) }),
    ...rest,
  };
}

/** The selected rows as plain objects; `weighted` adds the weight as `w`. */
export function rowsOf(chunk: Chunk, options: { weighted?: boolean } = {}): Values[] {
  const rows = chunk.sel ?? Int32Array.from({ length: chunk.length }, (_, row) => row);
  return [...rows].map((row) => {
    const values = Object.fromEntries(
      chunk.schema.fields.map((field, i) => [field.name, valueAt(chunk.columns[i], row)]),
    );
    return options.weighted === true ? { ...values, w: chunk.weights === null ? 1 : chunk.weights[row] } : values;
  });
}

/** Collects what an operator sends. */
export class Probe implements Output {
  readonly chunks: Chunk[] = [];
  emit(chunk: Chunk): void {
    this.chunks.push(chunk);
  }
  /** Takes out everything collected so far, with weights. */
  take(): Values[] {
    return this.chunks.splice(0).flatMap((each) => rowsOf(each, { weighted: true }));
  }
}

export function newMetrics(): MutableMetrics {
  return { rowsUpdated: 0, rowsRemoved: 0, rowsDroppedLate: 0 };
}

const CONTEXT: TriggerContext = { batchId: 0, batchTime: 0n };

export function dependencies(output: Output, codegen = true): OperatorDependencies {
  return { output, codegen, durable: false, context: () => CONTEXT, metrics: newMetrics() };
}

export function columnRef(schema: Schema, name: string): ResolvedColumn {
  const index = schema.fields.findIndex((field) => field.name === name);
  return { kind: "column", index, name, type: schema.fields[index].type, nullable: true };
}
