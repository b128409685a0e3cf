import * as arrow from "apache-arrow";
import { ArrowBatchBody } from "./arrow-batch-body.js";
import { batchMessage, paddedTo8 } from "./arrow-batch-message.js";
import { allocateBytes } from "./buffers.js";
import type { Column } from "./column.js";
import { joinBytes } from "./join-bytes.js";

export interface IpcStream {
  readonly schema: arrow.Schema;
  /** Rows as columns of the schema's types, as typeToArrow tells them. */
  readonly batches: readonly { readonly columns: readonly Column[]; readonly length: number }[];
}

/** Arrow IPC streams, one after the other. */
export function ipcBytes(streams: Iterable<IpcStream>): Uint8Array {
  return joinBytes(ipcPieces(streams));
}

const CONTINUATION = -1;
const PADDING = allocateBytes(8);

/**
 * The same in pieces, each made when it is asked for; those of fixed-width values and text are views of the columns.
 * apache-arrow's writer would make its own objects of every column first, which costs more than all the rest.
 */
export function* ipcPieces(streams: Iterable<IpcStream>): Generator<Uint8Array, void> {
  for (const { schema, batches } of streams) {
    yield* message(arrow.Message.encode(arrow.Message.from(schema)));
    for (const { columns, length } of batches) {
      const { nodes, buffers } = new ArrowBatchBody(columns);
      yield* message(batchMessage({ rows: length, nodes, buffers: buffers.map(({ bytes }) => bytes) }));
      for (const { bytes, read } of buffers) if (bytes > 0) yield* padded(bytesOf(read()));
    }
    // Ends the stream; without it a stream of the same columns would go on in the one before.
    yield prefix(0);
  }
}

function* message(metadata: Uint8Array): Generator<Uint8Array, void> {
  yield prefix(paddedTo8(metadata.length));
  yield* padded(metadata);
}

function prefix(length: number): Uint8Array {
  return bytesOf(Int32Array.of(CONTINUATION, length));
}

function* padded(bytes: Uint8Array): Generator<Uint8Array, void> {
  yield bytes;
  const padding = paddedTo8(bytes.length) - bytes.length;
  if (padding > 0) yield PADDING.subarray(0, padding);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
