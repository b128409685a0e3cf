import type {
  FetchedPartition,
  FetchPosition,
  IsolationLevel,
  KafkaCluster,
} from "../../clients/kafka/kafka-cluster.js";
import type { Clock } from "../../common/clock.js";

/** Where a partition stands for which news is waited. */
export interface PollPosition {
  readonly topicId: string;
  readonly partition: number;
  readonly leader: number;
  readonly offset: number;
}

export interface PollParts {
  readonly cluster: KafkaCluster;
  readonly clock: Clock;
  readonly isolation: IsolationLevel;
  readonly closing: AbortSignal;
  /** A broker does not know an offset or a topic. */
  readonly suspect: () => void;
}

/** A broker answers as soon as there is a record; else after this long, and is asked again. */
const MAX_WAIT_MS = 5_000;
/** The first batch comes whole, whatever its size, and is fetched again by the trigger: no more than that. */
const MAX_BYTES = 1;
/** After an answer that came early and without news, or with an error that the next trigger has to deal with. */
const PAUSE_MS = 100;

interface Poll {
  /** What was asked for. */
  readonly key: string;
  /** True: there is news. */
  readonly answer: Promise<boolean>;
}

/**
 * Waits for records by fetches that the brokers hold back, one for each leader: a quiet broker does not delay the others. A
 * fetch that nobody waits for any more stays, and serves the next who waits at the same offsets: brokers answer the requests
 * of a connection in turn, so that one left behind would hold up whatever comes after it.
 */
export class LongPolls {
  readonly #parts: PollParts;
  readonly #polls = new Map<number, Poll>();

  constructor(parts: PollParts) {
    this.#parts = parts;
  }

  /** Resolves with true when one of the positions has news, with false when `signal` aborts. */
  async wait(positions: readonly PollPosition[], signal: AbortSignal): Promise<boolean> {
    const leaders = new Map<number, PollPosition[]>();
    for (const position of positions) {
      const group = leaders.get(position.leader) ?? [];
      leaders.set(position.leader, group);
      group.push(position);
    }
    const watches = [...leaders].map(([leader, group]) => this.#watch(leader, group, signal));
    return Promise.race([...watches, abortOf(signal)]);
  }

  async #watch(leader: number, positions: readonly PollPosition[], signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) if (await this.#poll(leader, positions)) return true;
    return false;
  }

  #poll(leader: number, positions: readonly PollPosition[]): Promise<boolean> {
    const key = positions.map(({ topicId, partition, offset }) => `${topicId}-${partition}:${offset}`).join();
    const pending = this.#polls.get(leader);
    if (pending?.key === key) return pending.answer;
    const poll: Poll = { key, answer: this.#ask(positions) };
    const forget = (): void => {
      if (this.#polls.get(leader) === poll) this.#polls.delete(leader);
    };
    poll.answer.then(forget, forget);
    this.#polls.set(leader, poll);
    return poll.answer;
  }

  async #ask(given: readonly PollPosition[]): Promise<boolean> {
    const { cluster, clock, isolation, closing } = this.#parts;
    const positions = given.map(
      ({ topicId, partition, offset }): FetchPosition => ({ topicId, partition, offset, maxBytes: MAX_BYTES }),
    );
    const begun = clock.monotonic();
    const request = { positions, isolation, maxWaitMs: MAX_WAIT_MS, minBytes: 1, maxBytes: MAX_BYTES };
    const answers = await cluster.fetch(request, closing);
    if (answers.some((answer) => this.#hasRows(answer, positions))) return true;
    const isBad = answers.some(({ error }) => error !== 0);
    if (isBad) this.#parts.suspect();
    if (isBad || clock.monotonic() - begun < MAX_WAIT_MS / 2) await clock.sleep(PAUSE_MS, closing);
    return isBad;
  }

  #hasRows(answer: FetchedPartition, positions: readonly FetchPosition[]): boolean {
    const { error, topicId, partition, lastStableOffset, highWatermark } = answer;
    if (error !== 0) return false;
    const asked = positions.find((position) => position.topicId === topicId && position.partition === partition);
    const end = this.#parts.isolation === "read_committed" ? lastStableOffset : highWatermark;
    return asked !== undefined && end > asked.offset;
  }
}

function abortOf(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener("abort", () => resolve(false), { once: true });
  });
}
