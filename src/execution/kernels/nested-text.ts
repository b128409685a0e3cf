import type { Column } from "../../columnar/column.js";
import { isNullAt } from "../../columnar/compare.js";
import type { TextWriter } from "./cast-to-text.js";
import type { RowTexts } from "./row-texts.js";
import { withoutDictionary } from "./without-dictionary.js";

/** Lists as [a, b], structs as {a, b}, NULL in them as null. */
export function nestedText(column: Column, writerOf: (column: Column) => TextWriter): TextWriter {
  switch (column.layout) {
    case "list": {
      const write = elementWriter(column.elements, writerOf);
      const { offsets } = column;
      return (out, row) => writeAll(out, "[]", { from: offsets[row], to: offsets[row + 1], write });
    }
    case "struct": {
      const writers = column.children.map((child) => elementWriter(child, writerOf));
      return (out, row) => writeAll(out, "{}", { from: 0, to: writers.length, write: (_, i) => writers[i](out, row) });
    }
    default:
      throw new Error(`Broken invariant: a ${column.layout} column is written as text`);
  }
}

function elementWriter(column: Column, writerOf: (column: Column) => TextWriter): TextWriter {
  if (column.layout === "null") return (out) => out.ascii("null");
  const plain = withoutDictionary(column);
  const write = writerOf(plain);
  return (out, row) => {
    if (isNullAt(plain, row)) out.ascii("null");
    else write(out, row);
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly write: TextWriter;
}

function writeAll(out: RowTexts, brackets: string, { from, to, write }: Span): void {
  out.ascii(brackets[0]);
  for (let i = from; i < to; i++) {
    if (i > from) out.ascii(", ");
    write(out, i);
  }
  out.ascii(brackets[1]);
}
