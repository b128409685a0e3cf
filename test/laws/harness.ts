import type { Chunk } from "../../src/columnar/chunk.js";
import type { Column } from "../../src/columnar/column.js";
import { columnBuilder } from "../../src/columnar/column-builder.js";
import { joinBytes } from "../../src/columnar/join-bytes.js";
import { toIpc } from "../../src/columnar/to-arrow.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { lowerPlan } from "../../src/execution/lower-plan.js";
import { nextWatermarks } from "../../src/execution/next-watermark.js";
import type { OperatorMetrics } from "../../src/execution/operator-metrics.js";
import type { LateRowsBatch } from "../../src/execution/operators/late-rows.js";
import type { OutputBatch } from "../../src/execution/output/output-batch.js";
import type { Pipeline } from "../../src/execution/pipeline.js";
import { decodeStateFile, encodeStateFile } from "../../src/formats/state-file.js";
import { NO_BOUND, type Watermarks } from "../../src/plan/bound-expression.js";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { planStream } from "../../src/plan/plan-stream.js";
import type { StreamingPlan } from "../../src/plan/streaming-plan.js";
import type { Field, Schema } from "../../src/types/data-type.js";
import { type Delivery, type LawCase, scansOf } from "./cases/law-case.js";
import type { ScriptRow } from "./oracle/oracle.js";
import { keyOf, type Row, type Value } from "./oracle/values.js";

/** One row of an output: an upsert or insert, or with a weight below 0 (update mode: `deleted`) a row that goes. */
export interface OutputRow {
  readonly row: Row;
  readonly weight: number;
  readonly deleted: boolean;
}

/** What the engine did in one trigger. */
export interface TriggerOutput {
  readonly batches: readonly OutputBatch[];
  readonly rows: readonly OutputRow[];
  readonly late: readonly LateRowsBatch[];
  readonly metrics: readonly OperatorMetrics[];
  readonly watermarks: Watermarks;
}

/** What a checkpoint keeps after one trigger. */
export interface Checkpoint {
  /** A state file: the tables that say something. */
  readonly state: Uint8Array;
  readonly watermarks: Watermarks;
  /** By watermarkId. */
  readonly maxima: readonly ReadonlyMap<string, bigint>[];
  readonly batchId: number;
}

export interface EngineOptions {
  readonly mode: OutputMode;
  readonly optimise?: boolean;
  readonly forceRetracting?: boolean;
  /** Weights of +1 written out, also where a source only inserts. */
  readonly forceWeights?: boolean;
  /** Its state can be captured. */
  readonly durable?: boolean;
  /** The trigger after which every source has ended for ever. */
  readonly endsAt?: number;
}

/** Runs a case through plan, pipeline and output encoders, below the trigger loop; bounds are checked on every edge (law 8). */
export class Engine {
  readonly plan: StreamingPlan;
  readonly #pipeline: Pipeline;
  readonly #case: LawCase;
  readonly #options: EngineOptions;
  readonly #schemas: readonly Schema[];
  #watermarks: Watermarks;
  #batchId = 0;

  constructor(lawCase: LawCase, options: EngineOptions) {
    const { mode, optimise = true, forceRetracting = false, durable = false } = options;
    this.#case = lawCase;
    this.#options = options;
    this.plan = planStream(lawCase.plan, { mode, sinkDeletes: true, optimise, forceRetracting, durable });
    this.#pipeline = lowerPlan(this.plan, { codegen: lawCase.delivery.codegen, durable, checkBounds: true });
    this.#schemas = scansOf(lawCase.plan).map(({ source }) => source.schema);
    this.#watermarks = this.plan.watermarks.map(() => NO_BOUND);
  }

  run(): TriggerOutput[] {
    return this.#case.script.map((rows) => this.trigger(rows));
  }

  trigger(rows: readonly ScriptRow[]): TriggerOutput {
    const batchId = this.#batchId++;
    this.#pipeline.beginTrigger({ batchId, batchTime: 0n });
    for (const [source, chunk] of this.#chunks(rows)) this.#pipeline.push(source, chunk);
    const ended = batchId >= (this.#options.endsAt ?? Number.POSITIVE_INFINITY);
    const facts = this.#pipeline.watermarks.map(({ node, maxByPartition }) => ({
      delay: node.delay,
      maxByPartition,
      holding: new Set(rows.filter(({ source }) => source === node.sourceIndex).map(({ partition }) => partition)),
      idle: false,
      ended,
    }));
    this.#watermarks = nextWatermarks(this.#watermarks, facts);
    this.#pipeline.endTrigger(this.#watermarks);
    const batches = this.#pipeline.takeOutput();
    return {
      batches,
      rows: batches.flatMap(rowsOfBatch),
      late: this.#pipeline.takeLateRows(),
      metrics: this.#pipeline.operatorMetrics(),
      watermarks: this.#watermarks,
    };
  }

  /** Between two triggers. */
  capture(kind: "delta" | "snapshot"): Checkpoint {
    const batch = this.#batchId - 1;
    const tables = this.#pipeline.stateOf.flatMap(({ operator, title, parts }) =>
      parts.flatMap((part) => {
        const rows = part.capture(kind);
        return rows === null ? [] : [{ operator, title, table: part.name, kind, batch, rows }];
      }),
    );
    const maxima = this.#pipeline.watermarks.map((tracker) => tracker.snapshot());
    return { state: joinBytes(encodeStateFile(tables)), watermarks: this.#watermarks, maxima, batchId: this.#batchId };
  }

  /** Before the first trigger: a snapshot and what was captured after it. */
  restore(checkpoints: readonly Checkpoint[]): void {
    for (const { state } of checkpoints) {
      const tables = decodeStateFile(state);
      for (const { operator, parts } of this.#pipeline.stateOf)
        for (const part of parts) {
          const table = tables.find((each) => each.operator === operator && each.table === part.name);
          if (table !== undefined) part.restore(table.rows);
        }
    }
    const { watermarks, maxima, batchId } = checkpoints[checkpoints.length - 1];
    for (const [id, each] of maxima.entries()) this.#pipeline.watermarks[id].restore(each);
    this.#pipeline.restore(watermarks);
    this.#watermarks = watermarks;
    this.#batchId = batchId;
  }

  #chunks(rows: readonly ScriptRow[]): (readonly [number, Chunk])[] {
    const { delivery } = this.#case;
    const found: (readonly [number, Chunk])[] = [];
    for (let from = 0; from < rows.length; ) {
      const { source, partition } = rows[from];
      let to = from + 1;
      while (
        to < rows.length &&
        rows[to].source === source &&
        rows[to].partition === partition &&
        to - from < (delivery.cut ?? rows.length)
      )
        to++;
      const weighted = (this.#options.forceWeights ?? false) || rows.slice(from, to).some(({ weight }) => weight !== 1);
      found.push([source, chunkOfRows(this.#schemas[source], rows.slice(from, to), { delivery, weighted })]);
      from = to;
    }
    return found;
  }
}

export function runEngine(lawCase: LawCase, options: EngineOptions): TriggerOutput[] {
  return new Engine(lawCase, options).run();
}

/** The bytes that a sink would get in a trigger. */
export function ipcBytes(output: TriggerOutput, schema: Schema): string {
  const parts = output.batches.map(
    ({ chunk, op }) => `${keyOf(toIpc(schema, [chunk]))}${chunk.weights?.join() ?? ""}${op?.join() ?? ""}`,
  );
  return parts.join("|");
}

export function chunkOfRows(
  schema: Schema,
  rows: readonly ScriptRow[],
  { delivery, weighted }: { delivery: Delivery; weighted: boolean },
): Chunk {
  const { selective, dictionary } = delivery;
  // The row that no one selected is one that would be seen in any result.
  const noise: ScriptRow = { ...rows[0], row: rows[rows.length - 1].row, weight: 5 };
  const physical = selective ? rows.flatMap((row) => [noise, row]) : rows;
  return {
    schema,
    columns: schema.fields.map((field, i) =>
      columnOf(
        field,
        physical.map(({ row }) => row[i]),
        dictionary,
      ),
    ),
    length: physical.length,
    sel: selective ? Int32Array.from(rows, (_, i) => 2 * i + 1) : null,
    weights: weighted ? Int32Array.from(physical, ({ weight }) => weight) : null,
    partition: rows[0].partition,
    rowBounds: null,
  };
}

export function columnOf({ type }: Pick<Field, "type">, values: readonly Value[], dictionary: boolean): Column {
  if (dictionary && type.kind === "utf8") return dictionaryColumn(values);
  const builder = columnBuilder(type, values.length);
  for (const value of values) builder.append(value);
  return builder.finish();
}

/** Each text twice in the dictionary, used in turn: ids mean nothing. */
function dictionaryColumn(values: readonly Value[]): Column {
  const type = { kind: "utf8" } as const;
  const texts = values.flatMap((value) => (typeof value === "string" ? [value, value] : []));
  const dictionary = columnOf({ type }, texts.length === 0 ? ["unused"] : texts, false);
  if (dictionary.layout !== "bytes") throw new Error("texts are kept as bytes");
  let next = 0;
  const indices = Int32Array.from(values, (value, i) => (typeof value === "string" ? 2 * next++ + (i % 2) : 0));
  const validity = Uint8Array.from(values, (value) => (value === null ? 0 : 1));
  const nullCount = values.filter((value) => value === null).length;
  return {
    layout: "dictionary",
    type,
    length: values.length,
    nullCount,
    validity: nullCount === 0 ? null : validity,
    indices,
    dictionary,
  };
}

function rowsOfBatch({ chunk, op }: OutputBatch): OutputRow[] {
  return rowsOfChunk(chunk).map((row, i) => ({
    row,
    weight: chunk.weights === null ? 1 : chunk.weights[i],
    deleted: op !== null && op[i] === 1,
  }));
}

export function rowsOfChunk(chunk: Chunk): Row[] {
  const selected = chunk.sel === null ? Array.from({ length: chunk.length }, (_, i) => i) : [...chunk.sel];
  return selected.map((row) => chunk.columns.map((column) => valueAt(column, row) as Value));
}
