import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { kafkaSchema } from "../../../src/formats/kafka/kafka-schema.js";
import { RecordDecoder } from "../../../src/formats/kafka/record-decoder.js";
import type { RecordSpan } from "../../../src/formats/kafka/record-span.js";
import { encodeFakeBatch, markerRecord } from "../../fakes/kafka/fake-batch-writer.js";
import type { StoredRecord } from "../../fakes/kafka/fake-record.js";
import { rowsOf } from "../../fakes/rows-of.js";

/** What kafkajs decodes and filters by, which this library keeps away from: it gives out rows of aborted transactions. */
const require = createRequire(import.meta.url);
const filterAbortedMessages = require("kafkajs/src/consumer/filterAbortedMessages") as (input: {
  readonly messages: readonly KafkajsMessage[];
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
}) => KafkajsMessage[];
const decodeMessages = require("kafkajs/src/protocol/requests/fetch/v4/decodeMessages") as (
  decoder: unknown,
) => Promise<KafkajsMessage[]>;
const Decoder = require("kafkajs/src/protocol/decoder") as new (bytes: Buffer) => unknown;

interface KafkajsMessage {
  readonly offset: string;
  readonly isControlRecord: boolean;
}

type Aborted = RecordSpan["aborted"];

const KEY = new TextEncoder().encode("key");
const ZEROS = new Uint8Array(4);

function data(producer: number, offset: number, key: Uint8Array | null = KEY): Uint8Array {
  const record: StoredRecord = { offset, timestamp: 0, key, value: null, headers: [] };
  return encodeFakeBatch({ base: offset, records: [record], producerId: producer, epoch: 0, transactional: true });
}

function end(producer: number, offset: number, commit: boolean): Uint8Array {
  const records = [markerRecord(offset, { commit, timestamp: 0 })];
  return encodeFakeBatch({ base: offset, records, producerId: producer, epoch: 0, transactional: true, control: true });
}

/** Offsets of the rows that come out. */
async function byKafkajs(batches: readonly Uint8Array[], aborted: Aborted): Promise<number[]> {
  const bytes = Buffer.concat(batches);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  const messages = await decodeMessages(new Decoder(Buffer.concat([length, bytes])));
  const abortedTransactions = aborted.map(({ producerId, firstOffset }) => ({
    producerId: String(producerId),
    firstOffset: String(firstOffset),
  }));
  const left = filterAbortedMessages({ messages, abortedTransactions });
  return left.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => Number(offset));
}

function byDecoder(batches: readonly Uint8Array[], aborted: Aborted): number[] {
  const decoder = new RecordDecoder({
    ...{ schema: kafkaSchema(false), codecs: {} },
    ...{ maxBatchBytes: 2 ** 20, damaged: "fail" },
  });
  const bytes = new Uint8Array(Buffer.concat(batches));
  const { chunks } = decoder.decode({ topic: "t", partition: 0, bytes, aborted, from: 0, to: 100 });
  return rowsOf(chunks).map(({ offset }) => Number(offset));
}

it("takes aborted transactions in any order: kafkajs expects them by first offset, and the broker gives them by their ends", async () => {
  const batches = [data(1, 0), data(2, 1), end(2, 2, false), data(1, 3), end(1, 4, false), data(2, 5), end(2, 6, true)];
  const aborted = [
    { producerId: 2n, firstOffset: 1 },
    { producerId: 1n, firstOffset: 0 },
  ];
  expect(byDecoder(batches, aborted)).toEqual([5]);
  expect(await byKafkajs(batches, aborted)).toEqual([0, 5]);
});

it("knows of all transactions that began before the first record: kafkajs takes up one with each record", async () => {
  const batches = [data(2, 2), data(1, 3), end(2, 4, false), end(1, 5, false)];
  const aborted = [
    { producerId: 1n, firstOffset: 0 },
    { producerId: 2n, firstOffset: 1 },
  ];
  expect(byDecoder(batches, aborted)).toEqual([]);
  expect(await byKafkajs(batches, aborted)).toEqual([2]);
});

it("takes no record of data for an abort marker: kafkajs does where the key is four zero bytes", async () => {
  const batches = [data(1, 0, ZEROS), data(1, 1), end(1, 2, false)];
  const aborted = [{ producerId: 1n, firstOffset: 0 }];
  expect(byDecoder(batches, aborted)).toEqual([]);
  expect(await byKafkajs(batches, aborted)).toEqual([0, 1]);
});
