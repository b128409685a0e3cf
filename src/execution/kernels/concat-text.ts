import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import { constantArgument } from "./constant-argument.js";
import { oncePerEntry } from "./once-per-entry.js";
import { textView } from "./text-view.js";
import { TextWriter } from "./text-writer.js";
import type { VectorCall, VectorKernel } from "./vector-kernel.js";

const encoder = new TextEncoder();

/** A piece of every row: the same bytes, or those of the row's own entry. */
interface Piece {
  readonly bytes: Uint8Array;
  /** null: all of `bytes`. */
  readonly offsets: Int32Array | null;
  readonly indices: Int32Array | null;
}

/** concat(text, ...): NULL where any part is. */
export const concatKernel: VectorKernel = oncePerEntry((call) => {
  const { args, expression, length, rows } = call;
  const validity = argumentValidity(args, length);
  if (validity === null) return nullColumn(expression.type, length);
  const pieces = args.map((_, i) => pieceOf(call, i));
  const writer = new TextWriter(length, 16 * rows.count);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    for (let i = 0; i < pieces.length; i++) {
      const { bytes, offsets, indices } = pieces[i];
      const entry = indices === null ? row : indices[row];
      if (offsets === null) writer.append(bytes, 0, bytes.length);
      else writer.append(bytes, offsets[entry], offsets[entry + 1]);
    }
    writer.closeRow(row);
  }
  return writer.finish(expression.type, length, validity);
});

function pieceOf({ expression, args }: VectorCall, index: number): Piece {
  const constant = constantArgument(expression, index);
  if (typeof constant === "string") return { bytes: encoder.encode(constant), offsets: null, indices: null };
  const column: Column = args[index];
  return textView(column);
}
