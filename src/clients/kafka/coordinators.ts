import { type CoordinatorRequest, FIND_COORDINATOR } from "./api/find-coordinator.js";
import type { BrokerCalls, CallLimits } from "./broker-calls.js";
import { PassingFailure } from "./passing-failure.js";
import { accept } from "./refusal.js";

/** The brokers that keep groups and transactions, looked up when they are first needed and whenever a call there failed. */
export class Coordinators {
  readonly #calls: BrokerCalls;
  readonly #nodes = { group: new Map<string, number>(), transaction: new Map<string, number>() };

  constructor(calls: BrokerCalls) {
    this.#calls = calls;
  }

  /** One attempt of `work` at the coordinator. */
  async at<T>(wanted: CoordinatorRequest, limits: CallLimits, work: (node: number) => Promise<T>): Promise<T> {
    const nodes = this.#nodes[wanted.kind];
    const node = nodes.get(wanted.key) ?? (await this.#find(wanted, limits));
    nodes.set(wanted.key, node);
    try {
      return await work(node);
    } catch (failure) {
      if (failure instanceof PassingFailure && mayHaveMoved(failure)) nodes.delete(wanted.key);
      throw failure;
    }
  }

  async #find(wanted: CoordinatorRequest, limits: CallLimits): Promise<number> {
    const answer = await this.#calls.call(FIND_COORDINATOR, wanted, { ...limits, node: null });
    const what = `FindCoordinator for ${wanted.kind} '${wanted.key}'`;
    accept(answer.error, { what, node: null, message: answer.message });
    return answer.node;
  }
}

const COORDINATOR_NOT_AVAILABLE = 15;
const NOT_COORDINATOR = 16;

function mayHaveMoved({ kind, code }: PassingFailure): boolean {
  return kind !== "refused" || code === COORDINATOR_NOT_AVAILABLE || code === NOT_COORDINATOR;
}
