import { expect, it } from "vitest";
import { crc32c } from "../../../src/formats/kafka/crc32c.js";
import { kafkajsCrc32c } from "../../fakes/kafka/kafkajs-protocol.js";
import { Random } from "../../laws/cases/random.js";

it("gives the check value of the CRC-32C catalogue", () => {
  const bytes = new TextEncoder().encode("123456789");
  expect(crc32c(bytes, 0, bytes.length)).toBe(0xe3069283);
});

it("equals kafkajs's at every alignment and length", () => {
  const random = new Random(1);
  const bytes = Uint8Array.from({ length: 300 }, () => random.int(0, 255));
  for (let from = 0; from < 20; from++) {
    for (let to = from; to < from + 70; to++) {
      expect(crc32c(bytes.subarray(3), from, to)).toBe(kafkajsCrc32c(bytes.subarray(3 + from, 3 + to)));
    }
  }
  expect(crc32c(bytes, 0, 300)).toBe(kafkajsCrc32c(bytes));
});
