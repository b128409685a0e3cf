import type { BrokerCalls, CallTarget } from "./broker-calls.js";
import type { KafkaApi } from "./kafka-api.js";
import { PassingFailure } from "./passing-failure.js";

/** The calls of one producer. Whoever gives up waiting for an answer does not know whether the request is still on its way. */
export class WatchedCalls implements Pick<BrokerCalls, "call" | "requestTimeoutMs"> {
  readonly #calls: Pick<BrokerCalls, "call" | "requestTimeoutMs">;
  #hasStrays = false;

  constructor(calls: Pick<BrokerCalls, "call" | "requestTimeoutMs">) {
    this.#calls = calls;
  }

  get requestTimeoutMs(): number {
    return this.#calls.requestTimeoutMs;
  }

  /** A request may arrive yet that was given up. */
  get hasStrays(): boolean {
    return this.#hasStrays;
  }

  async call<Q, R>(api: KafkaApi<Q, R>, request: Q, to: CallTarget): Promise<R> {
    try {
      return await this.#calls.call(api, request, to);
    } catch (failure) {
      if (failure instanceof PassingFailure) this.#hasStrays = true;
      throw failure;
    }
  }
}
