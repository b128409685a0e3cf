import type { KafkaRequest } from "../../../src/clients/kafka/kafka-socket.js";
import { API_VERSIONS, FAKE_APIS, type FakeApi } from "./fake-apis.js";
import type { FakeCall } from "./fake-call.js";
import type { FakeCluster } from "./fake-cluster.js";
import { type Fault, Faults } from "./faults.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

type Ranges = Readonly<Record<string, readonly [min: number, max: number] | null>>;

/** What a switchboard needs of the broker it belongs to. */
export interface Switched {
  readonly cluster: FakeCluster;
  readonly calls: FakeCall[];
  readonly versions: Ranges;
  readonly hook: (kind: "onRequest" | "onReply", call: FakeCall) => void | Promise<void>;
}

interface Open {
  readonly node: number;
  readonly socket: number;
  readonly cut: (error: Error) => void;
}

/** Between sockets and nodes: who is reached, what gets lost, and what waits. */
export class FakeSwitchboard {
  readonly faults = new Faults();
  readonly #broker: Switched;
  readonly #open = new Set<Open>();
  readonly #stalled = new Map<number, { readonly over: Promise<void>; readonly release: () => void }>();

  constructor(broker: Switched) {
    this.#broker = broker;
  }

  send(socket: number, node: number | null, request: KafkaRequest): Promise<Uint8Array> {
    const reached = node ?? this.#anyNode();
    if (reached === undefined || !this.#broker.cluster.living.includes(reached)) {
      return Promise.reject(connectionError("ECONNREFUSED", `connect to node ${reached ?? "any"}`));
    }
    return new Promise((resolve, reject) => {
      const gone = new AbortController();
      const cut = (error: Error): void => {
        this.#open.delete(open);
        gone.abort();
        reject(error);
      };
      const open: Open = { node: reached, socket, cut };
      this.#open.add(open);
      this.#answer(open, request, gone.signal).then((bytes) => {
        this.#open.delete(open);
        resolve(bytes);
      }, cut);
    });
  }

  /** Rejects what is under way. */
  cut(whose: { readonly node?: number; readonly socket?: number }): void {
    for (const open of [...this.#open]) {
      if (open.node === whose.node || open.socket === whose.socket) open.cut(connectionError("ECONNRESET", "closed"));
    }
  }

  stall(node: number): void {
    let release = (): void => {};
    const over = new Promise<void>((resolve) => {
      release = resolve;
    });
    if (!this.#stalled.has(node)) this.#stalled.set(node, { over, release });
  }

  release(node: number): void {
    this.#stalled.get(node)?.release();
    this.#stalled.delete(node);
  }

  #anyNode(): number | undefined {
    const { living } = this.#broker.cluster;
    return living.find((node) => !this.#stalled.has(node)) ?? living[0];
  }

  async #answer(open: Open, request: KafkaRequest, signal: AbortSignal): Promise<Uint8Array> {
    const { node, socket } = open;
    const { nth, fault } = this.faults.next(request.name);
    const { name: api, version } = request;
    const call: FakeCall = { api, version, node, socket, nth, body: new Uint8Array(request.body) };
    this.#broker.calls.push(call);
    if (this.#stalled.has(node)) await this.#untilReleased(open, { request, signal });
    const before = this.#broker.hook("onRequest", call);
    if (before !== undefined) await before;
    if (fault === "lost request") throw connectionError("ECONNRESET", `${api} to node ${node}`);
    const bytes = await this.#serve(call, { request, fault, signal });
    const after = this.#broker.hook("onReply", call);
    if (after !== undefined) await after;
    if (this.#stalled.has(node)) await this.#untilReleased(open, { request, signal });
    if (fault === "lost reply") throw connectionError("ECONNRESET", `the answer to ${api} from node ${node}`);
    return bytes;
  }

  async #untilReleased(open: Open, of: { request: KafkaRequest; signal: AbortSignal }): Promise<void> {
    const answered = new AbortController();
    of.signal.addEventListener("abort", () => answered.abort());
    const stalled = this.#stalled.get(open.node)!;
    const late = this.#broker.cluster.clock.sleep(of.request.timeoutMs, answered.signal).then(() => "late" as const);
    const first = await Promise.race([stalled.over, late]);
    answered.abort();
    if (first !== "late" || of.signal.aborted) return;
    throw connectionError("ETIMEDOUT", `no answer to ${of.request.name} in ${of.request.timeoutMs} ms`);
  }

  async #serve(
    call: FakeCall,
    of: { readonly request: KafkaRequest; readonly fault: Fault | null; readonly signal: AbortSignal },
  ): Promise<Uint8Array> {
    const error = typeof of.fault === "number" ? of.fault : 0;
    if (of.request.api === API_VERSIONS.key) return this.#apiVersions(of.request, error);
    const api = this.#apiOf(of.request);
    this.#broker.cluster.transactions.expire();
    const from = new WireReader(call.body, api.flexible);
    const to = new WireWriter(api.flexible);
    await api.handle({ cluster: this.#broker.cluster, node: call.node, from, to, error, signal: of.signal });
    if (from.left > 0) throw connectionError("EPROTO", `${from.left} bytes behind the body of ${api.name}`);
    return to.done();
  }

  #apiOf(request: KafkaRequest): FakeApi {
    const api = FAKE_APIS.find((one) => one.key === request.api);
    if (api?.version !== request.version || api.flexible !== request.flexible || api.name !== request.name) {
      throw connectionError(
        "EPROTO",
        `${request.name} (${request.api}) in version ${request.version} is not spoken here`,
      );
    }
    return api;
  }

  #apiVersions(request: KafkaRequest, error: number): Uint8Array {
    if (request.version !== 0 || request.flexible || request.body.length > 0) {
      throw connectionError("EPROTO", "ApiVersions is spoken in version 0 here, with an empty body");
    }
    const all = [...FAKE_APIS, API_VERSIONS].map(({ name, key, range }) => {
      const chosen = this.#broker.versions[name];
      return { key, range: chosen === undefined ? range : chosen };
    });
    const said = all.filter(({ range }) => range !== null).sort((one, other) => one.key - other.key);
    const to = new WireWriter().int16(error);
    return to.array(said, ({ key, range }) => to.int16(key).int16(range![0]).int16(range![1])).done();
  }
}

function connectionError(code: string, what: string): Error {
  return Object.assign(new Error(`fake broker: ${what} (${code})`), { code });
}
