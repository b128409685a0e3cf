import type { CommitPermit } from "../../src/checkpoint/commit-permit.js";
import type { Sink, SinkBatch, SinkMode, SinkShape } from "../../src/sinks/sink.js";

/** What a sink has of one delivery. */
export interface Delivered {
  readonly batch: number;
  readonly attempt: number;
  readonly batches: readonly SinkBatch[];
}

/** Where rows go, and stay when the process dies. */
export class World {
  readonly deliveries: Delivered[] = [];

  newest(): Delivered | null {
    return this.deliveries.reduce<Delivered | null>(
      (newest, each) => (newest === null || each.batch >= newest.batch ? each : newest),
      null,
    );
  }
}

/** What kind of sink it is, and how it fails. */
export interface WorldSinkOptions {
  /** Knows what it has, in a later process too. */
  readonly idempotent: boolean;
  /** Called with the number of the batch before, and after, a commit takes effect. May throw: the process dies. */
  readonly onCommit?: (batch: number, when: "before" | "after") => void;
}

/** A sink of a world outside. */
export class WorldSink implements Sink {
  readonly label = "world";
  readonly modes: readonly SinkMode[] = ["append", "update", "complete", "changelog"];
  readonly deletes = true;
  readonly idempotent: boolean;
  readonly durable: boolean;
  readonly #world: World;
  readonly #options: WorldSinkOptions;
  #staged: { readonly attempt: number; readonly batches: SinkBatch[] } | null = null;

  constructor(world: World, options: WorldSinkOptions = { idempotent: true }) {
    this.#world = world;
    this.#options = options;
    this.idempotent = options.idempotent;
    this.durable = options.idempotent;
  }

  async open(_query: string, _sink: string, _shape: SinkShape): Promise<void> {}

  async committed(): Promise<{ readonly batch: number; readonly attempt: number } | null> {
    return this.idempotent ? this.#world.newest() : null;
  }

  async begin(_batch: number, attempt: number): Promise<void> {
    this.#staged = { attempt, batches: [] };
  }

  async write(batch: SinkBatch): Promise<void> {
    this.#staged?.batches.push(batch);
  }

  async prepare(): Promise<string> {
    return "";
  }

  async commit({ batch, attempt }: CommitPermit): Promise<void> {
    this.#options.onCommit?.(batch, "before");
    const isKnown = this.idempotent && (this.#world.newest()?.batch ?? -1) >= batch;
    if (!isKnown) this.#world.deliveries.push({ batch, attempt, batches: this.#staged?.batches ?? [] });
    this.#options.onCommit?.(batch, "after");
  }

  async abort(attempt: number): Promise<void> {
    if (this.#staged?.attempt === attempt) this.#staged = null;
  }

  async close(): Promise<void> {
    this.#staged = null;
  }
}
