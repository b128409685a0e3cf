import type { Schema } from "../types/data-type.js";
import { type IpcBatch, IpcBatchReader, readBatch } from "./arrow-ipc-batch.js";
import { DICTIONARY_BATCH, type IpcMessage, RECORD_BATCH, readMessage, SCHEMA } from "./arrow-ipc-message.js";
import { type IpcArray, type IpcSchema, ipcSchemaOf } from "./arrow-ipc-schema.js";
import type { ArrowDataShape, ArrowVectorShape } from "./arrow-shape.js";
import { corruptIpc } from "./corrupt-ipc.js";
import { fieldAt, readCount, requiredTable } from "./flatbuffer.js";

/** One record batch: its columns, and its rows, which columns alone do not tell where there are none. */
export interface IpcRows {
  readonly length: number;
  readonly children: readonly ArrowDataShape[];
}

export interface IpcTable {
  readonly schema: Schema;
  readonly batches: readonly IpcRows[];
}

/**
 * The record batches of an Arrow IPC stream as views of its bytes, without apache-arrow's reader, which costs more than
 * the work on a small batch. null where only that one can read the bytes: files, compressed bodies, a second schema. Every length and place is checked; nothing outside the bytes is read.
 * @throws AnalysisError TYPE_NOT_SUPPORTED; FormatError ARROW_CORRUPT
 */
export function readIpcStream(bytes: Uint8Array): IpcTable | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return isFile(view) ? null : new StreamReader(bytes, view).read();
  } catch (cause) {
    throw cause instanceof RangeError ? corruptIpc(cause) : cause;
  }
}

const ARRO = 0x4f525241;

function isFile(view: DataView): boolean {
  return view.byteLength < 8 || view.getUint32(0, true) === ARRO;
}

class StreamReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #dictionaries = new Map<number, ArrowVectorShape>();
  readonly #batches: IpcRows[] = [];
  #schema: IpcSchema | null = null;
  /** Something in the stream is not read here; the rest is only checked. */
  #isForeign = false;

  constructor(bytes: Uint8Array, view: DataView) {
    this.#bytes = bytes;
    this.#view = view;
  }

  read(): IpcTable | null {
    let message = readMessage(this.#view, 0);
    while (message !== null) {
      this.#readBody(message);
      message = readMessage(this.#view, message.bodyEnd);
    }
    if (this.#schema === null || this.#isForeign) return null;
    return { schema: this.#schema.schema, batches: this.#batches };
  }

  #readBody(message: IpcMessage): void {
    if (message.kind === SCHEMA) {
      this.#readSchema(message);
      return;
    }
    if (this.#schema === null) throw new RangeError("the first message is no schema");
    switch (message.kind) {
      case RECORD_BATCH:
        this.#readRecordBatch(message, this.#schema);
        return;
      case DICTIONARY_BATCH:
        this.#readDictionaryBatch(message, this.#schema);
        return;
      default:
        throw new RangeError(`there is no message of kind ${message.kind} in a stream`);
    }
  }

  /** Another schema on the way may still be equivalent; that is for apache-arrow to say. */
  #readSchema(message: IpcMessage): void {
    const next = ipcSchemaOf(this.#bytes, message);
    if (this.#schema !== null && this.#schema !== next) this.#isForeign = true;
    this.#schema = next;
    this.#dictionaries.clear();
  }

  #readRecordBatch(message: IpcMessage, { arrays }: IpcSchema): void {
    const batch = readBatch(this.#view, message.header);
    this.#batches.push({ length: batch.length, children: this.#readArrays(message, batch, arrays) });
  }

  /** A delta goes behind what its dictionary holds, in a new one: batches before keep theirs. */
  #readDictionaryBatch(message: IpcMessage, { dictionaries }: IpcSchema): void {
    const view = this.#view;
    const idAt = fieldAt(view, message.header, 0);
    const isDeltaAt = fieldAt(view, message.header, 2);
    const id = idAt === 0 ? 0 : readCount(view, idAt);
    const values = dictionaries.get(id);
    if (values === undefined) throw new RangeError(`no column has the dictionary ${id}`);
    const arrays = this.#readArrays(message, readBatch(view, requiredTable(view, message.header, 1)), [values]);
    const isDelta = isDeltaAt !== 0 && view.getUint8(isDeltaAt) !== 0;
    const before = isDelta ? (this.#dictionaries.get(id)?.data ?? []) : [];
    this.#dictionaries.set(id, { type: values.type, data: [...before, ...arrays] });
  }

  #readArrays({ bodyStart, bodyEnd }: IpcMessage, batch: IpcBatch, arrays: readonly IpcArray[]): ArrowDataShape[] {
    if (batch.isCompressed) {
      this.#isForeign = true;
      return [];
    }
    const body = { bytes: this.#bytes.subarray(bodyStart, bodyEnd), dictionaries: this.#dictionaries };
    return new IpcBatchReader(this.#view, batch, body).readAll(arrays);
  }
}
