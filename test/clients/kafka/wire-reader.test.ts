import fc from "fast-check";
import { expect, test } from "vitest";
import { WireReader } from "../../../src/clients/kafka/wire-reader.js";
import { WireWriter } from "../../../src/clients/kafka/wire-writer.js";

const read = (...bytes: number[]): WireReader => new WireReader(new Uint8Array(bytes), "Test answer");

test("what was written is read", () => {
  const number = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
  const safe = fc.maxSafeInteger();
  const value = fc.record({
    int8: number(8),
    int16: number(16),
    int32: number(32),
    int64: safe,
    big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    varint: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    texts: fc.array(fc.option(fc.string({ unit: "grapheme" }))),
    uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("hex")),
    bytes: fc.uint8Array(),
    flag: fc.boolean(),
  });
  fc.assert(
    fc.property(value, (v) => {
      const writer = new WireWriter(1);
      writer.int8(v.int8).int16(v.int16).int32(v.int32).int64(v.int64).int64(v.big).unsignedVarint(v.varint);
      writer.array(v.texts, (w, text) => w.string(text)).compactArray(v.texts, (w, text) => w.compactString(text));
      writer
        .compactArray(null, () => {})
        .uuid(v.uuid)
        .lengthAndBytes(v.bytes)
        .boolean(v.flag)
        .noTags();
      const r = new WireReader(writer.bytes, "");
      expect([r.int8(), r.int16(), r.int32(), r.int64()]).toEqual([v.int8, v.int16, v.int32, v.int64]);
      expect([r.bigint64(), r.unsignedVarint()]).toEqual([v.big, v.varint]);
      expect(r.array((x) => x.nullableString())).toEqual(v.texts);
      expect(r.compactArray((x) => x.compactNullableString())).toEqual(v.texts);
      expect(r.compactArray((x) => x.int8())).toEqual([]);
      expect(r.uuid()).toBe(v.uuid);
      expect(Uint8Array.from(r.array((x) => x.int8()))).toEqual(v.bytes);
      expect(r.boolean()).toBe(v.flag);
      r.skipTags();
      r.end();
    }),
  );
});

test("numbers as the protocol writes them", () => {
  expect([...new WireWriter().int64(-2).bytes]).toEqual([255, 255, 255, 255, 255, 255, 255, 254]);
  expect([...new WireWriter().unsignedVarint(300).bytes]).toEqual([0xac, 0x02]);
  expect([...new WireWriter().string("é").bytes]).toEqual([0, 2, 0xc3, 0xa9]);
  expect([...new WireWriter().string(null).bytes]).toEqual([255, 255]);
  expect([...new WireWriter().compactString("a").bytes]).toEqual([2, 97]);
  expect([...new WireWriter().compactString(null).bytes]).toEqual([0]);
});

test("compact bytes are a part of the answer, and null is empty", () => {
  const bytes = new Uint8Array([3, 7, 8, 0]);
  const reader = new WireReader(bytes, "");
  const part = reader.compactBytes();
  expect(part).toEqual(new Uint8Array([7, 8]));
  expect(part.buffer).toBe(bytes.buffer);
  expect(reader.compactBytes()).toHaveLength(0);
});

test("lengths and counts beyond the end are refused before anything is made", () => {
  const hostile: readonly [WireReader, (reader: WireReader) => unknown][] = [
    [read(127, 255, 255, 255), (r) => r.array((x) => x.int8())],
    [read(255, 255, 255, 255, 15), (r) => r.compactArray((x) => x.int8())],
    [read(255, 255, 255, 255, 15), (r) => r.compactBytes()],
    [read(127, 255, 97), (r) => r.string()],
    [read(255, 255, 255, 255, 15, 0), (r) => r.skipTags()],
    [read(1, 0, 255, 255, 255, 255, 15), (r) => r.skipTags()],
    [read(1, 2), (r) => r.int32()],
  ];
  for (const [reader, ask] of hostile) expect(() => ask(reader)).toThrow(/KAFKA_RESPONSE: The Test answer is not/);
});

test("a varint of more than 32 bits, a number beyond 2^53, missing text, bad UTF-8 and a rest are refused", () => {
  expect(() => read(255, 255, 255, 255, 255, 1).unsignedVarint()).toThrow("more than 32 bits at byte 0");
  expect(() => read(255, 255, 255, 255, 127).unsignedVarint()).toThrow("more than 32 bits");
  expect(() => read(127, 255, 255, 255, 255, 255, 255, 255).int64()).toThrow("a number beyond 2^53 at byte 0");
  expect(() => read(255, 255).string()).toThrow("no text");
  expect(() => read(0).compactString()).toThrow("no text");
  expect(() => read(0, 1, 0xc3).string()).toThrow("text that is not UTF-8 at byte 2");
  expect(() => read(1, 2, 3).end()).toThrow("3 bytes too many");
});
