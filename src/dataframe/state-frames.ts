import { chunkFromObjects } from "../columnar/from-objects.js";
import { OptionError } from "../common/millrace-error.js";
import { OptionReader } from "../common/option-reader.js";
import { inMemoryEntry } from "../sources/in-memory-source.js";
import type { SourceEntry } from "../sources/source-registry.js";
import { type CheckpointedTable, readStateTables } from "../sources/state-tables.js";
import type { Int64Type, Utf8Type } from "../types/data-type.js";
import { field, int64, schema, utf8 } from "../types/type-constructors.js";
import type { FrameHost } from "./frame-host.js";

/** Which state of a checkpoint is read. */
export interface StateOptions {
  /** As it was after this batch; the newest one that is done unless said. */
  readonly batchId?: number;
  /** The operator's name, or its number; may be left out where there is one. */
  readonly operator?: string | number;
  /** May be left out where the operator has one. */
  readonly table?: string;
  /** Also `_slot`, by which the engine knows a row. */
  readonly slots?: boolean;
}

/** The columns of `stateMetadata`. */
export type StateMetadataColumns = {
  readonly operator: Utf8Type;
  readonly title: Utf8Type;
  readonly table: Utf8Type;
  /** What the newest piece of it is: "snapshot", or "delta" on top of one. */
  readonly kind: Utf8Type;
  /** Of that piece. */
  readonly batch: Int64Type;
  readonly rows: Int64Type;
};

const METADATA = schema([
  field("operator", utf8(), false),
  field("title", utf8(), false),
  field("table", utf8(), false),
  field("kind", utf8(), false),
  field("batch", int64(), false),
  field("rows", int64(), false),
]);

/** The rows of one state table. Read once: the frame does not follow the query. */
export async function stateEntry(host: FrameHost, directory: string, options: StateOptions): Promise<SourceEntry> {
  const given = { ...options, ...(options.operator === undefined ? {} : { operator: String(options.operator) }) };
  const reader = new OptionReader(given, ["batchId", "operator", "table", "slots"], "read.state");
  const tables = await tablesOf(host, directory, reader.integer("batchId", null));
  const table = chosen(tables, { operator: reader.text("operator", null), table: reader.text("table", null) });
  const first = reader.boolean("slots", false) ? 0 : 1;
  const shown = { fields: table.schema.fields.slice(first) };
  const chunks = table.chunks.map((chunk) => ({ ...chunk, schema: shown, columns: chunk.columns.slice(first) }));
  return inMemoryEntry(shown, chunks, `state(${directory})`);
}

/** One row per state table. */
export async function stateMetadataEntry(
  host: FrameHost,
  directory: string,
  options: Pick<StateOptions, "batchId">,
): Promise<SourceEntry> {
  const reader = new OptionReader({ ...options }, ["batchId"], "read.stateMetadata");
  const tables = await tablesOf(host, directory, reader.integer("batchId", null));
  const rows = tables.map(({ operator, title, table, kind, batch, rows: count }) => ({
    operator,
    title,
    table,
    kind,
    batch,
    rows: count,
  }));
  return inMemoryEntry(METADATA, [chunkFromObjects(METADATA, rows)], `stateMetadata(${directory})`);
}

function tablesOf(host: FrameHost, directory: string, batch: number | null): Promise<readonly CheckpointedTable[]> {
  return readStateTables({ files: host.platform.files, directory, batch });
}

function chosen(
  tables: readonly CheckpointedTable[],
  wanted: { readonly operator: string | null; readonly table: string | null },
): CheckpointedTable {
  const found = tables.filter(
    ({ operator, table }) =>
      (wanted.operator === null || operator === wanted.operator) && (wanted.table === null || table === wanted.table),
  );
  if (found.length === 1) return found[0];
  const list = tables.map(({ operator, title, table }) => `operator "${operator}" (${title}), table "${table}"`);
  const hint = list.length === 0 ? "The query keeps no state." : `There are: ${list.join("; ")}.`;
  if (found.length === 0) throw new OptionError("STATE_NOT_FOUND", "The checkpoint has no such state.", { hint });
  throw new OptionError("STATE_AMBIGUOUS", "Say which state is meant, by operator and table.", { hint });
}
