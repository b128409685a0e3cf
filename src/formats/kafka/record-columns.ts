import { allocateInt32, growInt32 } from "../../columnar/buffers.js";
import { CHUNK_ROWS, type Chunk } from "../../columnar/chunk.js";
import type { Column } from "../../columnar/column.js";
import { constantColumn } from "../../columnar/constant-column.js";
import { sliceColumn } from "../../columnar/slice.js";
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
  /** Rows that there is room for. */
  #room = 0;
  /** Made when the first batch comes that has the broker's time: 0, the most, is the same for all rows. */
  #timeTypes: Int32Array | null = null;

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
  append(batch: BatchHeader, place: { from: number; to: number }, span: RecordSpan): void {
    requireRoomFor(batch.records, place.to - place.from);
    const before = this.rows;
    try {
      this.#begin(batch, place);
      this.#read(batch, new VarintReader(this.memory, place.from, place.to), span);
      if (batch.isLogAppendTime) this.#timeTypes ??= allocateInt32(this.#room);
      this.#timeTypes?.fill(batch.isLogAppendTime ? 1 : 0, before, this.rows);
    } catch (error) {
      this.#truncate(before);
      throw error;
    }
  }

  #begin(batch: BatchHeader, { from, to }: { from: number; to: number }): void {
    this.#offsets.base = batch.baseOffset;
    this.#keys?.readFrom(this.memory);
    if (this.rows + batch.records > this.#room) {
      // The rest of the memory is probably as full of records as this batch.
      this.#reserve(this.rows + Math.ceil((batch.records * (this.memory.length - from)) / (to - from)));
    }
  }

  #reserve(rows: number): void {
    this.#room = rows;
    this.#values.reserve(rows);
    this.#keys?.reserve(rows);
    this.#offsets.reserve(rows);
    this.#times.reserve(rows);
    if (this.#timeTypes !== null) this.#timeTypes = growInt32(this.#timeTypes, rows);
  }

  /** The loop over records: places stay in local variables, and numbers of one byte, the most, are read without a call. */
  #read(batch: BatchHeader, reader: VarintReader, span: RecordSpan): void {
    const { bytes, to } = reader;
    const { records, lastOffsetDelta, isLogAppendTime, baseTimestamp, maxTimestamp } = batch;
    const least = span.from - batch.baseOffset;
    const end = span.to - batch.baseOffset;
    let at = reader.at;
    let last = -1;
    for (let i = 0; i < records; i++) {
      let raw = bytes[at++];
      let length = unzigzag(raw);
      if (!(raw < 128)) {
        length = reader.restOfInt32(raw, at);
        at = reader.at;
      }
      const recordEnd = at + length;
      if (length < LEAST_LENGTH || recordEnd > to) throw badRecord(i, "length");
      raw = bytes[++at];
      let time = unzigzag(raw);
      if (!(raw < 128)) {
        time = reader.int64At(at);
        at = reader.at - 1;
      }
      raw = bytes[++at];
      let delta = unzigzag(raw);
      if (!(raw < 128)) {
        delta = reader.restOfInt32(raw, at + 1);
        at = reader.at - 1;
      }
      if (delta <= last || delta > lastOffsetDelta) throw badRecord(i, "offset");
      last = delta;
      if (delta >= least && delta < end) {
        this.#offsets.put(this.rows, delta);
        this.#times.put(this.rows, isLogAppendTime ? maxTimestamp : baseTimestamp + time);
        reader.at = at + 1;
        this.#readContent(reader, recordEnd);
        this.rows++;
      }
      at = recordEnd;
    }
    if (at !== to) throw new BatchDamage("it goes on behind its last record");
  }

  /** Key, value and headers. The key goes before the value moves, which may be over it. */
  #readContent(reader: VarintReader, recordEnd: number): void {
    const { bytes } = reader;
    let at = reader.at;
    let raw = bytes[at++];
    let keyLength = unzigzag(raw);
    if (!(raw < 128)) {
      keyLength = reader.restOfInt32(raw, at);
      at = reader.at;
    }
    const keyFrom = at;
    if (keyLength > 0) at += keyLength;
    raw = bytes[at++];
    let valueLength = unzigzag(raw);
    if (!(raw < 128)) {
      valueLength = reader.restOfInt32(raw, at);
      at = reader.at;
    }
    const valueFrom = at;
    if (valueLength > 0) at += valueLength;
    if (keyLength < -1 || valueLength < -1 || at >= recordEnd)
      throw new BatchDamage("a key or value in it reaches beyond its record");
    if (this.#keys !== null) this.#keys.put(this.rows, keyFrom, keyLength);
    if (this.#hasValue) this.#values.put(this.rows, valueFrom, valueLength);
    if (this.#headers === null) return;
    reader.at = at;
    this.#readHeaders(this.#headers, reader, recordEnd);
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
    const head = { schema, sel: null, weights: null, partition: `${topic}-${partition}`, rowBounds: null };
    const chunks: Chunk[] = [];
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const length = Math.min(rows - from, CHUNK_ROWS);
      chunks.push({ ...head, columns: columns.map((column) => this.#cut(column, from, length)), length });
    }
    return chunks;
  }

  /** A column of fewer rows is the same in all: each chunk has its beginning. */
  #cut(column: Column, from: number, length: number): Column {
    const at = column.length < this.rows ? 0 : from;
    return sliceColumn(column, at, at + length);
  }

  #columnOf({ name, type }: Field, topic: string, partition: number): Column {
    const { rows } = this;
    const same = Math.min(rows, CHUNK_ROWS);
    switch (name) {
      case "key": {
        const keys = this.#keys;
        assert(keys !== null, "keys are read when the schema has them");
        return keys.finish(type, rows);
      }
      case "value":
        return this.#values.finish(type, rows);
      case "topic":
        return constantColumn(type, topic, same);
      case "partition":
        return constantColumn(type, partition, same);
      case "offset":
        return this.#offsets.finish(type, rows);
      case "timestamp":
        return this.#times.finish(type, rows);
      case "timestampType":
        if (this.#timeTypes === null) return constantColumn(type, 0, same);
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

function unzigzag(raw: number): number {
  return (raw >>> 1) ^ -(raw & 1);
}

function badRecord(record: number, what: string): BatchDamage {
  return new BatchDamage(`record ${record} in it has an impossible ${what}`);
}
