import type { BrokerCalls } from "./broker-calls.js";
import type { Coordinators } from "./coordinators.js";
import type { RetryPolicy } from "./retries.js";
import type { TopicDirectory } from "./topic-directory.js";

/** What everything that talks to one cluster shares. */
export interface ClusterContext {
  readonly calls: Pick<BrokerCalls, "call" | "requestTimeoutMs">;
  readonly directory: TopicDirectory;
  readonly coordinators: Coordinators;
  readonly policy: RetryPolicy;
}
