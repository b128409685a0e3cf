import { expect, it } from "vitest";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import { type RandomBelow, seededRandom } from "../../fakes/kafka/seeded-log.js";
import { settle, TestMachine } from "../../fakes/test-machine.js";

const TOPICS = ["a", "b"] as const;
const NODES = 2;
const PASSING = [3, 6, 9, 56, 74, 75, 100];

/** Time goes on until the work is done. */
async function inTime<T>(machine: TestMachine, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = (): void => {
    isDone = true;
  };
  work.then(done, done);
  for (let turns = 0; !isDone; turns++) {
    if (turns === 3000) throw new Error("It never ended.");
    await settle();
    if (!isDone) await machine.clock.advance(100);
  }
  return work;
}

/** A cluster in which things happen, and one query over it, in one process after the other. */
class Life {
  readonly #random: RandomBelow;
  readonly broker: FakeBroker;
  /** By number, as the last attempt had them. */
  readonly batches = new Map<number, readonly string[]>();
  readonly #open = new Set<string>();
  #machine = new TestMachine();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.broker = new FakeBroker({ nodes: NODES, clock: this.#clock() as never });
    for (const topic of TOPICS) this.broker.createTopic(topic, { partitions: 1 + this.#random(3) });
  }

  /** That of the process which runs now. */
  #clock(): object {
    return {
      now: () => 1_767_225_600_000 + this.#machine.clock.now(),
      monotonic: () => this.#machine.clock.monotonic(),
      sleep: (ms: number, signal: AbortSignal) => this.#machine.clock.sleep(ms, signal),
    };
  }

  /** `fuse`: so many batches, then the function of the user fails. */
  async run(fuse: number, acts: number): Promise<void> {
    this.#machine = new TestMachine(this.#machine.files);
    const machine = this.#machine;
    let left = fuse;
    const query = await this.#frame()
      .writeStream.checkpoint("state")
      .foreachBatch(async (batch, id) => {
        const rows = (await batch.collect()).map((row) => `${row.topic}-${row.partition}:${row.offset}`);
        expect(rows).toEqual(this.batches.get(id) ?? rows);
        this.batches.set(id, rows);
        if (left-- <= 0) throw new Error("boom");
      })
      .start();
    for (let act = 0; act < acts; act++) await this.#act(machine);
    if (fuse === Number.POSITIVE_INFINITY) await inTime(machine, query.processAllAvailable());
    await inTime(machine, query.stop());
    if (query.exception !== null) expect(query.exception.message).toBe("boom");
    expect(this.broker.openSockets).toBe(0);
  }

  #frame() {
    const random = this.#random;
    const common = { client: this.broker.provider(), startingOffsets: "earliest", metadataMaxAge: "1 second" } as const;
    const sizes = { maxOffsetsPerTrigger: 1 + random(12), maxPartitionFetchBytes: 1 + random(500) };
    const topic = (subscribe: string) =>
      this.#machine.session.readStream.kafka({ ...common, ...(random(2) === 0 ? sizes : {}), subscribe });
    return topic("a").union(topic("b"));
  }

  async #act(machine: TestMachine): Promise<void> {
    const random = this.#random;
    const topic = TOPICS[random(TOPICS.length)] ?? "a";
    const partitions = this.broker.committed(topic).length;
    const node = 1 + random(NODES);
    switch (random(9)) {
      case 0:
        if (partitions < 5) this.broker.addPartitions(topic, partitions + 1);
        return;
      case 1:
        return this.broker.moveLeader(topic, 0, node);
      case 2:
        return this.broker.fail(
          ["Fetch", "ListOffsets", "Metadata"][random(3)] ?? "Fetch",
          1 + random(3),
          PASSING[random(7)] ?? 6,
        );
      case 3:
        this.broker.kill(node);
        await machine.clock.advance(50);
        return this.broker.restart(node);
      case 4:
        return void this.endTransaction();
      case 5:
        await settle();
        return machine.clock.advance(random(3000));
      default:
        return this.#write(topic, random(partitions));
    }
  }

  #write(topic: string, partition: number): void {
    const records = Array.from({ length: 1 + this.#random(5) }, () => ({ value: "x" }));
    if (this.#random(3) > 0) return void this.broker.append(topic, partition, records);
    const transaction = `t${this.#random(4)}`;
    this.#open.add(transaction);
    this.broker.append(topic, partition, records, { transaction });
  }

  /** False when none is open. */
  endTransaction(): boolean {
    const [transaction] = this.#open;
    if (transaction === undefined) return false;
    this.#open.delete(transaction);
    if (this.#random(2) === 0) this.broker.commit(transaction);
    else this.broker.abort(transaction);
    return true;
  }
}

it.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "every committed record is in one batch, in order, whatever happens to cluster and query (seed %i)",
  async (seed) => {
    const life = new Life(seed);
    for (let run = 0; run < 4; run++) await life.run(2 + (seed % 5), 15);
    while (life.endTransaction());
    await life.run(Number.POSITIVE_INFINITY, 0);
    const seen = [...life.batches].sort(([a], [b]) => a - b).flatMap(([, rows]) => rows);
    for (const topic of TOPICS) {
      for (const [partition, records] of life.broker.committed(topic).entries()) {
        const name = `${topic}-${partition}:`;
        expect(seen.filter((row) => row.startsWith(name))).toEqual(records.map(({ offset }) => `${name}${offset}`));
      }
    }
  },
);
