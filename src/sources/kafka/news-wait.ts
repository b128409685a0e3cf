import { unlessAborted } from "../../clients/kafka/unless-aborted.js";
import type { Clock } from "../../common/clock.js";
import { eitherSignal } from "../either-signal.js";
import type { KafkaPosition } from "./kafka-offset.js";
import type { LongPolls } from "./long-polls.js";
import type { Look, OffsetPlanner } from "./offset-planner.js";
import type { TopicCatalog } from "./topic-catalog.js";
import { availableOffsets } from "./track.js";
import type { TriggerGate } from "./trigger-gate.js";

export interface NewsParts {
  readonly catalog: TopicCatalog;
  readonly clock: Clock;
  readonly planner: OffsetPlanner;
  readonly polls: LongPolls;
  readonly gate: TriggerGate;
  /** All there will ever be is known. */
  readonly isBounded: boolean;
}

/** How often is counted whether there are enough offsets for a trigger that is held back. */
const COUNT_EVERY_MS = 1_000;

/** Waits until a trigger would find something: records, enough of them, or partitions that were not there. */
export class NewsWait {
  readonly #parts: NewsParts;

  constructor(parts: NewsParts) {
    this.#parts = parts;
  }

  /** `known`: what has just been found at that place; null: nobody has looked. Rejects when the signal aborts a look. */
  async wait(position: KafkaPosition, known: Look | null, signal: AbortSignal): Promise<void> {
    const { planner, gate, clock } = this.#parts;
    const lookNow = (): Promise<Look> => unlessAborted([signal], () => planner.look(position));
    let look = known ?? (await lookNow());
    while (!signal.aborted) {
      const available = availableOffsets(look.tracks);
      if (look.mustMove || (available > 0 && gate.opensFor(available))) return;
      if (available > 0) await clock.sleep(Math.min(COUNT_EVERY_MS, gate.restMs), signal);
      else if (await this.#hasRows(look, signal)) return;
      if (!signal.aborted) look = await lookNow();
    }
  }

  /** False when the description of the topics has become old first: there may be new partitions. */
  async #hasRows({ tracks }: Look, signal: AbortSignal): Promise<boolean> {
    const { catalog, clock, polls, isBounded } = this.#parts;
    const done = new AbortController();
    const either = eitherSignal(signal, done.signal);
    const positions = isBounded
      ? []
      : tracks.map(({ id: topicId, partition, leader, begin: offset }) => ({ topicId, partition, leader, offset }));
    const restMs = isBounded ? Number.MAX_SAFE_INTEGER : catalog.msUntilOld();
    try {
      const old = clock.sleep(restMs, either.signal).then(() => false);
      return await Promise.race([polls.wait(positions, either.signal), old]);
    } finally {
      done.abort();
      either.release();
    }
  }
}
