import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { OutputLimit } from "../../src/common/compression.js";
import { nodeCompression, zstandardOf } from "../../src/common/node-compression.js";

const TEXT = new TextEncoder().encode("text, and more text ".repeat(100));

it("reads what it has written with gzip, as plain bytes", () => {
  const compressed = nodeCompression.gzip(TEXT);
  expect(compressed.constructor).toBe(Uint8Array);
  const read = nodeCompression.gunzip(compressed, TEXT.length);
  expect(read.constructor).toBe(Uint8Array);
  expect(read).toEqual(TEXT);
});

it("makes no more bytes than it may, and says what is no gzip", () => {
  expect(() => nodeCompression.gunzip(gzipSync(TEXT), TEXT.length - 1)).toThrow(OutputLimit);
  expect(() => nodeCompression.gunzip(TEXT, 1e6)).toThrow("incorrect header check");
});

it("has zstd where zlib has, with the same limit", () => {
  expect(zstandardOf({})).toBeNull();
  const zstd = zstandardOf({
    zstdCompressSync: (bytes) => Buffer.from(bytes),
    zstdDecompressSync: (bytes, { maxOutputLength }) => {
      if (bytes.length > maxOutputLength)
        throw Object.assign(new RangeError("too large"), { code: "ERR_BUFFER_TOO_LARGE" });
      return Buffer.from(bytes);
    },
  })!;
  expect(zstd.compress(TEXT)).toEqual(TEXT);
  expect(zstd.decompress(TEXT, TEXT.length).constructor).toBe(Uint8Array);
  expect(() => zstd.decompress(TEXT, 10)).toThrow(OutputLimit);
});
