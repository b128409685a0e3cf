import type { GroupOffset, KafkaCluster } from "../../clients/kafka/kafka-cluster.js";
import type { Clock } from "../../common/clock.js";
import type { KafkaPosition } from "./kafka-offset.js";

export interface CommitParts {
  readonly cluster: KafkaCluster;
  readonly clock: Clock;
  readonly group: string;
  readonly label: string;
  readonly warn: (message: string) => void;
}

/** How long a close waits for the last commit: nothing but a dashboard would miss it. */
const LAST_COMMIT_MS = 1_000;

/**
 * Tells a consumer group how far the query is, for dashboards that show its lag; nobody reads it back. No trigger waits for
 * it: one commit is on its way at a time, the next one has the newest place. A commit that fails is told once in a row.
 */
export class GroupCommits {
  readonly #parts: CommitParts;
  #newest: KafkaPosition | null = null;
  #running: Promise<void> | null = null;
  #hasFailed = false;

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  commit(position: KafkaPosition): void {
    this.#newest = position;
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    if (this.#running === null) return;
    const over = new AbortController();
    await Promise.race([this.#running, this.#parts.clock.sleep(LAST_COMMIT_MS, over.signal)]);
    over.abort();
  }

  async #run(): Promise<void> {
    for (let position = this.#newest; position !== null; position = this.#newest) {
      this.#newest = null;
      await this.#send(position);
    }
    this.#running = null;
  }

  async #send(position: KafkaPosition): Promise<void> {
    const { cluster, group, label, warn } = this.#parts;
    try {
      await cluster.commitOffsets(group, groupOffsets(position));
      this.#hasFailed = false;
    } catch (error) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      const reason = error instanceof Error ? error.message : String(error);
      warn(`${label} could not commit its offsets to the group ${group}; the query goes on without. ${reason}`);
    }
  }
}

function groupOffsets({ topics }: KafkaPosition): readonly GroupOffset[] {
  return [...topics].flatMap(([topic, { offsets }]) =>
    offsets.flatMap((offset, partition) => (offset === null ? [] : [{ topic, partition, offset, metadata: "" }])),
  );
}
