import type { KafkaSocket, KafkaSocketProvider } from "../../../src/clients/kafka/kafka-socket.js";

import { HastyClock } from "../../fakes/kafka/hasty-clock.js";

/** The network and the clock of one process, which stands still before its request number `at`, as under SIGSTOP, until `resume`. */
export class PausedProvider implements KafkaSocketProvider {
  readonly label = "paused";
  readonly #inner: KafkaSocketProvider;
  readonly #at: number;
  readonly #resumed: Promise<void>;
  #requests = 0;
  readonly clock: HastyClock;
  resume: () => void = () => {};

  constructor(inner: KafkaSocketProvider, at: number) {
    this.#inner = inner;
    this.#at = at;
    this.#resumed = new Promise((resolve) => {
      this.resume = resolve;
    });
    this.clock = new HastyClock(() => (this.isPaused ? this.#resumed : null));
  }

  get isPaused(): boolean {
    return this.#requests >= this.#at;
  }

  async openSocket(): Promise<KafkaSocket> {
    const socket = await this.#inner.openSocket();
    return {
      send: async (node, request) => {
        if (++this.#requests >= this.#at) await this.#resumed;
        return socket.send(node, request);
      },
      close: () => socket.close(),
    };
  }
}
