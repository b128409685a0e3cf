import type { KernelInput } from "./kernel.js";
import { columnAs } from "./lane-column.js";
import { type ReadRow, readTextRows } from "./read-text-rows.js";
import { RowFailure } from "./row-failure.js";
import { shownValue } from "./shown-value.js";

/** Reads texts that are written after a pattern of a time; any other text fails. */
export function readPattern(input: KernelInput, pattern: string, read: ReadRow): void {
  const column = columnAs(input.column(0), "bytes");
  const refuse = (row: number): never => {
    throw new RowFailure(row, "CANNOT_PARSE_TIMESTAMP", {
      what: `${shownValue(column, row)} is not written as '${pattern}'`,
    });
  };
  readTextRows(column, input.rows, { read, refuse });
}
