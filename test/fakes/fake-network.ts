import type { Connection, Network } from "../../src/common/network.js";

/** A peer that says what the test tells it to. */
export class FakePeer implements Connection {
  readonly chunks: AsyncIterable<Uint8Array>;
  isClosed = false;
  readonly #queue: (Uint8Array | Error | null)[] = [];
  #wake: () => void = () => {};

  constructor() {
    this.chunks = this.#deliver();
  }

  send(text: string | Uint8Array): void {
    this.#push(typeof text === "string" ? new TextEncoder().encode(text) : text);
  }

  end(): void {
    this.#push(null);
  }

  fail(error: Error): void {
    this.#push(error);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.end();
  }

  #push(item: Uint8Array | Error | null): void {
    this.#queue.push(item);
    this.#wake();
  }

  async *#deliver(): AsyncIterable<Uint8Array> {
    for (;;) {
      const item = this.#queue.shift();
      if (item === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if (item === null) {
        return;
      } else if (item instanceof Error) {
        throw item;
      } else {
        yield item;
      }
    }
  }
}

/** Every connection reaches the same peer; `refuse` makes connecting fail. */
export class FakeNetwork implements Network {
  readonly peer = new FakePeer();
  refuse: Error | null = null;

  async connect(): Promise<Connection> {
    if (this.refuse !== null) throw this.refuse;
    return this.peer;
  }
}
