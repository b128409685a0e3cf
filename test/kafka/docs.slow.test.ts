import * as files from "node:fs/promises";
import { join } from "node:path";
import * as kafkajs from "kafkajs";
import { expect, test, vi } from "vitest";
import * as millrace from "../../src/index.js";
import { readTopics } from "../../tools/kafka/read-topics.mjs";
import { codeBlocks, runBlock } from "../docs/code-blocks.js";
import { createTopic } from "./create-topic.js";
import { connectedProducer, kafkaClient } from "./kafka-client.js";
import { ownDirectory } from "./own-directory.js";
import { sharedBroker } from "./shared-broker.js";
import { textsOf } from "./stream-rows.js";

const modules = { millrace, kafkajs, "node:fs/promises": files };
const [whole, direct, receiver] = codeBlocks("docs/kafka.md");

const ORDERS = 200;
const COUNTRIES = ["NO", "DE", "US"];

function orderOf(number: number): { key: string; value: string } {
  const orderedAt = new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString();
  const order = { orderedAt, country: COUNTRIES[number % COUNTRIES.length], amount: number };
  return { key: `user-${number % 7}`, value: JSON.stringify(order) };
}

test("the code of docs/kafka.md runs as it stands", async () => {
  const broker = await sharedBroker();
  const kafka = kafkaClient(broker);
  const scope = { brokers: [broker.address], directory: await ownDirectory(), expected: ORDERS };
  for (const topic of ["orders", "totals"]) await createTopic(kafka, topic, { partitions: 4 });
  const producer = await connectedProducer(kafka);
  const send = (from: number, to: number): Promise<unknown> =>
    producer.send({ topic: "orders", messages: Array.from({ length: to - from }, (_, i) => orderOf(from + i)) });

  await send(0, ORDERS / 2);
  await runBlock(required(direct), modules, scope);
  await send(ORDERS / 2, ORDERS);
  await runBlock(required(direct), modules, scope);
  const store = JSON.parse(await files.readFile(join(scope.directory, "store.json"), "utf8")) as {
    readonly totals: Readonly<Record<string, number>>;
  };
  expect(Object.keys(store.totals)).toHaveLength(7);
  expect(sum(Object.values(store.totals))).toBe(ORDERS);

  const printed = vi.spyOn(console, "log").mockReturnValue();
  await runBlock(required(whole), modules, scope);
  expect(printed.mock.calls).toEqual([["exactly-once"]]);
  const totals = textsOf(await readTopics(broker, "read_committed", "totals")).map((text) =>
    JSON.parse(text ?? "null"),
  );
  expect(sum(totals.map(({ orders }) => orders))).toBe(ORDERS);
  expect(sum(totals.map(({ revenue }) => revenue))).toBe((ORDERS * (ORDERS - 1)) / 2);

  await runBlock(required(receiver), modules, scope);
  const received = new millrace.Session().read.json(join(scope.directory, "received-orders"));
  expect(await (await received).count()).toBe(ORDERS);
});

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("docs/kafka.md has three blocks of code that runs");
  return value;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
