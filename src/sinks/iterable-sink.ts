import { BatchStage } from "./batch-stage.js";
import type { SinkBatch, SinkMode, SinkShape } from "./sink.js";

/** One trigger's output, as a consumer of the query sees it. */
export interface IterableBatch {
  readonly batchId: number;
  readonly shape: SinkShape;
  readonly batches: readonly SinkBatch[];
}

interface Offer {
  readonly batch: IterableBatch;
  readonly taken: () => void;
}

interface Request {
  readonly resolve: (result: IteratorResult<IterableBatch>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Turns a query into an async iterable: `for await (const batch of sink)`. A trigger's commit waits until the consumer has
 * taken its batch, so that a slow consumer slows the query and nothing piles up; batches that change nothing are left out.
 * One consumer; leaving the loop calls `onReturn`, and `end` ends it.
 */
export class IterableSink extends BatchStage implements AsyncIterableIterator<IterableBatch> {
  readonly label = "iterable";
  readonly modes: readonly SinkMode[] = ["append", "update", "complete", "changelog"];
  readonly deletes = true;
  readonly idempotent = false;
  readonly #onReturn: () => Promise<void> | void;
  #offer: Offer | null = null;
  #requests: Request[] = [];
  #end: { readonly error: unknown } | null = null;

  constructor(onReturn: () => Promise<void> | void = () => {}) {
    super();
    this.#onReturn = onReturn;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<IterableBatch>> {
    const offer = this.#offer;
    if (offer !== null) {
      this.#offer = null;
      offer.taken();
      return Promise.resolve({ done: false, value: offer.batch });
    }
    const end = this.#end;
    if (end === null) return new Promise((resolve, reject) => this.#requests.push({ resolve, reject }));
    this.#end = { error: null };
    return end.error === null ? Promise.resolve(DONE) : Promise.reject(end.error);
  }

  /** The consumer has left: the query is asked to stop, batches that nobody took are dropped. */
  async return(): Promise<IteratorResult<IterableBatch>> {
    const isFirst = this.#end === null;
    this.end(null);
    this.#dropOffer();
    if (isFirst) await this.#onReturn();
    return DONE;
  }

  /** Nothing more comes. An error reaches the consumer once, after the batch that waits. */
  end(error: unknown): void {
    if (this.#end !== null) return;
    const requests = this.#requests;
    this.#requests = [];
    this.#end = { error: requests.length > 0 ? null : error };
    for (const [i, request] of requests.entries()) {
      if (i === 0 && error !== null) request.reject(error);
      else request.resolve(DONE);
    }
  }

  /** A consumer that is not asking for a batch must not keep a stopping query waiting. */
  interrupt(): void {
    this.end(null);
    this.#dropOffer();
  }

  /** Not the end: a query that failed may open again, and go on. */
  override async close(): Promise<void> {
    await super.close();
    this.#dropOffer();
  }

  protected publish(batchId: number, rows: readonly SinkBatch[]): Promise<void> {
    const batch = { batchId, shape: this.shape, batches: rows };
    const isNews = rows.length > 0 || this.shape.mode === "complete";
    if (this.#end !== null || !isNews) return Promise.resolve();
    const request = this.#requests.shift();
    if (request !== undefined) {
      request.resolve({ done: false, value: batch });
      return Promise.resolve();
    }
    return new Promise((taken) => {
      this.#offer = { batch, taken };
    });
  }

  #dropOffer(): void {
    this.#offer?.taken();
    this.#offer = null;
  }
}
