import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32, crc32Hex } from "../../src/common/crc32.js";
import { nodeCrc32 } from "../../src/common/node-crc32.js";

describe("crc32", () => {
  test("is zlib's, whatever the length and the place in the buffer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (bytes, from) => {
        const part = bytes.subarray(from);
        expect(crc32(part)).toBe(zlibCrc32(part));
      }),
      { numRuns: 1000 },
    );
  });

  test("goes on after the bytes in front, here and on Node", () => {
    const bytes = Uint8Array.from({ length: 50 }, (_, i) => i * 7);
    for (const cut of [0, 1, 13, 50]) {
      const [front, back] = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect(crc32(back, crc32(front))).toBe(zlibCrc32(bytes));
      expect(nodeCrc32(back, nodeCrc32(front))).toBe(zlibCrc32(bytes));
    }
  });

  test("has the check value of the algorithm, and eight digits in text", () => {
    expect(crc32Hex(new TextEncoder().encode("123456789"))).toBe("cbf43926");
    expect(crc32Hex(new Uint8Array(0))).toBe("00000000");
  });
});
