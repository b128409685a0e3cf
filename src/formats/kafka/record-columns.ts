import { allocateInt32, growInt32 } from "../../columnar/buffers.js";
import { CHUNK_ROWS, type Chunk } from "../../columnar/chunk.js";
import type { Column } from "../../columnar/column.js";
import { constantColumn } from "../../columnar/constant-column.js";
import { sliceChunk } from "../../columnar/slice.js";
import { ALL_VALID } from "../../columnar/validity.js";
import { assert } from "../../common/assert.js";
import type { Field, Schema } from "../../types/data-type.js";
import { fieldIndex } from "../../types/schema.js";
import { BatchDamage } from "./batch-damage.js";
import { type BatchHeader, requireRoomFor } from "./batch-header.js";
import { CopiedKeys } from "./copied-keys.js";
import { HeaderColumns } from "./header-columns.js";
import { MovedValues } from "./moved-values.js";
import { RecordOffsets } from "./record-offsets.js";
import type { RecordSpan } from "./record-span.js";
import { RecordTimes } from "./record-times.js";
import { VarintReader } from "./varint-reader.js";

/** length, attributes, timestamp, offset, key and value of a record, and the count of its headers: a byte each at least; the length itself does not count. */
const LEAST_LENGTH = 6;

/** Rows of record batches that lie in one piece of memory one after the other, as columns. */
export class RecordColumns {
  rows = 0;
  readonly #schema: Schema;
  readonly #values: MovedValues;
  readonly #keys: CopiedKeys | null;
  readonly #headers: HeaderColumns | null;
  readonly #offsets = new RecordOffsets();
  readonly #times = new RecordTimes();
  readonly #hasValue: boolean;
  #timeTypes: Int32Array = allocateInt32(0);

  /** The memory is written to, from `from` on. */
  constructor(schema: Schema, memory: Uint8Array, from: number) {
    this.#schema = schema;
    this.#values = new MovedValues(memory, from);
    this.#hasValue = fieldIndex(schema, "value") >= 0;
    this.#keys = fieldIndex(schema, "key") < 0 ? null : new CopiedKeys(memory);
    this.#headers = fieldIndex(schema, "headers") < 0 ? null : new HeaderColumns();
  }

  get memory(): Uint8Array {
    return this.#values.memory;
  }

  /** How much memory it takes to have `bytes` behind the rows. */
  needs(bytes: number): number {
    return this.#values.endOf(this.rows) + bytes;
  }

  /** Copies records to behind the rows, in larger memory where it takes that; says where they begin. */
  takeIn(records: Uint8Array): number {
    return this.#values.takeIn(records, this.rows);
  }

  /** Adds those records of a batch, in memory[from, to), that have offsets in the span. @throws BatchDamage, and then none is added */
  append(batch: BatchHeader, { from, to }: { from: number; to: number }, span: RecordSpan): void {
    requireRoomFor(batch.records, to - from);
    const before = this.rows;
    try {
      this.#begin(batch);
      this.#read(batch, new VarintReader(this.memory, from, to), span);
      this.#timeTypes.fill(batch.isLogAppendTime ? 1 : 0, before, this.rows);
    } catch (error) {
      this.#truncate(before);
      throw error;
    }
  }

  #begin(batch: BatchHeader): void {
    const rows = this.rows + batch.records;
    this.#values.reserve(rows);
    this.#keys?.begin(this.memory, rows);
    this.#offsets.begin(batch.baseOffset, rows);
    this.#times.reserve(rows);
    this.#timeTypes = growInt32(this.#timeTypes, rows);
  }

  #read(batch: BatchHeader, reader: VarintReader, span: RecordSpan): void {
    const least = span.from - batch.baseOffset;
    const end = span.to - batch.baseOffset;
    let last = -1;
    for (let i = 0; i < batch.records; i++) {
      const length = reader.int32();
      const recordEnd = reader.at + length;
      if (length < LEAST_LENGTH || recordEnd > reader.to) throw badLength(i);
      reader.at++;
      const time = reader.int64();
      const delta = reader.int32();
      if (delta <= last || delta > batch.lastOffsetDelta) throw badOffset(i);
      last = delta;
      if (delta >= least && delta < end) {
        this.#offsets.put(this.rows, delta);
        this.#times.put(this.rows, batch.isLogAppendTime ? batch.maxTimestamp : batch.baseTimestamp + time);
        this.#readContent(reader, recordEnd);
        this.rows++;
      }
      reader.at = recordEnd;
    }
    if (reader.at !== reader.to) throw new BatchDamage("it goes on behind its last record");
  }

  /** Key, value and headers. The key goes before the value moves, which may be over it. */
  #readContent(reader: VarintReader, recordEnd: number): void {
    const row = this.rows;
    const keyLength = reader.int32();
    const keyFrom = reader.at;
    reader.at = reader.endOf(keyLength, recordEnd);
    const valueLength = reader.int32();
    const valueFrom = reader.at;
    reader.at = reader.endOf(valueLength, recordEnd - 1);
    if (this.#keys !== null) this.#keys.put(row, keyFrom, keyLength);
    if (this.#hasValue) this.#values.put(row, valueFrom, valueLength);
    if (this.#headers !== null) this.#readHeaders(this.#headers, reader, recordEnd);
  }

  #readHeaders(headers: HeaderColumns, reader: VarintReader, recordEnd: number): void {
    headers.read(reader, recordEnd);
    if (reader.at !== recordEnd) throw new BatchDamage("a record in it goes on behind its headers");
  }

  #truncate(rows: number): void {
    this.rows = rows;
    this.#values.truncate(rows);
    this.#keys?.truncate(rows);
    this.#headers?.truncate(rows);
    this.#times.truncate(rows);
  }

  /** The rows as chunks of at most CHUNK_ROWS. Nothing may be added any more. */
  finish({ topic, partition }: RecordSpan): readonly Chunk[] {
    const { rows } = this;
    const schema = this.#schema;
    const columns = schema.fields.map((field) => this.#columnOf(field, topic, partition));
    const all = {
      schema,
      columns,
      length: rows,
      sel: null,
      weights: null,
      partition: `${topic}-${partition}`,
      rowBounds: null,
    };
    const chunks: Chunk[] = [];
    for (let from = 0; from < rows; from += CHUNK_ROWS)
      chunks.push(sliceChunk(all, from, Math.min(rows, from + CHUNK_ROWS)));
    return chunks;
  }

  #columnOf({ name, type }: Field, topic: string, partition: number): Column {
    const { rows } = this;
    switch (name) {
      case "key": {
        const keys = this.#keys;
        assert(keys !== null, "keys are read when the schema has them");
        return keys.finish(type, rows);
      }
      case "value":
        return this.#values.finish(type, rows);
      case "topic":
        return constantColumn(type, topic, rows);
      case "partition":
        return constantColumn(type, partition, rows);
      case "offset":
        return this.#offsets.finish(type, rows);
      case "timestamp":
        return this.#times.finish(type, rows);
      case "timestampType":
        return { layout: "int32", type, length: rows, ...ALL_VALID, values: this.#timeTypes };
      case "headers": {
        const headers = this.#headers;
        assert(headers !== null, "headers are read when the schema has them");
        return headers.finish(type);
      }
      default:
        throw new Error(`no column of Kafka records: ${name}`);
    }
  }
}

function badLength(record: number): BatchDamage {
  return new BatchDamage(`record ${record} in it has an impossible length`);
}

function badOffset(record: number): BatchDamage {
  return new BatchDamage(`record ${record} in it has an impossible offset`);
}
