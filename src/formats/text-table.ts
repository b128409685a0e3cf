import type { Chunk } from "../columnar/chunk.js";
import type { Schema } from "../types/data-type.js";
import { valueText } from "./value-text.js";

export interface TableOptions {
  /** Rows shown; the rest is only mentioned. Default 20. */
  readonly numRows?: number;
  /** Characters a cell may have before it is cut; false: cells are never cut and stand to the left. Default 20. */
  readonly truncate?: number | false;
  /** Columns of the terminal: a wider table is made to fit. null: as wide as it needs. */
  readonly width?: number | null;
}

/** Least width of a column, as in Spark. */
const LEAST_WIDTH = 3;

/** Rows as the table that Spark's show() prints, newline at the end. */
export function formatTable(schema: Schema, chunks: readonly Chunk[], options: TableOptions = {}): string {
  const numRows = Math.max(0, options.numRows ?? 20);
  const truncate = options.truncate ?? 20;
  const total = chunks.reduce((sum, chunk) => sum + rowCount(chunk), 0);
  const cells = [
    schema.fields.map((field) => cut(escaped(field.name), truncate)),
    ...rowTexts(chunks, Math.min(numRows, total)).map((row) => row.map((text) => cut(text, truncate))),
  ];
  const widths = columnWidths(cells, schema.fields.length, options.width ?? null);
  const notes: string[] = [];
  if (total > numRows) notes.push(`only showing top ${numRows} ${numRows === 1 ? "row" : "rows"}`);
  if (widths.length < schema.fields.length) {
    notes.push(`only showing the first ${widths.length} of ${schema.fields.length} columns`);
  }
  return drawn(cells, widths, truncate !== false) + notes.map((note) => `${note}\n`).join("");
}

function rowTexts(chunks: readonly Chunk[], count: number): string[][] {
  const rows: string[][] = [];
  for (const chunk of chunks) {
    for (let i = 0; i < rowCount(chunk) && rows.length < count; i++) {
      const row = chunk.sel?.[i] ?? i;
      rows.push(chunk.columns.map((column) => escaped(valueText(column, row))));
    }
  }
  return rows;
}

function rowCount(chunk: Chunk): number {
  return chunk.sel?.length ?? chunk.length;
}

function drawn(cells: readonly string[][], widths: readonly number[], alignRight: boolean): string {
  const rule = `+${widths.map((width) => "-".repeat(width)).join("+")}+\n`;
  const lines = cells.map(
    (row) => `|${widths.map((width, i) => fitted(row[i] ?? "", width, alignRight)).join("|")}|\n`,
  );
  const [header = "", ...body] = lines;
  return `${rule}${header}${rule}${body.join("")}${rule}`;
}

function fitted(text: string, width: number, alignRight: boolean): string {
  const shown = cutToWidth(text, width);
  const padding = " ".repeat(Math.max(0, width - textWidth(shown)));
  return alignRight ? padding + shown : shown + padding;
}

/** Natural widths; where they do not fit, the widest columns shrink, and at the least width the last columns are left out. */
function columnWidths(cells: readonly string[][], columns: number, available: number | null): readonly number[] {
  const widths = Array.from({ length: columns }, (_, i) =>
    cells.reduce((most, row) => Math.max(most, textWidth(row[i] ?? "")), LEAST_WIDTH),
  );
  if (available === null) return widths;
  while (tableWidth(widths) > available) {
    const widest = Math.max(...widths);
    const next = Math.max(LEAST_WIDTH, ...widths.filter((width) => width < widest));
    const wide = widths.flatMap((width, i) => (width === widest ? [i] : []));
    const surplus = tableWidth(widths) - available;
    if (widest <= LEAST_WIDTH) {
      if (widths.length === 1) return widths;
      widths.pop();
      continue;
    }
    const step = Math.max(1, Math.min(widest - next || 1, Math.floor(surplus / wide.length)));
    for (const i of surplus < wide.length ? wide.slice(0, surplus) : wide) widths[i] = widest - step;
  }
  return widths;
}

function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 1, 1);
}

/** Spark's truncation: by characters, with three dots where there is room for them. */
function cut(text: string, truncate: number | false): string {
  if (truncate === false || text.length <= truncate) return text;
  return truncate < 4 ? text.slice(0, truncate) : `${text.slice(0, truncate - 3)}...`;
}

function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const dots = width < 4 ? "" : "...";
  let shown = "";
  for (const letter of text) {
    if (textWidth(shown) + textWidth(letter) + dots.length > width) break;
    shown += letter;
  }
  return shown + dots;
}

/** Control characters would break the table; they are shown by their escapes, as Spark does. */
function escaped(text: string): string {
  return text.replace(CONTROL, (letter) => ESCAPES[letter] ?? letter);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
  "\v": "\\v",
  "\u0007": "\\a",
};

const CONTROL = new RegExp(`[${Object.keys(ESCAPES).join("")}]`, "g");

/** East Asian wide characters take two places; the ranges are Spark's. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/g;

function textWidth(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}
