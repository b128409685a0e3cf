import type { BytesColumn, Column } from "../../columnar/column.js";
import { constantBytes } from "./constant-argument.js";
import { type KernelInput, strictKernel } from "./kernel.js";
import { columnAs } from "./lane-column.js";
import { RowTexts } from "./row-texts.js";

/** A piece of every row: the same bytes, or the row's own text. */
interface Piece {
  readonly bytes: Uint8Array;
  /** null: all of `bytes`. */
  readonly offsets: Int32Array | null;
}

/** concat(text, ...): NULL where any part is. */
export const concat = strictKernel(({ constants, type }) => {
  const fixed = constants.map((constant) => (constant === null ? null : constantBytes(constant)));
  return (input) => {
    const pieces = fixed.map((bytes, i): Piece => (bytes === null ? textsOf(input, i) : { bytes, offsets: null }));
    return concatRows(pieces, input, type);
  };
});

function textsOf(input: KernelInput, index: number): BytesColumn {
  return columnAs(input.column(index), "bytes");
}

function concatRows(pieces: readonly Piece[], { rows, length }: KernelInput, type: Column["type"]): Column {
  const out = new RowTexts(length, 16 * rows.count);
  for (let j = 0; j < rows.count; j++) {
    const row = rows.sel === null ? j : rows.sel[j];
    out.start(row);
    for (let k = 0; k < pieces.length; k++) {
      const { bytes, offsets } = pieces[k];
      if (offsets === null) out.copy(bytes, 0, bytes.length);
      else out.copy(bytes, offsets[row], offsets[row + 1]);
    }
  }
  return out.finish(type);
}
