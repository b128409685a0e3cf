import { allocateBytes, allocateInt32 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";

/**
 * Text of a plain or a dictionary column in one shape, so that loops over it meet one class. The value of a row is
 * bytes[offsets[e], offsets[e + 1]) with e = indices === null ? row : indices[row].
 */
export interface TextView {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
  readonly indices: Int32Array | null;
}

export function textView(column: Column): TextView {
  switch (column.layout) {
    case "bytes":
      return { bytes: column.bytes, offsets: column.offsets, indices: null };
    case "dictionary":
      return { bytes: column.dictionary.bytes, offsets: column.dictionary.offsets, indices: column.indices };
    case "null":
      return { bytes: allocateBytes(0), offsets: allocateInt32(column.length + 1), indices: null };
    default:
      throw new Error(`Broken invariant: a text argument has the layout ${column.layout}`);
  }
}
