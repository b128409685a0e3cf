import type { Chunk } from "../columnar/chunk.js";
import { assert } from "../common/assert.js";
import { SinkError } from "../common/millrace-error.js";
import { unreachable } from "../common/unreachable.js";
import type { Schema } from "../types/data-type.js";
import { BatchStage } from "./batch-stage.js";
import { IntegratedRows } from "./integrated-rows.js";
import { KeyedRows } from "./keyed-rows.js";
import type { SinkBatch, SinkMode, SinkShape } from "./sink.js";

/** The content of a memory sink: what the mode's batches add up to. */
export interface MemorySnapshot {
  readonly schema: Schema;
  readonly chunks: readonly Chunk[];
}

export interface MemoryDelta {
  readonly batch: number;
  readonly rows: readonly SinkBatch[];
}

/** Keeps the result in memory, to be looked at while the query runs: append collects, update upserts by key, complete replaces, changelog integrates. */
export class MemorySink extends BatchStage {
  readonly label = "memory";
  readonly modes: readonly SinkMode[] = ["append", "update", "complete", "changelog"];
  readonly deletes = true;
  readonly idempotent = true;
  readonly #keepsDeltas: boolean;
  #content: Content | null = null;
  #deltas: MemoryDelta[] = [];

  /** `keepDeltas` keeps every batch as it came, too. */
  constructor(options: { readonly keepDeltas?: boolean } = {}) {
    super();
    this.#keepsDeltas = options.keepDeltas ?? false;
  }

  /** The committed rows; null before the query has started. */
  snapshot(): MemorySnapshot | null {
    return this.#content === null ? null : { schema: this.shape.schema, chunks: this.#content.chunks() };
  }

  /** Every committed batch as it came; kept in changelog mode, and where `keepDeltas` asks for it. */
  deltas(): readonly MemoryDelta[] {
    return this.#deltas;
  }

  protected override continueFrom(before: MemorySink): void {
    super.continueFrom(before);
    this.#content = before.#content;
    this.#deltas = before.#deltas;
  }

  protected override opened(shape: SinkShape, isNew: boolean): void {
    if (!isNew) return;
    this.#content = contentOf(shape);
    this.#deltas = [];
  }

  protected publish(batch: number, rows: readonly SinkBatch[]): void {
    assert(this.#content !== null, "a sink is opened before it is written to");
    if (this.#keepsDeltas || this.shape.mode === "changelog") this.#deltas.push({ batch, rows });
    this.#content.apply(rows);
  }
}

/** How batches add up. */
interface Content {
  apply(rows: readonly SinkBatch[]): void;
  chunks(): readonly Chunk[];
}

function contentOf(shape: SinkShape): Content {
  switch (shape.mode) {
    case "append":
      return new AppendedRows();
    case "complete":
      return new ReplacedRows();
    case "update":
      if (shape.key !== null) return new KeyedRows(shape.schema, shape.key);
      if (shape.insertOnly) return new AppendedRows();
      throw new SinkError(
        "MEMORY_NEEDS_KEY",
        "Changed rows cannot be told from new ones: the query drops the key of its rows.",
        {
          place: "the memory sink",
          hint: "Keep the key columns in the last select, or use outputMode('complete') or outputMode('changelog').",
        },
      );
    case "changelog":
      return new IntegratedRows(shape.schema);
    default:
      return unreachable(shape.mode);
  }
}

class AppendedRows implements Content {
  readonly #chunks: Chunk[] = [];

  apply(rows: readonly SinkBatch[]): void {
    for (const { chunk } of rows) this.#chunks.push(chunk);
  }

  chunks(): readonly Chunk[] {
    return [...this.#chunks];
  }
}

class ReplacedRows implements Content {
  #chunks: readonly Chunk[] = [];

  apply(rows: readonly SinkBatch[]): void {
    this.#chunks = rows.map(({ chunk }) => chunk);
  }

  chunks(): readonly Chunk[] {
    return this.#chunks;
  }
}
