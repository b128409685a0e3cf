import { FormatError } from "../common/millrace-error.js";
import { requireWithin, viewIndices } from "./arrow-buffers.js";
import type { IpcArray } from "./arrow-ipc-schema.js";
import type { ArrowDataShape, ArrowVectorShape } from "./arrow-shape.js";
import { fieldAt, readCount, tableField, vectorField, vectorLength } from "./flatbuffer.js";

/** Nodes (length, NULLs) and buffers (place in the body, length) are pairs of int64. */
const PAIR_BYTES = 16;
const MAX_ROWS = 0x7fff_ffff;
const NO_CHILDREN: readonly ArrowDataShape[] = [];

/** A RecordBatch table; its vectors are known to lie within the stream. */
export interface IpcBatch {
  readonly length: number;
  readonly nodes: number;
  readonly buffers: number;
  readonly isCompressed: boolean;
}

export function readBatch(view: DataView, table: number): IpcBatch {
  const lengthAt = fieldAt(view, table, 0);
  return {
    length: lengthAt === 0 ? 0 : readCount(view, lengthAt),
    nodes: vectorField(view, table, { index: 1, elementBytes: PAIR_BYTES }),
    buffers: vectorField(view, table, { index: 2, elementBytes: PAIR_BYTES }),
    isCompressed: tableField(view, table, 3) !== 0,
  };
}

export interface IpcBody {
  readonly bytes: Uint8Array;
  readonly dictionaries: ReadonlyMap<number, ArrowVectorShape>;
}

/** The arrays of one record batch, as views of its body, in the shape of apache-arrow's own. */
export class IpcBatchReader {
  readonly #view: DataView;
  readonly #batch: IpcBatch;
  readonly #body: IpcBody;
  #node = 0;
  #buffer = 0;

  constructor(view: DataView, batch: IpcBatch, body: IpcBody) {
    this.#view = view;
    this.#batch = batch;
    this.#body = body;
  }

  /** @throws FormatError ARROW_CORRUPT, or RangeError, where the batch does not fit its schema or its body */
  readAll(arrays: readonly IpcArray[]): ArrowDataShape[] {
    const { length } = this.#batch;
    if (length > MAX_ROWS) throw new RangeError(`a batch has ${length} rows`);
    return arrays.map((array) => {
      const data = this.#read(array);
      if (data.length !== length) throw corrupt(array, `has ${data.length} rows in a batch of ${length}`);
      return data;
    });
  }

  #read(array: IpcArray): ArrowDataShape {
    const node = this.#nextPair(this.#batch.nodes, this.#node++);
    const length = readCount(this.#view, node);
    const nullCount = readCount(this.#view, node + 8);
    const nullBitmap = this.#bitmap(array, length, nullCount);
    // One literal: every array has the same hidden class. Its parts are read in the order in which they are stored.
    return {
      type: array.type,
      length,
      offset: 0,
      nullCount,
      nullBitmap,
      valueOffsets: hasOffsets(array) ? this.#offsets(array, length, nullCount) : undefined,
      values: this.#values(array, length, nullCount),
      children: array.children.length === 0 ? NO_CHILDREN : array.children.map((child) => this.#read(child)),
      dictionary: array.layout === "dictionary" ? this.#body.dictionaries.get(array.dictionaryId) : undefined,
    };
  }

  #bitmap(array: IpcArray, length: number, nullCount: number): Uint8Array | null {
    this.#requirePossible(array, length);
    if (nullCount === 0) {
      this.#buffer++;
      return null;
    }
    const bitmap = this.#nextBuffer();
    requireWithin((length + 7) >> 3, bitmap.length, array.path);
    return bitmap;
  }

  #values(array: IpcArray, length: number, nullCount: number): ArrayBufferView | undefined {
    switch (array.layout) {
      case "values":
        return this.#nextWhole(array, length, nullCount);
      case "text":
        return this.#nextBuffer();
      case "dictionary":
        return viewIndices(this.#nextWhole(array, length, nullCount), array.indexArray);
      default:
        return undefined;
    }
  }

  /** length + 1 offsets; an array of no rows may come without any. */
  #offsets(array: IpcArray, length: number, nullCount: number): Uint8Array {
    return this.#nextWhole(array, length === 0 ? 0 : length + 1, nullCount);
  }

  /** Only arrays that a record batch has lengthened with NULLs have buffers that are too short. */
  #nextWhole(array: IpcArray, count: number, nullCount: number): Uint8Array {
    const bytes = this.#nextBuffer();
    if (nullCount === 0) requireWithin(Math.ceil((count * array.bitWidth) / 8), bytes.length, array.path);
    return bytes;
  }

  #nextBuffer(): Uint8Array {
    const pair = this.#nextPair(this.#batch.buffers, this.#buffer++);
    const from = readCount(this.#view, pair);
    const to = from + readCount(this.#view, pair + 8);
    const { bytes } = this.#body;
    if (to > bytes.length) throw new RangeError(`a buffer ends at byte ${to} of a body of ${bytes.length}`);
    return new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
  }

  #nextPair(vector: number, i: number): number {
    if (i < vectorLength(this.#view, vector)) return vector + PAIR_BYTES * i;
    throw new RangeError("a batch has fewer arrays than its schema");
  }

  /** Each row of what is not a struct takes at least a bit: nothing larger than the body by more than its type is allocated. */
  #requirePossible(array: IpcArray, length: number): void {
    requireWithin(length, array.layout === "struct" ? MAX_ROWS : 8 * this.#body.bytes.length, array.path);
  }
}

function hasOffsets({ layout }: IpcArray): boolean {
  return layout === "text" || layout === "list";
}

function corrupt({ path }: IpcArray, what: string): FormatError {
  return new FormatError("ARROW_CORRUPT", `Column '${path}' ${what}.`);
}
