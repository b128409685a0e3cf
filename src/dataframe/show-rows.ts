import type { Chunk } from "../columnar/chunk.js";
import { checkOptions, type Options } from "../common/check-options.js";
import { AnalysisError } from "../common/millrace-error.js";
import { formatTable } from "../formats/text-table.js";
import { valueText } from "../formats/value-text.js";
import type { Schema } from "../types/data-type.js";

export interface ShowOptions {
  /** Cut cells after this many characters; true = 20, false = never. */
  readonly truncate?: boolean | number;
  /** One line per value instead of a table. */
  readonly vertical?: boolean;
}

export interface Shown {
  readonly schema: Schema;
  /** One row more than `numRows` when there are more. */
  readonly chunks: readonly Chunk[];
  readonly numRows: number;
  readonly width: number | null;
}

const CELL = 20;

/** Rows as Spark's show() prints them. */
export function showRows(shown: Shown, options: ShowOptions): string {
  checkOptions(options as Options, ["truncate", "vertical"], "show");
  if (shown.numRows < 0) throw new AnalysisError("LIMIT", `show takes a whole number of rows, not ${shown.numRows}.`);
  const truncate = options.truncate === true || options.truncate === undefined ? CELL : options.truncate;
  if (options.vertical === true) return verticalText(shown, truncate);
  return formatTable(shown.schema, shown.chunks, { numRows: shown.numRows, truncate, width: shown.width });
}

function verticalText({ schema, chunks, numRows }: Shown, truncate: number | false): string {
  const rows = chunks.flatMap((chunk) =>
    Array.from({ length: chunk.length }, (_, row) =>
      chunk.columns.map((column) => cut(valueText(column, row), truncate)),
    ),
  );
  const names = schema.fields.map(({ name }) => name);
  const nameWidth = Math.max(0, ...names.map((name) => name.length));
  const valueWidth = Math.max(
    0,
    ...rows
      .slice(0, numRows)
      .flat()
      .map((value) => value.length),
  );
  const lines = rows
    .slice(0, numRows)
    .flatMap((values, i) => [
      `-RECORD ${i}`.padEnd(nameWidth + valueWidth + 5, "-"),
      ...values.map((value, j) => ` ${names[j].padEnd(nameWidth)} | ${value.padEnd(valueWidth)} `),
    ]);
  if (rows.length > numRows) lines.push(`only showing top ${numRows} ${numRows === 1 ? "row" : "rows"}`);
  return lines.map((line) => `${line}\n`).join("");
}

/** Spark cuts to the width, with three dots where they fit. */
function cut(text: string, truncate: number | false): string {
  const points = Array.from(text);
  if (truncate === false || truncate <= 0 || points.length <= truncate) return text;
  return truncate < 4 ? points.slice(0, truncate).join("") : `${points.slice(0, truncate - 3).join("")}...`;
}
