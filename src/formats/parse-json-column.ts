import type { BytesColumn, Column, DictionaryColumn } from "../columnar/column.js";
import { takeColumn } from "../columnar/take.js";
import type { DataType } from "../types/data-type.js";
import { JsonColumn } from "./json-column.js";
import { JsonCursor } from "./json-cursor.js";
import { JsonValueReader } from "./json-value-reader.js";
import type { SelectedRows } from "./selected-rows.js";

/**
 * fromJson: one JSON text per row -> a column of `type`, aligned with the physical rows. As in Spark: blank text is NULL; a struct whose text is not
 * JSON, or is no object, is a struct of NULLs; members that do not fit are NULL. A list that cannot be read is NULL.
 */
export function parseJsonColumn(column: BytesColumn | DictionaryColumn, rows: SelectedRows, type: DataType): Column {
  if (column.layout === "dictionary") return parseDictionary(column, type);
  const out = new JsonColumn(type, "json");
  out.grow(column.length);
  const reader = new RowParser(out);
  for (let i = 0; i < rows.count; i++) {
    const row = rows.sel === null ? i : rows.sel[i];
    if (column.validity === null || column.validity[row] === 1) reader.parse(column, row);
  }
  return out.finish(column.length);
}

/** Each distinct text is read once. */
function parseDictionary(column: DictionaryColumn, type: DataType): Column {
  const { dictionary } = column;
  const parsed = parseJsonColumn(dictionary, { sel: null, count: dictionary.length }, type);
  const indices = column.indices.slice(0, column.length);
  if (column.validity !== null) for (let i = 0; i < column.length; i++) if (column.validity[i] === 0) indices[i] = -1;
  return takeColumn(parsed, indices, column.length);
}

class RowParser {
  readonly #out: JsonColumn;
  readonly #cursor = new JsonCursor();
  readonly #values = new JsonValueReader(this.#cursor);

  constructor(out: JsonColumn) {
    this.#out = out;
  }

  parse(column: BytesColumn, row: number): void {
    const cursor = this.#cursor;
    cursor.use(column.bytes, column.offsets[row], column.offsets[row + 1]);
    if (cursor.peek() === -1) return;
    this.#values.mismatch = false;
    const isNull = cursor.peek() === 110;
    const isRead = this.#values.read(this.#out, row) && cursor.peek() === -1;
    const isMissing = this.#out.validity[row] === 0 && !isNull;
    if (isRead && !isMissing) return;
    this.#out.validity[row] = 0;
    if (this.#out.type.kind === "struct") this.#makeStructOfNulls(row);
  }

  #makeStructOfNulls(row: number): void {
    this.#out.validity[row] = 1;
    for (const child of this.#out.children) child.validity[row] = 0;
  }
}
