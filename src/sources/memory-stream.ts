import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import { splitChunk } from "../columnar/chunk-of.js";
import { concatChunks } from "../columnar/concat.js";
import { checkOptions, type Options } from "../common/check-options.js";
import { SourceError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import { type SchemaInput, schemaOfInput } from "../types/schema-input.js";
import { ChangeSignal } from "./change-signal.js";
import { chunkBytes } from "./chunk-size.js";
import { MemoryStreamSource } from "./memory-stream-source.js";
import { type RowsInput, rowsOfInput } from "./rows-of-input.js";
import type { SourceEntry } from "./source-registry.js";

export interface MemoryStreamOptions {
  /** Names of the partitions, in the order they are read; rows go to the first unless `add` says otherwise. Default: one, "0". */
  readonly partitions?: readonly string[];
  /** Rows may carry weights below 0: the stream is a changelog. */
  readonly weights?: boolean;
}

export interface AddOptions {
  readonly partition?: string;
  /** One weight per row, never 0. */
  readonly weights?: readonly number[] | Int32Array;
}

/** What one `add` brought: it is taken by a trigger as a whole. */
export interface MemoryUnit {
  readonly chunks: readonly Chunk[];
  readonly rows: number;
  readonly bytes: number;
  /** Place among the units of all partitions. */
  readonly sequence: number;
}

/**
 * A stream that a program writes itself: rows added are there at once, in order, for every query that reads it.
 * Everything added is kept, so that a query may start, or start again, at any time.
 *
 * @example
 * const stream = new MemoryStream({ user: utf8(), n: int64() });
 * stream.add([{ user: "ann", n: 1n }]);
 * stream.close();
 */
export class MemoryStream<const I extends SchemaInput = SchemaInput> {
  /** For the compiler only: the columns. */
  declare readonly columns: I;
  readonly schema: Schema;
  readonly partitions: readonly string[];
  readonly weighted: boolean;
  readonly changes = new ChangeSignal();
  readonly #units: Map<string, MemoryUnit[]>;
  #sequence = 0;
  #isClosed = false;

  constructor(schema: I, options: MemoryStreamOptions = {}) {
    checkOptions(options as Options, ["partitions", "weights"], "MemoryStream");
    this.schema = schemaOfInput(schema);
    this.partitions = Object.freeze([...(options.partitions ?? ["0"])]);
    requirePartitions(this.partitions);
    this.weighted = options.weights ?? false;
    this.#units = new Map(this.partitions.map((partition) => [partition, []]));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Adds rows (objects), an Arrow table or batch, or IPC bytes, as one unit. */
  add(rows: RowsInput, options: AddOptions = {}): this {
    return this.addChunks(rowsOfInput(rows, this.schema, "memory stream"), options);
  }

  /** Adds chunks of the stream's schema as one unit; weights may be in the chunks themselves. */
  addChunks(chunks: readonly Chunk[], options: AddOptions = {}): this {
    checkOptions(options as Options, ["partition", "weights"], "MemoryStream.add");
    const partition = options.partition ?? this.partitions[0];
    const units = this.#unitsForAdding(partition);
    const weighted = options.weights === undefined ? chunks : withWeights(chunks, options.weights);
    const cut = weighted.filter((chunk) => chunk.length > 0).map((chunk) => ({ ...chunk, partition }));
    for (const chunk of cut) this.#checkWeights(chunk);
    const rows = cut.reduce((sum, chunk) => sum + (chunk.sel?.length ?? chunk.length), 0);
    if (rows === 0) return this;
    const bytes = cut.reduce((sum, chunk) => sum + chunkBytes(chunk), 0);
    units.push({ chunks: cut, rows, bytes, sequence: this.#sequence++ });
    this.changes.notify();
    return this;
  }

  /** Nothing more will come, ever: queries release what they hold back and end. */
  close(): void {
    this.#isClosed = true;
    this.changes.notify();
  }

  unitsOf(partition: string): readonly MemoryUnit[] {
    return this.#units.get(partition) ?? [];
  }

  /** What the session registers: every open() reads from the beginning. */
  entry(streaming = true): SourceEntry {
    return {
      factory: { open: () => new MemoryStreamSource(this) },
      description: { label: "memory", schema: this.schema, bounded: !streaming, insertOnly: !this.weighted, streaming },
    };
  }

  #unitsForAdding(partition: string): MemoryUnit[] {
    if (this.#isClosed) throw new SourceError("STREAM_CLOSED", "The memory stream is closed; nothing can be added.");
    const units = this.#units.get(partition);
    if (units !== undefined) return units;
    throw new SourceError("PARTITION_UNKNOWN", `The memory stream has no partition '${partition}'.`, {
      hint: `It has: ${this.partitions.join(", ")}.`,
    });
  }

  #checkWeights(chunk: Chunk): void {
    if (chunk.weights === null) return;
    if (!this.weighted) {
      throw new SourceError("WEIGHTS_NOT_DECLARED", "The memory stream was made without weights.", {
        hint: "Make it with { weights: true }.",
      });
    }
    const { weights, sel, length } = chunk;
    const count = sel?.length ?? length;
    for (let i = 0; i < count; i++) {
      if (weights[sel?.[i] ?? i] === 0) throw new SourceError("WEIGHT_ZERO", "A row cannot have the weight 0.");
    }
  }
}

function requirePartitions(partitions: readonly string[]): void {
  const twice = partitions.find((name, i) => partitions.indexOf(name) !== i);
  if (partitions.length > 0 && twice === undefined) return;
  const what =
    twice === undefined
      ? "A memory stream needs a partition."
      : `The memory stream was given the partition '${twice}' twice.`;
  throw new SourceError("PARTITIONS", what, {
    hint: "Give each partition a name of its own, or leave partitions out.",
  });
}

/** `weights` runs over the rows of all chunks in order. */
function withWeights(chunks: readonly Chunk[], weights: readonly number[] | Int32Array): readonly Chunk[] {
  const rows = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (rows !== weights.length) {
    throw new SourceError("WEIGHTS_LENGTH", `There are ${rows} rows and ${weights.length} weights.`);
  }
  for (const weight of weights) {
    if ((weight | 0) !== weight) throw new SourceError("WEIGHT_RANGE", `The weight ${weight} is no int32.`);
  }
  if (rows === 0) return [];
  const whole = chunks.length === 1 ? chunks[0] : concatChunks(chunks);
  return whole === undefined ? [] : splitChunk({ ...whole, weights: Int32Array.from(weights) }, CHUNK_ROWS);
}
