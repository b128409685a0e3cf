import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { partitionOfKey } from "../../../src/formats/kafka/partition-of-key.js";
import { Random } from "../../laws/cases/random.js";

const murmur2 = createRequire(import.meta.url)("kafkajs/src/producer/partitioners/default/murmur2") as (
  key: Buffer,
) => number;

it("chooses the partition of kafkajs's default partitioner for every length of key", () => {
  const random = new Random(5);
  for (let length = 0; length < 40; length++) {
    for (let i = 0; i < 20; i++) {
      const key = Uint8Array.from({ length }, () => random.int(0, 255));
      const partitions = random.int(1, 50);
      const within = new Uint8Array([7, ...key, 9]);
      const expected = (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
      expect(partitionOfKey(within, 1, 1 + length, partitions)).toBe(expected);
    }
  }
});

it("agrees with the vectors of Kafka's own tests", () => {
  const hashes: readonly (readonly [string, number])[] = [
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ];
  for (const [text, hash] of hashes) {
    const key = new TextEncoder().encode(text);
    expect(partitionOfKey(key, 0, key.length, 2 ** 31)).toBe(hash & 0x7fffffff);
  }
});
