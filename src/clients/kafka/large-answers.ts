import type { KafkajsConnection } from "./kafkajs-cluster.js";

/** Where kafkajs keeps what arrives, as far as it takes to do the same in its place. */
interface Receiver {
  processData(bytes: Buffer): void;
  readonly authHandlers: object | null;
  /** Bytes of an answer that is not whole yet. */
  readonly bytesBuffered: number;
  readonly socket: object;
  readonly requestQueue: {
    fulfillRequest(answer: { correlationId: number; payload: Buffer; size: number }): void;
  };
}

const LENGTH_BYTES = 4;
/** Smaller answers are left to kafkajs. */
const LEAST_BYTES = 256 << 10;
/** Memory is set aside before anything has come: who says more is left to kafkajs, too, which waits for the bytes first. */
const MOST_BYTES = 128 << 20;

/**
 * kafkajs keeps the pieces of an answer, 64 KiB each, until the last one is there, and copies them then. Here each is copied as it comes, while
 * it is at hand, into memory for the whole answer: half of the memory, and pieces die young instead of making the garbage
 * collector go through everything for them. Does nothing with a connection that is not as those of kafkajs 2.2 are.
 */
export function takeLargeAnswers(connection: KafkajsConnection): void {
  if (!isReceiver(connection) || Object.hasOwn(connection, "processData")) return;
  const answers = new LargeAnswers(connection, connection.processData.bind(connection));
  connection.processData = (bytes) => answers.receive(bytes);
}

function isReceiver(connection: KafkajsConnection): connection is KafkajsConnection & Receiver {
  const { processData, bytesBuffered, requestQueue } = connection as Partial<Receiver>;
  return (
    typeof processData === "function" &&
    typeof bytesBuffered === "number" &&
    typeof requestQueue?.fulfillRequest === "function"
  );
}

class LargeAnswers {
  readonly #connection: Receiver;
  readonly #leave: (bytes: Buffer) => void;
  /** The answer that is on its way; null between answers. */
  #answer: Buffer | null = null;
  #filled = 0;
  /** On which it began: the rest of it does not come on another. */
  #socket: object | null = null;

  constructor(connection: Receiver, leave: (bytes: Buffer) => void) {
    this.#connection = connection;
    this.#leave = leave;
  }

  receive(bytes: Buffer): void {
    const { socket } = this.#connection;
    if (this.#answer !== null && this.#socket === socket) {
      this.#take(bytes, this.#answer);
      return;
    }
    this.#answer = null;
    const size = this.#sizeOfNew(bytes);
    if (size < LEAST_BYTES || size > MOST_BYTES || LENGTH_BYTES + size <= bytes.length) {
      this.#leave(bytes);
      return;
    }
    this.#answer = Buffer.allocUnsafeSlow(size);
    this.#socket = socket;
    this.#filled = bytes.copy(this.#answer, 0, LENGTH_BYTES);
  }

  /** What the answer that begins with these bytes says of its length; 0 where none begins with them. */
  #sizeOfNew(bytes: Buffer): number {
    const { authHandlers, bytesBuffered } = this.#connection;
    return authHandlers === null && bytesBuffered === 0 && bytes.length >= LENGTH_BYTES ? bytes.readInt32BE(0) : 0;
  }

  #take(bytes: Buffer, answer: Buffer): void {
    const count = bytes.copy(answer, this.#filled);
    this.#filled += count;
    if (this.#filled < answer.length) return;
    this.#answer = null;
    const correlationId = answer.readInt32BE(0);
    const payload = answer.subarray(LENGTH_BYTES);
    this.#connection.requestQueue.fulfillRequest({ correlationId, payload, size: answer.length });
    if (count < bytes.length) this.receive(bytes.subarray(count));
  }
}
