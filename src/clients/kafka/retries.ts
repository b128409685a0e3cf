import type { Clock } from "../../common/clock.js";
import type { Random } from "../../common/random.js";
import type { CallLimits } from "./broker-calls.js";
import { KafkaError } from "./kafka-error.js";
import { PassingFailure } from "./passing-failure.js";
import { unlessAborted } from "./unless-aborted.js";

export interface RetryPolicy {
  readonly clock: Clock;
  readonly random: Random | null;
  readonly deadlineMs: number;
  /** What messages call the cluster. */
  readonly label: string;
  /** Aborts when the cluster is closed. */
  readonly closed: AbortSignal;
}

/** What is being tried, for messages: `finding the end of topic 'a'`. */
export interface Trying {
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_BACKOFF_MS = 10;
const LONGEST_BACKOFF_MS = 1000;

/** Waits between the attempts of one call, until its deadline is over. */
export class Retries {
  readonly #policy: RetryPolicy;
  readonly #trying: Trying;
  #since: number;
  #attempts = 0;

  constructor(policy: RetryPolicy, trying: Trying) {
    this.#policy = policy;
    this.#trying = trying;
    this.#since = policy.clock.monotonic();
  }

  /** For the calls of an attempt: what is left of the time, a millisecond at least, and what aborts them. */
  get limits(): CallLimits {
    const left = this.#since + this.#policy.deadlineMs - this.#policy.clock.monotonic();
    return { withinMs: Math.max(1, left), signal: this.#trying.signal };
  }

  /** Something was achieved: the deadline starts anew. */
  progress(): void {
    this.#since = this.#policy.clock.monotonic();
    this.#attempts = 0;
  }

  /** Throws where there is no time for another attempt. */
  async pause(failure: PassingFailure): Promise<void> {
    const { clock, closed, deadlineMs } = this.#policy;
    this.#attempts++;
    const left = this.#since + deadlineMs - clock.monotonic();
    if (left < FIRST_BACKOFF_MS) {
      throw overdue(this.#policy, { failure, what: this.#trying.what, attempts: this.#attempts });
    }
    // Never to the very end: the last attempt needs time as well.
    const wait = Math.min(backoffMs(this.#policy, this.#attempts), left / 2);
    await unlessAborted([this.#trying.signal, closed], (done) => clock.sleep(wait, done));
  }
}

/** Attempts until one does not end in a PassingFailure, or time is over. */
export async function persistently<T>(
  policy: RetryPolicy,
  trying: Trying,
  attempt: (retries: Retries) => Promise<T>,
): Promise<T> {
  const retries = new Retries(policy, trying);
  for (;;) {
    try {
      return await attempt(retries);
    } catch (failure) {
      if (!(failure instanceof PassingFailure)) throw failure;
      await retries.pause(failure);
    }
  }
}

/** Doubles with each attempt; with chance at hand, some come earlier, so that many clients do not come at once. */
export function backoffMs({ random }: RetryPolicy, attempts: number): number {
  const full = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempts - 1, 16));
  return random === null ? full : full * (0.5 + random.seed() / 2 ** 33);
}

export interface Overdue {
  readonly failure: PassingFailure;
  readonly what: string;
  readonly attempts: number;
}

export function overdue(policy: RetryPolicy, { failure, what, attempts }: Overdue): KafkaError {
  const count = attempts === 1 ? "one attempt" : `${attempts} attempts`;
  const tried = `${what} did not succeed within ${policy.deadlineMs} ms (${count})`;
  return new KafkaError(
    failure.kind === "unreachable" ? "KAFKA_UNREACHABLE" : "KAFKA_STALLED",
    `${tried}; the last one: ${failure.message}.`,
    { place: policy.label, hint: HINTS[failure.kind], error: failure.code, cause: failure.cause ?? failure },
  );
}

const HINTS = {
  unreachable:
    "Check that the brokers run, and that the addresses they advertise can be reached from here; one that closes the connection at once may want the options ssl or sasl.",
  silent: "Check the brokers' load and the network; the connection stands, but no answer comes.",
  refused:
    "Check the brokers: partitions without a leader, too few replicas in sync, or a transaction that stays open.",
};
