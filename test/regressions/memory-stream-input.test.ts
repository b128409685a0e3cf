import { expect, test } from "vitest";
import { int32, MemoryStream, Session, uint8, utf8 } from "../../src/index.js";
import { dictionary } from "../../src/types/type-constructors.js";

const columns = { user: utf8(), n: int32() };

test("a partition that is named twice is refused: its rows would be read twice", () => {
  expect(() => new MemoryStream(columns, { partitions: ["a", "a"] })).toThrow(/PARTITIONS.*'a' twice/);
  expect(() => new MemoryStream(columns, { partitions: [] })).toThrow(/PARTITIONS.*needs a partition/);
});

test("a weight that is no int32 is refused, not cut", () => {
  const stream = new MemoryStream(columns, { weights: true });
  for (const weight of [1.5, 2 ** 31, Number.NaN]) {
    expect(() => stream.add([{ user: "ann", n: 1 }], { weights: [weight] })).toThrow(/WEIGHT_RANGE/);
  }
});

test("types that are not supported are refused where the schema is given, with the way out", () => {
  const refused = /TYPE_NOT_SUPPORTED.*'n' has type uint8.*int/;
  expect(() => new MemoryStream({ n: uint8() })).toThrow(refused);
  expect(() => new Session().readStream.schema({ n: uint8() })).toThrow(refused);
  expect(() => new Session().createDataFrame([], { n: uint8() })).toThrow(refused);
  expect(() => new MemoryStream({ user: dictionary(utf8()) })).toThrow(/TYPE_NOT_SUPPORTED.*utf8\(\)/);
});
