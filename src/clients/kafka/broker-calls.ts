import type { Clock } from "../../common/clock.js";
import { MillraceError } from "../../common/millrace-error.js";
import type { KafkaApi } from "./kafka-api.js";
import type { KafkaRequest, KafkaSocket } from "./kafka-socket.js";
import { PassingFailure } from "./passing-failure.js";
import { unlessAborted } from "./unless-aborted.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

export interface CallLimits {
  readonly signal?: AbortSignal | undefined;
  /** Less than the usual time for an answer. */
  readonly withinMs?: number;
}

export interface CallTarget extends CallLimits {
  /** Null: whichever broker answers. */
  readonly node: number | null;
  /** So long the broker may wait on purpose: it counts on top. */
  readonly waitsMs?: number;
  /** About how large the request will be. */
  readonly bytes?: number;
}

/** Calls of the protocol over a socket: encoded, with a time limit, abortable, the answer checked and decoded. */
export class BrokerCalls {
  readonly #socket: KafkaSocket;
  readonly #clock: Clock;
  readonly requestTimeoutMs: number;
  readonly #closed: AbortSignal;

  constructor(
    socket: KafkaSocket,
    parts: { readonly clock: Clock; readonly requestTimeoutMs: number; readonly closed: AbortSignal },
  ) {
    this.#socket = socket;
    this.#clock = parts.clock;
    this.requestTimeoutMs = parts.requestTimeoutMs;
    this.#closed = parts.closed;
  }

  /** Rejects with a PassingFailure where there was no connection or no answer. */
  async call<Q, R>(api: KafkaApi<Q, R>, request: Q, to: CallTarget): Promise<R> {
    const writer = new WireWriter(to.bytes ?? 128);
    api.encode(writer, request);
    const { name, version, flexible } = api;
    const timeoutMs = Math.min(this.requestTimeoutMs, to.withinMs ?? Number.POSITIVE_INFINITY) + (to.waitsMs ?? 0);
    const raw = { api: api.api, name, version, flexible, body: writer.bytes, timeoutMs };
    const bytes = await unlessAborted([to.signal, this.#closed], (done) => this.#answer(to.node, raw, done));
    const reader = new WireReader(bytes, `${name} answer of ${brokerName(to.node)}`);
    const answer = api.decode(reader);
    reader.end();
    return answer;
  }

  #answer(node: number | null, request: KafkaRequest, done: AbortSignal): Promise<Uint8Array> {
    return Promise.race([this.#sent(node, request), this.#silence(node, request, done)]);
  }

  async #sent(node: number | null, request: KafkaRequest): Promise<Uint8Array> {
    try {
      return await this.#socket.send(node, request);
    } catch (cause) {
      if (cause instanceof MillraceError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new PassingFailure("unreachable", `${request.name} to ${brokerName(node)} failed: ${why}`, { cause });
    }
  }

  /** Never settles once the call is done. */
  async #silence(node: number | null, request: KafkaRequest, done: AbortSignal): Promise<never> {
    await this.#clock.sleep(request.timeoutMs, done);
    if (done.aborted) return new Promise(() => {});
    const text = `${brokerName(node)} did not answer ${request.name} within ${request.timeoutMs} ms`;
    throw new PassingFailure("silent", text);
  }
}

function brokerName(node: number | null): string {
  return node === null ? "any broker" : `broker ${node}`;
}
