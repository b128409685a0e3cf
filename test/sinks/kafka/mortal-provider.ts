import type { KafkaRequest, KafkaSocket, KafkaSocketProvider } from "../../../src/clients/kafka/kafka-socket.js";

/** What happens to one request, counted from 1 over all sockets of a process. */
export interface Mishap {
  readonly request: number;
  /** The process dies before the request has left, or once it was answered; or it lives, and only hears nothing. */
  readonly kind: "dies before" | "dies after" | "request lost" | "reply lost";
}

/** The network of one process. A process that has died sends nothing more. */
export class MortalProvider implements KafkaSocketProvider {
  readonly label = "mortal";
  readonly #inner: KafkaSocketProvider;
  readonly #mishap: Mishap | null;
  readonly #die: () => void;
  #isDead = false;
  requests = 0;

  /** `die`: what else ends with the process. */
  constructor(inner: KafkaSocketProvider, mishap: Mishap | null, die: () => void = () => {}) {
    this.#inner = inner;
    this.#mishap = mishap;
    this.#die = die;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  async openSocket(): Promise<KafkaSocket> {
    const socket = await this.#inner.openSocket();
    return {
      send: (node, request) => this.#send(socket, node, request),
      close: () => socket.close(),
    };
  }

  async #send(socket: KafkaSocket, node: number | null, request: KafkaRequest): Promise<Uint8Array> {
    if (this.#isDead) throw lost();
    const kind = ++this.requests === this.#mishap?.request ? this.#mishap.kind : null;
    if (kind === "dies before") this.#end();
    if (kind === "dies before" || kind === "request lost") throw lost();
    const answer = await socket.send(node, request);
    if (kind === "dies after") this.#end();
    if (kind !== null || this.#isDead) throw lost();
    return answer;
  }

  #end(): void {
    this.#isDead = true;
    this.#die();
  }
}

function lost(): Error {
  return Object.assign(new Error("the connection has ended"), { code: "ECONNRESET" });
}
