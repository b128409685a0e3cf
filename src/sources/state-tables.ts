import { CheckpointReader } from "../checkpoint/checkpoint-reader.js";
import { corruptCheckpoint } from "../checkpoint/corrupt-checkpoint.js";
import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import { chunkOf, splitChunk } from "../columnar/chunk-of.js";
import type { FileSystem } from "../common/file-system.js";
import { decodeStateFile, type StateTable } from "../formats/state-file.js";
import { foldState } from "../state/fold-state.js";
import { REMOVED_COLUMN } from "../state/state-part.js";
import type { Schema } from "../types/data-type.js";

/** A state table as it was after a batch: `_slot`, then its own columns. */
export interface CheckpointedTable extends Pick<StateTable, "operator" | "title" | "table" | "kind" | "batch"> {
  readonly schema: Schema;
  readonly chunks: readonly Chunk[];
  readonly rows: number;
}

/** Whose state is read, and as of which batch; null: the newest one that is done. */
export interface StatePlace {
  readonly files: FileSystem;
  readonly directory: string;
  readonly batch: number | null;
}

/** Every state table of a checkpoint. `kind` and `batch` tell the newest piece that it is read from. */
export async function readStateTables({ files, directory, batch }: StatePlace): Promise<readonly CheckpointedTable[]> {
  const reader = new CheckpointReader(files, directory);
  const commit = await reader.commit(batch);
  const pieces = new Map<string, StateTable[]>();
  for (const entry of commit.state) {
    for (const table of decodeStateFile(await reader.readFile(entry))) {
      const key = JSON.stringify([table.operator, table.table]);
      const known = table.kind === "delta" ? (pieces.get(key) ?? []) : [];
      if (table.kind === "delta" && known.length === 0) throw corruptCheckpoint(entry.path, noSnapshot(table));
      pieces.set(key, [...known, table]);
    }
  }
  return [...pieces.values()].map(folded);
}

function noSnapshot({ title, table }: StateTable): string {
  return `it changes the table "${table}" of ${title}, of which there is no snapshot`;
}

function folded(tables: readonly StateTable[]): CheckpointedTable {
  const { operator, title, table, kind, batch } = tables[tables.length - 1];
  const { schema, columns, length } = foldState(tables.map(({ rows }) => rows));
  const shown = schema.fields.flatMap(({ name }, i) => (name === REMOVED_COLUMN ? [] : [i]));
  const shownSchema = { fields: shown.map((i) => schema.fields[i]) };
  const whole = chunkOf(
    shownSchema,
    shown.map((i) => columns[i]),
    length,
  );
  return {
    operator,
    title,
    table,
    kind,
    batch,
    schema: shownSchema,
    chunks: splitChunk(whole, CHUNK_ROWS),
    rows: length,
  };
}
