import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32, crc32Hex } from "../../src/common/crc32.js";

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

  test("has the check value of the algorithm, and eight digits in text", () => {
    expect(crc32Hex(new TextEncoder().encode("123456789"))).toBe("cbf43926");
    expect(crc32Hex(new Uint8Array(0))).toBe("00000000");
  });
});
