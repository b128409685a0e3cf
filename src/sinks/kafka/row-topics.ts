import { allocateInt32 } from "../../columnar/buffers.js";
import type { BytesColumn } from "../../columnar/column.js";

/** Which topic each row goes to. */
export interface RowTopics {
  readonly names: readonly string[];
  /** By row: an index into `names`; null: all go to the first. */
  readonly ids: Int32Array | null;
}

/** A topic as it stands in a column of text. */
interface SeenTopic {
  readonly bytes: Uint8Array;
  readonly id: number;
}

/**
 * The topics in a column; `fallback` is that of rows where it is NULL. Row by row bytes are compared, first with the topic
 * of the row before: a text is made once per topic. `missing` is asked for the error of a row without any.
 */
export function rowTopics(column: BytesColumn, fallback: string | null, missing: (row: number) => Error): RowTopics {
  const names: string[] = [];
  const seen: SeenTopic[] = [];
  const ids = allocateInt32(column.length);
  let last: SeenTopic | null = null;
  let nulls = -1;
  for (let row = 0; row < column.length; row++) {
    if (column.validity !== null && column.validity[row] === 0) {
      if (fallback === null) throw missing(row);
      if (nulls < 0) nulls = idOf(fallback, names);
      ids[row] = nulls;
      continue;
    }
    if (last === null || !isAt(column, row, last.bytes)) last = findOrAdd(column, row, { names, seen });
    ids[row] = last.id;
  }
  return { names, ids };
}

function findOrAdd(column: BytesColumn, row: number, into: { names: string[]; seen: SeenTopic[] }): SeenTopic {
  for (let i = 0; i < into.seen.length; i++) if (isAt(column, row, into.seen[i].bytes)) return into.seen[i];
  const bytes = column.bytes.subarray(column.offsets[row], column.offsets[row + 1]);
  const added = { bytes, id: idOf(new TextDecoder().decode(bytes), into.names) };
  into.seen.push(added);
  return added;
}

function idOf(name: string, names: string[]): number {
  const known = names.indexOf(name);
  return known < 0 ? names.push(name) - 1 : known;
}

function isAt({ offsets, bytes }: BytesColumn, row: number, text: Uint8Array): boolean {
  const from = offsets[row];
  if (offsets[row + 1] - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false;
  return true;
}
