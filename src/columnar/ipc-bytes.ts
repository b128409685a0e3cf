import * as arrow from "apache-arrow";

interface ArrowStream {
  readonly schema: arrow.Schema;
  /** Of that schema. */
  readonly batches: readonly arrow.RecordBatch[];
}

/**
 * Arrow IPC streams, one after the other.
 *
 * arrow.tableToIPC is not used: where two columns that stand side by side are the same memory, it writes that memory once
 * and gives bytes that cannot be read (apache-arrow 21, joinUint8Arrays).
 */
export function ipcBytes(streams: readonly ArrowStream[]): Uint8Array {
  const writer = new PieceWriter();
  for (const { schema, batches } of streams) {
    writer.reset(undefined, schema);
    for (const batch of batches) writer.write(batch);
    // Ends the stream; without it a stream of the same columns would go on in the one before.
    writer.reset();
  }
  return writer.joined();
}

/** Keeps what arrow's writer writes as views of the columns, so that each byte is copied once. */
class PieceWriter extends arrow.RecordBatchStreamWriter {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  constructor() {
    super({ autoDestroy: false });
  }

  joined(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  protected override _write(chunk: ArrayBufferView): this {
    if (!this._started) return this;
    this.#pieces.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#length += chunk.byteLength;
    return this;
  }
}
