import type { KafkaRequest, KafkaSocket, KafkaSocketProvider } from "../../../src/clients/kafka/kafka-socket.js";
import type { FakeSwitchboard } from "./fake-switchboard.js";

/** The way in. */
export class FakeSockets implements KafkaSocketProvider {
  readonly label = "fake:9092";
  /** How many are open. */
  open = 0;
  readonly #switchboard: FakeSwitchboard;
  #made = 0;

  constructor(switchboard: FakeSwitchboard) {
    this.#switchboard = switchboard;
  }

  openSocket(): Promise<KafkaSocket> {
    this.open++;
    const socket = ++this.#made;
    let closed = false;
    return Promise.resolve({
      send: (node: number | null, request: KafkaRequest): Promise<Uint8Array> =>
        closed
          ? Promise.reject(new Error("fake broker: the socket is closed"))
          : this.#switchboard.send(socket, node, request),
      close: (): Promise<void> => {
        if (!closed) this.open--;
        closed = true;
        this.#switchboard.cut({ socket });
        return Promise.resolve();
      },
    });
  }
}
