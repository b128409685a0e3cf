import { allocateBytes } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { ALL_VALID, countedValidity, type Validity } from "../../columnar/validity.js";

/** NULL where any of the columns is. No column may be of layout "null". */
export function andValidity(columns: readonly Column[], length: number): Validity {
  const nullable = columns.filter((column) => column.validity !== null);
  const [first, ...others] = nullable;
  if (first === undefined) return ALL_VALID;
  if (others.length === 0) return { validity: first.validity, nullCount: first.nullCount };
  const joined = allocateBytes(length).fill(1);
  for (const { validity } of nullable) if (validity !== null) andInto(joined, validity);
  return countedValidity(joined, length);
}

function andInto(joined: Uint8Array, validity: Uint8Array): void {
  for (let i = 0; i < joined.length; i++) joined[i] &= validity[i];
}

/** The column, NULL where these say so too. */
export function withNullsOf(column: Column, { validity, nullCount }: Validity): Column {
  if (validity === null || column.layout === "null") return column;
  if (column.validity === null) return { ...column, validity, nullCount };
  const joined = column.validity.slice(0, column.length);
  andInto(joined, validity);
  return { ...column, ...countedValidity(joined, column.length) };
}
