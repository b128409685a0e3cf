import type { KafkaSocket } from "../../../src/clients/kafka/kafka-socket.js";
import type { KafkajsExchange } from "../../../src/clients/kafka/kafkajs-cluster.js";
import type { FakeBroker } from "../../fakes/kafka/fake-broker.js";

const FLEXIBLE: ReadonlySet<number> = new Set([1, 3, 9]);

/** A request of the past that has not been answered yet. */
type Reject = (error: Error) => void;

class FakeConnection {
  connected = false;
  connects = 0;
  readonly open = new Set<Reject>();

  isConnected(): boolean {
    return this.connected;
  }
  rejectRequests(error: Error): void {
    for (const reject of this.open) reject(error);
    this.open.clear();
  }
  async disconnect(): Promise<void> {
    this.connected = false;
  }
}

/** What the adapter sees of kafkajs, in front of the fake broker, whose nodes listen at `node-1.fake:9092` and so on. */
export class FakeKafkajs {
  readonly made: FakePool[] = [];
  /** Addresses that refuse connections. */
  readonly down = new Set<string>();
  /** What `pool.send` gives instead of the answer. */
  mangle: (payload: Buffer) => unknown = (payload) => payload;
  /** What `pool.send` rejects with. */
  failure: Error | null = null;
  socket: KafkaSocket | null = null;
  disconnects = 0;
  readonly seeds: readonly string[];
  readonly broker: FakeBroker;
  #seed = 0;

  constructor(broker: FakeBroker, seeds: readonly string[] = ["fake:9092"]) {
    this.broker = broker;
    this.seeds = seeds;
  }

  /** As `new Kafka(...)`. */
  get kafka(): object {
    return { [Symbol("private:Kafka:createCluster")]: () => this.#cluster() };
  }

  poolsOf(address: string): FakePool[] {
    return this.made.filter(({ host, port }) => `${host}:${port}` === address);
  }

  #cluster(): object {
    const brokerPool = {
      seedBroker: undefined as object | undefined,
      createSeedBroker: async () => {
        const [host, port] = this.seeds[this.#seed++ % this.seeds.length]!.split(":");
        brokerPool.seedBroker = brokerOn(this.#pool(host!, Number(port)));
      },
      createBroker: ({ connectionPool }: { connectionPool: FakePool }) => brokerOn(connectionPool),
    };
    return {
      rootLogger: {},
      brokerPool,
      connectionPoolBuilder: {
        build: async ({ host, port }: { host: string; port: number }) => this.#pool(host, port),
      },
      disconnect: async () => {
        this.disconnects++;
      },
    };
  }

  #pool(host: string, port: number): FakePool {
    const pool = new FakePool(this, host, port);
    this.made.push(pool);
    return pool;
  }
}

function brokerOn(connectionPool: FakePool): object {
  return {
    connectionPool,
    isConnected: () => connectionPool.pool.some((connection) => connection.connected),
    connect: async () => {
      await connectionPool.getConnection(0);
    },
    disconnect: async () => {
      for (const connection of connectionPool.pool) await connection.disconnect();
    },
  };
}

export class FakePool {
  readonly pool = [new FakeConnection(), new FakeConnection()];
  readonly timeouts: number[] = [];
  readonly host: string;
  readonly port: number;
  readonly #owner: FakeKafkajs;

  constructor(...[owner, host, port]: [FakeKafkajs, string, number]) {
    this.#owner = owner;
    this.host = host;
    this.port = port;
  }

  async getConnection(index: number): Promise<FakeConnection> {
    const connection = this.pool[index]!;
    connection.connects++;
    await new Promise(setImmediate);
    if (this.#owner.down.has(`${this.host}:${this.port}`)) {
      throw Object.assign(new Error("Connection error: connect ECONNREFUSED"), { name: "KafkaJSConnectionError" });
    }
    connection.connected = true;
    return connection;
  }

  async send({ request, requestTimeout, response }: KafkajsExchange): Promise<unknown> {
    const connection = this.pool[request.apiKey === 1 ? 1 : 0]!;
    if (!connection.connected) throw new Error("Not connected");
    const { failure, broker } = this.#owner;
    if (failure !== null) throw failure;
    this.timeouts.push(requestTimeout);
    const flexible = FLEXIBLE.has(request.apiKey);
    const { buf } = await request.encode();
    this.#owner.socket ??= await broker.provider().openSocket();
    const node = Number(/^node-(\d+)/.exec(this.host)?.[1] ?? Number.NaN) || null;
    const { apiKey: api, apiVersion: version, apiName: name } = request;
    const body = new Uint8Array(buf.subarray(flexible ? 1 : 0));
    const waiting = this.#owner.socket.send(node, { api, version, name, flexible, body, timeoutMs: requestTimeout });
    const answer = await new Promise<Uint8Array>((resolve, reject) => {
      connection.open.add(reject);
      waiting.then(resolve, reject);
    });
    const payload = Buffer.concat([Buffer.alloc(flexible ? 1 : 0), answer]);
    return response.parse(await response.decode(this.#owner.mangle(payload) as Buffer));
  }
}
