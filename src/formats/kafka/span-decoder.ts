import { CHUNK_ROWS, type Chunk } from "../../columnar/chunk.js";
import type { Schema } from "../../types/data-type.js";
import { AbortFilter } from "./abort-filter.js";
import { BatchDamage } from "./batch-damage.js";
import { type BatchHeader, type BatchOutline, batchEnd, outlineOf, readBatchHeader } from "./batch-header.js";
import { decompressRecords } from "./batch-payload.js";
import type { Codecs } from "./codec-registry.js";
import { RecordColumns } from "./record-columns.js";
import type { RecordSpan } from "./record-span.js";

export interface SpanParts {
  readonly schema: Schema;
  readonly codecs: Codecs;
  readonly maxBatchBytes: number;
  readonly checkCrcs?: boolean;
}

/** Memory that compressed batches share grows up to here; one that is larger has memory of its own. */
const SHARED_BYTES = 32 * 1024 * 1024;

/** Goes through the batches of one answer, in order. */
export class SpanDecoder {
  next: number;
  #at = 0;
  /** The batch at `#at`, once its header has been read: its own bytes may be written over then. */
  #batch: BatchHeader | null = null;
  readonly #view: DataView;
  readonly #parts: SpanParts;
  readonly #span: RecordSpan;
  readonly #bytes: Uint8Array;
  readonly #filter: AbortFilter;
  readonly #chunks: Chunk[] = [];
  #columns: RecordColumns | null = null;
  #decompressed = 0;
  /** Behind the last batch. */
  #passed = 0;

  constructor(parts: SpanParts, span: RecordSpan) {
    this.#parts = parts;
    this.#span = span;
    this.#bytes = plainBytes(span.bytes);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    this.#filter = new AbortFilter(span.aborted);
    this.next = span.from;
  }

  /** Takes the next batch; false when there is none, none that counts, or when enough has been decompressed at once. @throws BatchDamage, MissingCodec */
  step(): boolean {
    const at = this.#at;
    if (at === this.#view.byteLength || this.#decompressed > this.#parts.maxBatchBytes) return false;
    const end = batchEnd(this.#view, at);
    if (end === null && at === 0) throw new BatchDamage("it is cut off, and brokers send the first batch whole");
    if (end === null) return false;
    const batch = readBatchHeader(this.#bytes, this.#view, { at, end, checkCrcs: this.#parts.checkCrcs ?? true });
    this.#batch = batch;
    if (batch.baseOffset < this.#passed) throw new BatchDamage("it begins before the end of the one before");
    this.#passed = batch.nextOffset;
    const isBehind = batch.baseOffset >= this.#span.to;
    if (!isBehind && this.#filter.admits(batch, this.#bytes)) this.#append(batch);
    this.next = Math.max(this.next, isBehind ? batch.baseOffset : batch.nextOffset);
    this.#at = end;
    this.#batch = null;
    return !isBehind;
  }

  /** After an error: what can be told of the batch that it is about. */
  outline(): BatchOutline | null {
    return this.#batch ?? outlineOf(this.#view, this.#at);
  }

  #append(batch: BatchHeader): void {
    if (batch.nextOffset <= this.#span.from) return;
    if (batch.codec === 0) this.#appendInPlace(batch);
    else this.#appendDecompressed(batch, decompressRecords(batch, this.#bytes, this.#parts));
  }

  #appendInPlace(batch: BatchHeader): void {
    const columns = this.#columns?.memory === this.#bytes ? this.#columns : this.#begin(this.#bytes, this.#at);
    columns.append(batch, { from: batch.from, to: batch.end }, this.#span);
  }

  #appendDecompressed(batch: BatchHeader, records: Uint8Array): void {
    this.#decompressed += records.length;
    const columns = this.#columns;
    if (columns === null || !hasRoom(columns, records.length, this.#bytes)) {
      this.#begin(records, 0).append(batch, { from: 0, to: records.length }, this.#span);
      return;
    }
    const from = columns.takeIn(records);
    columns.append(batch, { from, to: from + records.length }, this.#span);
  }

  #begin(memory: Uint8Array, from: number): RecordColumns {
    this.#finishColumns();
    this.#columns = new RecordColumns(this.#parts.schema, memory, from);
    return this.#columns;
  }

  #finishColumns(): void {
    if (this.#columns !== null) this.#chunks.push(...this.#columns.finish(this.#span));
    this.#columns = null;
  }

  finish(): readonly Chunk[] {
    this.#finishColumns();
    return this.#chunks;
  }
}

/** Whether a batch of so many bytes may go behind the rows: into the memory there is, or into more while that is not much. */
function hasRoom(columns: RecordColumns, bytes: number, span: Uint8Array): boolean {
  if (columns.memory === span) return false;
  const needed = columns.needs(bytes);
  return needed <= columns.memory.length || (columns.rows < CHUNK_ROWS && needed <= SHARED_BYTES);
}

/** Columns are made of plain arrays, never of Buffers. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
