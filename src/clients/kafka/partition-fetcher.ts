import { allDone } from "../../common/all-done.js";
import { FETCH, type FetchCall } from "./api/fetch.js";
import { byLeader, type Led } from "./by-leader.js";
import type { ClusterContext } from "./cluster-context.js";
import { INCONSISTENT_TOPIC_ID, OFFSET_OUT_OF_RANGE, UNKNOWN_SERVER_ERROR, UNKNOWN_TOPIC_ID } from "./error-codes.js";
import type { FetchedPartition, FetchPosition, FetchRequest } from "./kafka-cluster.js";
import { PassingFailure } from "./passing-failure.js";
import { refusalOf } from "./refusal.js";
import { backoffMs, overdue } from "./retries.js";
import { unlessAborted } from "./unless-aborted.js";

/** A partition that failed, since when, and when it may be asked again. */
interface Trouble {
  readonly since: number;
  readonly attempts: number;
  readonly retryAt: number;
}

type Outcome = FetchedPartition | PassingFailure;

/**
 * Fetches of many partitions. One that fails holds up nobody: it answers without records while others answer with some, is
 * asked again after a backoff, and after the deadline without one good answer it is an error.
 */
export class PartitionFetcher {
  readonly #context: ClusterContext;
  /** By topic id and partition number. */
  readonly #troubles = new Map<string, Trouble>();

  constructor(context: ClusterContext) {
    this.#context = context;
  }

  async fetch(request: FetchRequest, signal: AbortSignal | undefined): Promise<readonly FetchedPartition[]> {
    const { policy } = this.#context;
    if (request.positions.length === 0) return [];
    for (;;) {
      const due = request.positions.filter((position) => this.#waitMs(position) <= 0);
      const answered = await this.#round({ ...request, positions: due }, signal);
      if (answered.size > 0) return request.positions.map((position) => answered.get(position) ?? unanswered(position));
      const wait = Math.min(...request.positions.map((position) => this.#waitMs(position)));
      await unlessAborted([signal, policy.closed], (done) => policy.clock.sleep(wait, done));
    }
  }

  /** What was answered; throws where a partition cannot be mended or is overdue. */
  async #round(
    request: FetchRequest,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<FetchPosition, FetchedPartition>> {
    const outcomes = await this.#outcomes(request, signal);
    const answered = new Map<FetchPosition, FetchedPartition>();
    for (const [position, outcome] of outcomes) {
      if (outcome instanceof PassingFailure) this.#failed(position, outcome);
      else {
        answered.set(position, outcome);
        if (this.#troubles.size > 0) this.#troubles.delete(keyOf(position));
      }
    }
    return answered;
  }

  async #outcomes(
    request: FetchRequest,
    signal: AbortSignal | undefined,
  ): Promise<readonly (readonly [FetchPosition, Outcome])[]> {
    const { directory } = this.#context;
    try {
      await directory.prepare(
        request.positions.map(({ topicId }) => topicId),
        { signal },
      );
    } catch (failure) {
      return request.positions.map((position) => [position, passing(failure)]);
    }
    const outcomes: (readonly [FetchPosition, Outcome])[] = [];
    const led: Led<FetchPosition>[] = [];
    for (const position of request.positions) {
      const leader = this.#leader(position);
      if ("leader" in leader) led.push({ item: position, leader });
      else outcomes.push([position, leader]);
    }
    const groups = [...byLeader(led).values()].map((group) => this.#askLeader(group, request, signal));
    await allDone(groups);
    const asked = (await Promise.all(groups)).flat();
    return [...outcomes, ...(await this.#withoutGone(asked, signal))];
  }

  /** A broker may not know a topic yet, or no longer: what the metadata say of it counts. */
  async #withoutGone(
    outcomes: readonly (readonly [FetchPosition, Outcome])[],
    signal: AbortSignal | undefined,
  ): Promise<readonly (readonly [FetchPosition, Outcome])[]> {
    const { directory } = this.#context;
    const unknown = outcomes.filter(([, outcome]) => outcome instanceof PassingFailure && isUnknownId(outcome.code));
    if (unknown.length === 0) return outcomes;
    const ids = unknown.map(([{ topicId }]) => topicId);
    for (const id of ids) directory.suspect(id);
    try {
      await directory.prepare(ids, { signal });
    } catch (failure) {
      passing(failure);
      return outcomes;
    }
    return outcomes.map(([position, outcome]) => {
      const { topicId, partition } = position;
      const isGone = ids.includes(topicId) && directory.topic(topicId) === null;
      return [position, isGone ? { ...EMPTY, topicId, partition, error: UNKNOWN_TOPIC_ID } : outcome];
    });
  }

  #leader({ topicId, partition }: FetchPosition): Led<unknown>["leader"] | Outcome {
    const { directory } = this.#context;
    if (directory.topic(topicId) === null) return { ...EMPTY, topicId, partition, error: UNKNOWN_TOPIC_ID };
    try {
      return directory.leader(topicId, partition);
    } catch (failure) {
      return passing(failure);
    }
  }

  async #askLeader(
    group: readonly Led<FetchPosition>[],
    request: FetchRequest,
    signal: AbortSignal | undefined,
  ): Promise<readonly (readonly [FetchPosition, Outcome])[]> {
    const node = group[0]!.leader.leader;
    const positions = group.map(({ item, leader }) => ({ ...item, epoch: leader.epoch }));
    const call: FetchCall = { ...request, positions };
    try {
      const answer = await this.#context.calls.call(FETCH, call, { node, signal, waitsMs: request.maxWaitMs });
      if (answer.error !== 0) throw refusalOf(answer.error, { what: "Fetch", node });
      return group.map(({ item }) => [item, this.#outcome(item, answer.partitions, node)]);
    } catch (failure) {
      return group.map(({ item }) => [item, passing(failure)]);
    }
  }

  #outcome(position: FetchPosition, answers: readonly FetchedPartition[], node: number): Outcome {
    const { topicId, partition } = position;
    const name = this.#context.directory.topic(topicId)?.name ?? topicId;
    const what = `Fetch of topic '${name}' partition ${partition} from offset ${position.offset}`;
    const answer = answers.find((other) => other.partition === partition && other.topicId === topicId);
    if (answer?.error === 0 || answer?.error === OFFSET_OUT_OF_RANGE) return answer;
    const error = answer?.error ?? UNKNOWN_SERVER_ERROR;
    if (error === UNKNOWN_SERVER_ERROR) {
      return new PassingFailure("refused", `broker ${node} could not answer ${what}`, { code: error });
    }
    return passing(refusalOf(error, { what, node, topic: name, partition }));
  }

  #failed(position: FetchPosition, failure: PassingFailure): void {
    const { policy, directory } = this.#context;
    const now = policy.clock.monotonic();
    const known = this.#trouble(position, now);
    const since = known?.since ?? now;
    const attempts = (known?.attempts ?? 0) + 1;
    if (now - since >= policy.deadlineMs) {
      const name = directory.topic(position.topicId)?.name ?? position.topicId;
      const what = `Reading topic '${name}' partition ${position.partition} from offset ${position.offset}`;
      throw overdue(policy, { failure, what, attempts });
    }
    this.#troubles.set(keyOf(position), { since, attempts, retryAt: now + backoffMs(policy, attempts) });
    directory.suspect(position.topicId);
  }

  /** One that nobody has asked about for so long says nothing of today. */
  #trouble(position: FetchPosition, now: number): Trouble | null {
    const known = this.#troubles.get(keyOf(position));
    return known === undefined || now - known.retryAt > this.#context.policy.deadlineMs ? null : known;
  }

  #waitMs(position: FetchPosition): number {
    const trouble = this.#troubles.size === 0 ? undefined : this.#troubles.get(keyOf(position));
    return trouble === undefined ? 0 : trouble.retryAt - this.#context.policy.clock.monotonic();
  }
}

const EMPTY = { highWatermark: -1, lastStableOffset: -1, logStart: -1, aborted: [], records: new Uint8Array(0) };

function unanswered({ topicId, partition }: FetchPosition): FetchedPartition {
  return { ...EMPTY, topicId, partition, error: 0 };
}

function isUnknownId(code: number): boolean {
  return code === UNKNOWN_TOPIC_ID || code === INCONSISTENT_TOPIC_ID;
}

function keyOf({ topicId, partition }: FetchPosition): string {
  return `${topicId}${partition}`; // ids are all of one length
}

function passing(failure: unknown): PassingFailure {
  if (failure instanceof PassingFailure) return failure;
  throw failure;
}
