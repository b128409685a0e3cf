import type { Checkpoint } from "../checkpoint/checkpoint.js";
import type { StateFileEntry } from "../checkpoint/records.js";
import { PieceBuffers } from "../columnar/gather-pieces.js";
import { CheckpointError } from "../common/millrace-error.js";
import type { OperatorState } from "../execution/pipeline.js";
import { decodeStateFile, encodeStateFile, type StateTable } from "../formats/state-file.js";

/** Deltas of fewer rows than this are never too many. */
const SMALL_DELTAS = 1024;
/**
 * Deltas may have so many times the rows of the snapshot that they follow. Rows are then written 1 1/3 times each, and a
 * restart reads at most four times the state.
 */
const DELTAS_PER_SNAPSHOT = 3;

/** One operator's files since its last snapshot. */
interface OperatorChain {
  readonly operator: OperatorState;
  /** The snapshot, then the deltas. */
  files: StateFileEntry[];
  /** Files written by anybody since the snapshot. */
  age: number;
  snapshotRows: number;
  deltaRows: number;
}

/**
 * The state files of one query: a file per trigger that changed something, in which each operator has its delta, or a
 * snapshot of everything once its deltas outgrow that.
 * A restart reads an operator's last snapshot and the deltas after it.
 */
export class StateChain {
  readonly #checkpoint: Checkpoint;
  readonly #chains: readonly OperatorChain[];
  readonly #mostDeltas: number;
  readonly #buffers = new PieceBuffers();

  /**
   * `mostDeltas` may follow a snapshot. It bounds what a restart reads, and, together with the retained batches, the number of
   * files: 3 per retained batch and this.
   */
  constructor(checkpoint: Checkpoint, operators: readonly OperatorState[], mostDeltas: number) {
    this.#checkpoint = checkpoint;
    this.#mostDeltas = mostDeltas;
    this.#chains = operators.map((operator) => ({ operator, files: [], age: 0, snapshotRows: 0, deltaRows: 0 }));
  }

  /** Makes what has changed since the last write durable. Returns every file that the state is now read from, oldest first. */
  async write(batch: number): Promise<readonly StateFileEntry[]> {
    const captures = this.#chains.map((chain) => ({ chain, tables: captureOf(chain, batch, this.#mostDeltas) }));
    const tables = captures.flatMap((capture) => capture.tables);
    if (tables.length > 0) {
      const entry = await this.#checkpoint.writeState(batch, encodeStateFile(tables, this.#buffers));
      for (const { chain, tables: own } of captures) note(chain, own, entry);
    }
    return this.#files();
  }

  /** Reads the state that a record names into operators that have seen nothing yet. */
  async restore(files: readonly StateFileEntry[]): Promise<void> {
    const found: { readonly entry: StateFileEntry; readonly table: StateTable }[] = [];
    for (const entry of files) {
      for (const table of decodeStateFile(await this.#checkpoint.readFile(entry))) found.push({ entry, table });
    }
    for (const chain of this.#chains) {
      const own = found.filter(({ table }) => table.operator === chain.operator.operator);
      for (const part of chain.operator.parts) {
        const tables = own.filter(({ table }) => table.table === part.name);
        for (const { table } of tables.slice(lastSnapshot(chain, part.name, tables))) part.restore(table.rows);
      }
      for (const { entry, tables } of byFile(files, own)) note(chain, tables, entry);
    }
  }

  #files(): readonly StateFileEntry[] {
    const byPath = new Map<string, StateFileEntry>();
    for (const { files } of this.#chains) for (const file of files) byPath.set(file.path, file);
    return [...byPath.values()].sort((a, b) => a.batch - b.batch);
  }
}

function captureOf(chain: OperatorChain, batch: number, mostDeltas: number): readonly StateTable[] {
  const kind = needsSnapshot(chain, mostDeltas) ? "snapshot" : "delta";
  const { operator, title, parts } = chain.operator;
  return parts.flatMap((part) => {
    const rows = part.capture(kind);
    return rows === null ? [] : [{ operator, title, table: part.name, kind, batch, rows }];
  });
}

function needsSnapshot({ files, age, snapshotRows, deltaRows }: OperatorChain, mostDeltas: number): boolean {
  if (files.length === 0 || (age >= mostDeltas && files.length > 1)) return true;
  return deltaRows > Math.max(SMALL_DELTAS, DELTAS_PER_SNAPSHOT * snapshotRows);
}

function note(chain: OperatorChain, tables: readonly StateTable[], entry: StateFileEntry): void {
  chain.age++;
  if (tables.length === 0) return;
  const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
  if (tables[0].kind === "snapshot") {
    chain.files = [entry];
    chain.age = 0;
    chain.snapshotRows = rows;
    chain.deltaRows = 0;
  } else {
    chain.files.push(entry);
    chain.deltaRows += rows;
  }
}

/** Position of the last snapshot among one part's tables. */
function lastSnapshot(chain: OperatorChain, part: string, tables: readonly { readonly table: StateTable }[]): number {
  const position = tables.map(({ table }) => table.kind).lastIndexOf("snapshot");
  if (position >= 0 || tables.length === 0) return Math.max(0, position);
  throw new CheckpointError(
    "CHECKPOINT_CORRUPT",
    `The state of ${chain.operator.title} has no snapshot of "${part}".`,
    {
      hint: "Keep the checkpoint directory for analysis and start from an older copy, or from a new one.",
    },
  );
}

function byFile(
  files: readonly StateFileEntry[],
  own: readonly { readonly entry: StateFileEntry; readonly table: StateTable }[],
): { readonly entry: StateFileEntry; readonly tables: readonly StateTable[] }[] {
  return files.map((entry) => ({
    entry,
    tables: own.filter((each) => each.entry === entry).map(({ table }) => table),
  }));
}
