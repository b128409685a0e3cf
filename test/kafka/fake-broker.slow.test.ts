import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { providerOf } from "../../src/clients/kafka/kafkajs-provider.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import type { Broker } from "../../tools/kafka/broker.mjs";
import { readBatchHeader } from "../fakes/kafka/fake-batch-reader.js";
import { encodeFakeBatch, type FakeBatch } from "../fakes/kafka/fake-batch-writer.js";
import { FakeBroker } from "../fakes/kafka/fake-broker.js";
import { RawClient, type RawFetched, type TransactionStep } from "../fakes/kafka/raw-client.js";
import { describeTopics } from "../fakes/kafka/raw-metadata.js";
import { seededRandom } from "../fakes/kafka/seeded-log.js";
import { createTopic, type TopicShape, withAdmin } from "./create-topic.js";
import { kafkaClient } from "./kafka-client.js";
import { sharedBroker } from "./shared-broker.js";
import { topicName } from "./topic-name.js";

/** One of the two that must say the same. */
interface Side {
  readonly client: RawClient;
  readonly topic: string;
  readonly topicId: string;
  /** Transactional ids and groups are shared by all who use a broker. */
  readonly own: (id: string) => string;
  readonly deleteRecords: (before: number) => Promise<void>;
}

interface By {
  readonly id: string;
  readonly producerId: number;
  readonly epoch: number;
}

/** Of records and markers alike: a broker begins a new file of its log where times are far apart, and ends a fetch there. */
const NOW = Date.now();
const PASSING = [14, 15, 16];

let real: Broker;
beforeAll(async () => {
  real = await sharedBroker();
}, 300_000);

/** What a story says when it is told to the fake and to a broker: it must be the same. */
async function expectSame(story: (side: Side) => Promise<readonly unknown[]>, shape: TopicShape = {}): Promise<void> {
  const fake = await story(await fakeSide(shape));
  const side = await realSide(shape);
  const told = await story(side);
  await side.client.close();
  expect(fake).toEqual(told);
}

async function fakeSide({ configs = {} }: TopicShape): Promise<Side> {
  const broker = new FakeBroker({ clock: new ManualClock(NOW) });
  const topicId = broker.createTopic("t", { configs });
  const deleteRecords = async (before: number): Promise<void> => broker.deleteRecords("t", 0, before);
  return { client: await RawClient.of(broker), topic: "t", own: (id) => id, topicId, deleteRecords };
}

async function realSide(shape: TopicShape): Promise<Side> {
  const kafka = kafkaClient(real);
  const topic = topicName("fake");
  await createTopic(kafka, topic, shape);
  const client = await RawClient.of({ provider: () => providerOf(kafka) }, 30_000);
  await until(async () => (await client.listOffset(topic, -1)).error === 0);
  for (const type of [0, 1]) await until(() => hasCoordinator(client, type));
  const [described] = (await describeTopics(client, [topic])).topics;
  const deleteRecords = (before: number): Promise<void> =>
    withAdmin(kafka, async (admin) => {
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(before) }] });
    });
  return { client, topic, own: (id) => `${topic}-${id}`, topicId: described!.id, deleteRecords };
}

/** Of groups or transactions: a broker makes what they write to when it is first asked for one. */
async function hasCoordinator(client: RawClient, type: number): Promise<boolean> {
  const answer = await client.ask("FindCoordinator", (to) => to.string("any").int8(type));
  answer.int32();
  return answer.int16() === 0;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(5);
}

/** Asked again while the coordinator loads, or ends a transaction. */
async function begin({ client, own }: Side, id: string): Promise<By> {
  for (;;) {
    const { error, producerId, epoch } = await client.initProducer(own(id));
    if (error === 0) return { id: own(id), producerId, epoch };
    if (error !== 51 && !PASSING.includes(error)) throw new Error(`InitProducerId: ${error}`);
    await wait(5);
  }
}

/** A step of a transaction, again while the coordinator loads or the one before is not over. */
async function step(side: Side, by: By, what: TransactionStep): Promise<number> {
  for (;;) {
    const error = await side.client.transaction(by, what);
    if (error !== 51 && !PASSING.includes(error)) return error;
    await wait(5);
  }
}

/** Ends it, and waits for its marker: markers are written after the answer. */
async function end(side: Side, by: By, commit: boolean): Promise<number> {
  const before = await side.client.listOffset(side.topic, -1);
  const error = await step(side, by, { commit });
  await until(async () => (await side.client.listOffset(side.topic, -1)).offset > before.offset);
  return error;
}

function batchOf(count: number, more: Partial<FakeBatch> & { readonly size?: number } = {}): Uint8Array {
  const value = new Uint8Array(more.size ?? 10);
  const records = Array.from({ length: count }, (_, offset) => {
    return { offset, timestamp: NOW + offset, key: Uint8Array.of(offset), value, headers: [] };
  });
  return encodeFakeBatch({ base: 0, records, ...more });
}

function stampOf({ producerId, epoch }: Pick<By, "producerId" | "epoch">, sequence: number) {
  return { producerId, epoch, sequence, transactional: true };
}

/** Whole batches, with producers named by the order in which they began. */
function batchesIn({ records }: RawFetched, producers: readonly number[]): unknown[] {
  const batches: unknown[] = [];
  for (let at = 0; at + 12 <= records.length; ) {
    const size = new DataView(records.buffer, records.byteOffset + at).getInt32(8) + 12;
    if (at + size <= records.length) {
      const { base, last, control, transactional, count, producerId } = readBatchHeader(records.subarray(at));
      batches.push([base, last, control, transactional, count, producers.indexOf(producerId)]);
    }
    at += size;
  }
  return batches;
}

function fetchedAs(fetched: RawFetched, producers: readonly number[]): unknown {
  const { error, end: last, stable, start, aborted, records } = fetched;
  const named = aborted?.map(([producerId, first]) => [producers.indexOf(producerId), first]);
  return { error, last, stable, start, named, length: records.length, batches: batchesIn(fetched, producers) };
}

it("the fake takes and refuses batches as a broker does", async () => {
  await expectSame(
    async ({ client, topic }) => {
      const damaged = batchOf(1);
      damaged[damaged.length - 1]! ^= 1;
      const said: unknown[] = [];
      for (const batch of [
        batchOf(2),
        damaged,
        batchOf(1, { size: 2000 }),
        Buffer.concat([batchOf(1), batchOf(1)]),
        batchOf(2, { last: 5 }),
        batchOf(1, { codec: "gzip" }),
        batchOf(1, { codec: "snappy" }),
        batchOf(1, { codec: "lz4" }),
        batchOf(1, { codec: "zstd" }),
      ]) {
        const { error, base } = await client.produce({ topic, batch });
        said.push([error, base]);
      }
      for (const more of [{ acks: 2 }, { partition: 7 }, { topic: "no-such-topic" }]) {
        said.push((await client.produce({ topic, batch: batchOf(1), ...more })).error);
      }
      return said;
    },
    { configs: { "max.message.bytes": "1000" } },
  );
});

it("and names the records that it refuses", async () => {
  await expectSame(
    async ({ client, topic }) => {
      const records = [0, 1, 2, 3].map((offset) => {
        const key = offset % 2 === 0 ? Uint8Array.of(1) : null;
        return { offset, timestamp: NOW, key, value: null, headers: [] };
      });
      const { error, bad } = await client.produce({ topic, batch: encodeFakeBatch({ base: 0, records }) });
      return [error, bad];
    },
    { configs: { "cleanup.policy": "compact" } },
  );
});

it("knows the sequences of a producer", async () => {
  await expectSame(async (side) => {
    const { client, topic } = side;
    await begin(side, "loaded");
    const { producerId } = await client.initProducer(null);
    const said: unknown[] = [];
    for (const [sequence, epoch] of [
      [0, 0],
      [2, 0],
      [0, 0],
      [2, 0],
      [6, 0],
      [4, 0],
      [6, 0],
      [8, 0],
      [10, 0],
      [2, 0],
      [1, 0],
      [4, 1],
      [0, 1],
      [12, 0],
    ] as const) {
      const { error, base } = await client.produce({ topic, batch: batchOf(2, { producerId, epoch, sequence }) });
      said.push([sequence, epoch, error, base]);
    }
    return said;
  });
});

it("runs transactions, fences, and keeps their group offsets apart", async () => {
  await expectSame(async (side) => {
    const { client, topic, topicId, own } = side;
    const group = own("g");
    const by = await begin(side, "x");
    await until(async () => (await client.groupOffset(group, topic)).error === 0);
    const said: unknown[] = [await client.groupOffset(group, topic)];
    const produce = async (who: By, sequence: number): Promise<void> => {
      const { error, base } = await client.produce({
        topic,
        batch: batchOf(2, stampOf(who, sequence)),
        transactionalId: who.id,
      });
      said.push([error, base]);
    };
    const look = async (): Promise<void> => {
      said.push(fetchedAs(await client.fetch({ topicId, offset: 0 }), [by.producerId]));
      said.push((await client.listOffset(topic, -1, { committed: true })).offset);
      said.push(await client.groupOffset(group, topic));
    };
    said.push(await client.commitOffset(group, topic, 3));
    said.push(await step(side, by, { topic: "no-such-topic" }));
    said.push(await step(side, by, { topic }));
    await produce(by, 0);
    said.push(await step(side, by, { group }), await step(side, by, { group, of: topic, offset: 5 }));
    await look();
    said.push(
      await end(side, by, true),
      await step(side, by, { commit: true }),
      await step(side, by, { commit: false }),
    );
    await look();
    said.push(await step(side, by, { topic }), await step(side, by, { group }));
    await produce(by, 2);
    said.push(await step(side, by, { group, of: topic, offset: 9 }));
    await look();
    said.push(await end(side, by, false), await step(side, by, { commit: false }));
    await look();
    said.push(await step(side, by, { topic }));
    await produce(by, 4);
    said.push((await client.initProducer(own("x"))).error);
    const after = await begin(side, "x");
    said.push(after.epoch - by.epoch, after.producerId === by.producerId);
    said.push(await step(side, by, { commit: true }), await step(side, by, { topic }));
    await produce(by, 6);
    said.push(await step(side, by, { group, of: topic, offset: 99 }));
    said.push(await step(side, { ...after, producerId: after.producerId + 77 }, { topic }));
    said.push(await step(side, after, { topic }));
    await produce(after, 0);
    said.push(await end(side, after, true));
    await look();
    said.push((await client.initProducer(own("slow"), 900_001)).error);
    return said;
  });
});

it("answers any fetch of a log of transactions alike, at any size", async () => {
  await expectSame(async (side) => {
    const { client, topic, topicId, deleteRecords } = side;
    const random = seededRandom(7);
    const producers = [await begin(side, "a"), await begin(side, "b"), await begin(side, "c")];
    const sequences = [0, 0, 0];
    const open = new Set<number>();
    for (let count = 0; count < 150; count++) {
      const [which, act, records, size] = [random(3), random(10), 1 + random(3), random(400)];
      const by = producers[which]!;
      if (act < 2) await client.produce({ topic, batch: batchOf(records, { size }) });
      else if (act < 8 || !open.has(which)) {
        if (!open.has(which)) await step(side, by, { topic });
        open.add(which);
        const batch = batchOf(records, { size, ...stampOf(by, sequences[which]!) });
        await client.produce({ topic, batch, transactionalId: by.id });
        sequences[which]! += records;
      } else {
        open.delete(which);
        await end(side, by, random(2) === 0);
      }
    }
    const ids = producers.map(({ producerId }) => producerId);
    const { offset: last } = await client.listOffset(topic, -1);
    const { offset: stable } = await client.listOffset(topic, -1, { committed: true });
    const said: unknown[] = [last, stable];
    const ask = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index++) {
        const asked = { topicId, offset: random(last + 3), maxBytes: 1 + random(6000), committed: random(4) > 0 };
        said.push([asked.offset, asked.maxBytes, fetchedAs(await client.fetch(asked), ids)]);
      }
    };
    await ask(200);
    for (const time of [0, NOW, NOW + 1, NOW + 2]) said.push(await client.listOffset(topic, time, { committed: true }));
    await deleteRecords(40);
    said.push(await client.listOffset(topic, -2), await client.listOffset(topic, NOW));
    await ask(50);
    for (const epoch of [0, 9]) said.push((await client.fetch({ topicId, offset: 40, epoch })).error);
    said.push((await client.fetch({ topicId, offset: 40, partition: 9 })).error);
    said.push((await client.fetch({ topicId: "1".repeat(32), offset: 0 })).error);
    return said;
  });
});
