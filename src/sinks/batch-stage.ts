import type { CommitPermit } from "../checkpoint/commit-permit.js";
import { assert } from "../common/assert.js";
import { sameSchema } from "../types/schema.js";
import type { BatchRange, Sink, SinkBatch, SinkShape } from "./sink.js";

/**
 * What every sink in this process shares: rows of the running attempt wait here and become visible in one step at commit;
 * an abort drops them; the same batch committed again counts once.
 */
export abstract class BatchStage implements Sink {
  abstract readonly label: string;
  abstract readonly modes: Sink["modes"];
  abstract readonly deletes: boolean;
  abstract readonly idempotent: boolean;
  readonly durable: boolean = false;
  #query: string | null = null;
  #shape: SinkShape | null = null;
  #batch = -1;
  #attempt = -1;
  #ranges: readonly BatchRange[] = [];
  #staged: SinkBatch[] = [];
  #committed: { readonly batch: number; readonly attempt: number } | null = null;

  /** Makes the rows of one batch visible. Called once per batch number. */
  protected abstract publish(batch: number, rows: readonly SinkBatch[], attempt: number): Promise<void> | void;

  /** What the attempt that runs has taken of the sources. */
  protected get ranges(): readonly BatchRange[] {
    return this.#ranges;
  }

  /** The sink has learnt its shape. `isNew`: for a query that it has not served before; what it holds of another is no part of this one. */
  protected opened(_shape: SinkShape, _isNew: boolean): Promise<void> | void {}

  protected get shape(): SinkShape {
    assert(this.#shape !== null, "a sink is opened before it is written to");
    return this.#shape;
  }

  async open(query: string, _sink: string, shape: SinkShape): Promise<void> {
    const isNew = query !== this.#query;
    this.#query = query;
    this.#shape = shape;
    if (isNew) this.#committed = null;
    await this.opened(shape, isNew);
  }

  /** Before `open`: this sink goes on where `before` stood, which is closed. */
  protected continueFrom(before: BatchStage): void {
    this.#query = before.#query;
    this.#committed = before.#committed;
  }

  /** Whether `open` was called like this before, so that what came since adds up to the same. */
  protected serves(query: string, shape: SinkShape): boolean {
    const { mode, schema, key, insertOnly } = shape;
    if (this.#query !== query || this.shape.mode !== mode || this.shape.insertOnly !== insertOnly) return false;
    return sameSchema(this.shape.schema, schema) && this.shape.key?.join() === key?.join();
  }

  async committed(): Promise<{ readonly batch: number; readonly attempt: number } | null> {
    return this.#committed;
  }

  async begin(batch: number, attempt: number, ranges: readonly BatchRange[]): Promise<void> {
    this.#ranges = ranges;
    this.#batch = batch;
    this.#attempt = attempt;
    this.#staged = [];
  }

  async write(batch: SinkBatch): Promise<void> {
    if (batch.chunk.length > 0) this.#staged.push(batch);
  }

  async prepare(): Promise<string> {
    return `${this.#batch}-${this.#attempt}`;
  }

  async commit(permit: CommitPermit): Promise<void> {
    if (this.#committed !== null && this.#committed.batch >= permit.batch) return;
    const isStaged = permit.batch === this.#batch && permit.attempt === this.#attempt;
    assert(isStaged, "the attempt that is committed is the one that was written");
    const rows = this.#staged;
    this.#staged = [];
    await this.publish(permit.batch, rows, permit.attempt);
    this.#committed = { batch: permit.batch, attempt: permit.attempt };
  }

  async abort(attempt: number): Promise<void> {
    if (attempt === this.#attempt) this.#staged = [];
  }

  /** A commit that comes after it, from a trigger that a stop has left behind, fails. */
  async close(): Promise<void> {
    this.#staged = [];
    this.#attempt = -1;
  }
}
