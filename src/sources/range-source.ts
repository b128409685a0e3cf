import { allocateInt64 } from "../columnar/buffers.js";
import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import type { Int64Column } from "../columnar/column.js";
import { OptionError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import { ChangeSignal } from "./change-signal.js";
import { nextRowOffset, rowOffset, rowWithin } from "./row-range.js";
import type { LatestOffset, Offset, ReadLimit, Source } from "./source.js";
import type { SourceEntry } from "./source-registry.js";

const PARTITION = "0";
const SCHEMA: Schema = Object.freeze({
  fields: Object.freeze([
    Object.freeze({ name: "id", type: Object.freeze({ kind: "int64" as const }), nullable: false }),
  ]),
});

/** Whole numbers start, start + step, ... below `end` (above it when step is negative). */
export interface NumberRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** session.range: column `id`, made chunk by chunk as it is read. Offsets count rows. */
class RangeSource implements Source {
  readonly schema = SCHEMA;
  readonly replayable = true;
  readonly label: string;
  readonly #range: NumberRange;
  readonly #rows: number;
  readonly #closing = new ChangeSignal();
  #isClosed = false;

  constructor(range: NumberRange) {
    this.label = labelOf(range);
    this.#range = range;
    this.#rows = rowCount(range);
  }

  async initialOffset(): Promise<Offset> {
    return 0;
  }

  async latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset> {
    const start = rowWithin(from, this.#rows, this.label);
    const end = nextRowOffset(start, this.#rows, { ...limit, rowBytes: 8 });
    return { offset: end, behind: end === start ? [] : [PARTITION], ended: end === this.#rows };
  }

  async *read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    const end = rowWithin(to, this.#rows, this.label);
    for (let row = rowOffset(from, this.label); row < end; row += CHUNK_ROWS) {
      if (signal.aborted || this.#isClosed) return;
      yield this.#chunk(row, Math.min(end - row, CHUNK_ROWS));
    }
  }

  async changed(from: Offset, signal: AbortSignal): Promise<void> {
    if (rowOffset(from, this.label) < this.#rows) return;
    if (!this.#isClosed) await this.#closing.wait(signal);
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.notify();
  }

  #chunk(firstRow: number, length: number): Chunk {
    const values = allocateInt64(length);
    const { start, step } = this.#range;
    for (let i = 0; i < length; i++) values[i] = BigInt(start + (firstRow + i) * step);
    const id: Int64Column = { layout: "int64", type: { kind: "int64" }, length, nullCount: 0, validity: null, values };
    return { schema: SCHEMA, columns: [id], length, sel: null, weights: null, partition: PARTITION, rowBounds: null };
  }
}

function rowCount({ start, end, step }: NumberRange): number {
  return Math.max(0, Math.ceil((end - start) / step));
}

function labelOf({ start, end, step }: NumberRange): string {
  return `range(${start}, ${end}${step === 1 ? "" : `, ${step}`})`;
}

/** What session.range registers. */
export function rangeEntry(range: NumberRange): SourceEntry {
  for (const [name, value] of Object.entries(range)) {
    if (!Number.isSafeInteger(value)) throw new OptionError("OPTION_INVALID", `range: ${name} must be a safe integer.`);
  }
  if (range.step === 0) throw new OptionError("OPTION_INVALID", "range: step must not be 0.");
  return {
    factory: { open: () => new RangeSource(range) },
    description: { label: labelOf(range), schema: SCHEMA, bounded: true, insertOnly: true, streaming: false },
  };
}
