import * as arrow from "apache-arrow";
import { joinBytes } from "./join-bytes.js";

interface ArrowStream {
  readonly schema: arrow.Schema;
  /** Of that schema. */
  readonly batches: readonly arrow.RecordBatch[];
}

/** Pieces of fewer bytes are copied together: a call of its own to write one would cost more. */
const SMALL_PIECE = 262_144;

/** Arrow IPC streams, one after the other. */
export function ipcBytes(streams: readonly ArrowStream[]): Uint8Array {
  return joinBytes(written(streams));
}

/** The same in pieces to be written one after the other. Large ones are views of the columns, and are not copied. */
export function ipcPieces(streams: readonly ArrowStream[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = (): void => {
    if (small.length > 0) pieces.push(joinBytes(small));
    small = [];
  };
  for (const piece of written(streams)) {
    if (piece.length < SMALL_PIECE) {
      small.push(piece);
      continue;
    }
    flush();
    pieces.push(piece);
  }
  flush();
  return pieces;
}

/**
 * arrow.tableToIPC is not used: where two columns that stand side by side are the same memory, it writes that memory once
 * and gives bytes that cannot be read (apache-arrow 21, joinUint8Arrays).
 */
function written(streams: readonly ArrowStream[]): readonly Uint8Array[] {
  const writer = new PieceWriter();
  for (const { schema, batches } of streams) {
    writer.reset(undefined, schema);
    for (const batch of batches) writer.write(batch);
    // Ends the stream; without it a stream of the same columns would go on in the one before.
    writer.reset();
  }
  return writer.pieces;
}

/** Keeps what arrow's writer writes as views of the columns. */
class PieceWriter extends arrow.RecordBatchStreamWriter {
  readonly pieces: Uint8Array[] = [];

  constructor() {
    super({ autoDestroy: false });
  }

  protected override _write(chunk: ArrayBufferView): this {
    if (this._started && chunk.byteLength > 0) {
      this.pieces.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    }
    return this;
  }
}
