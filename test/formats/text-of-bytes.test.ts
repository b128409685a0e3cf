import fc from "fast-check";
import { expect, test } from "vitest";
import type { BytesColumn } from "../../src/columnar/column.js";
import { textOfBytes } from "../../src/formats/text-of-bytes.js";
import { binary, utf8 } from "../../src/types/type-constructors.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function columnOf(rows: readonly Uint8Array[], gap: number): BytesColumn {
  const offsets = new Int32Array(rows.length + 1).fill(gap);
  const bytes = new Uint8Array(gap + rows.reduce((sum, row) => sum + row.length, 0));
  rows.forEach((row, i) => {
    bytes.set(row, offsets[i]);
    offsets[i + 1] = offsets[i] + row.length;
  });
  return { layout: "bytes", type: binary(), length: rows.length, nullCount: 0, validity: null, offsets, bytes };
}

function textsOf({ bytes, offsets, length }: BytesColumn): string[] {
  const fatal = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
  return Array.from({ length }, (_, row) => fatal.decode(bytes.subarray(offsets[row], offsets[row + 1])));
}

const texts = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => new TextEncoder().encode(text));
const anyBytes = fc.uint8Array({ maxLength: 12 });
const ascii = fc.string({ maxLength: 40 }).map((text) => new TextEncoder().encode(text));

test.each([
  ["ASCII", ascii],
  ["text", texts],
  ["bytes", fc.oneof(texts, anyBytes)],
])("rows of %s are decoded one by one", (_, row) => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), fc.nat(9), (rows, gap) => {
      const text = textOfBytes(columnOf(rows, gap), utf8());
      expect(text.type).toEqual(utf8());
      expect(textsOf(text)).toEqual(rows.map((bytes) => decoder.decode(bytes)));
    }),
  );
});

test("a character that two rows share is none in either", () => {
  const [high, low] = [Uint8Array.of(0x41, 0xc3), Uint8Array.of(0xa9, 0x42)];
  expect(textsOf(textOfBytes(columnOf([high, low], 0), utf8()))).toEqual(["A\ufffd", "\ufffdB"]);
});

test("what is UTF-8 is not copied", () => {
  const column = columnOf([new TextEncoder().encode("déjà vu")], 3);
  expect(textOfBytes(column, utf8()).bytes).toBe(column.bytes);
});
