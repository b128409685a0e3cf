import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { decompress as fzstd } from "fzstd";
import { describe, expect, it } from "vitest";
import { OutputLimit } from "../../../src/common/compression.js";
import { nodeCompression } from "../../../src/common/node-compression.js";
import { lz4Decompress } from "../../../src/formats/codecs/lz4-frame.js";
import { snappyDecompress } from "../../../src/formats/codecs/snappy.js";
import type { CodecName } from "../../../src/formats/kafka/codec-registry.js";
import { loadCodecs, loadCompressors } from "../../../src/formats/kafka/load-codecs.js";
import { FAKE_CODECS } from "../../fakes/kafka/fake-codecs.js";
import { Random } from "../../laws/cases/random.js";
import { joined } from "./decoded.js";

/** Other implementations of the codecs. */
const require = createRequire(import.meta.url);
const snappyjs = require("snappyjs") as {
  compress(bytes: Uint8Array): Uint8Array;
  uncompress(bytes: Uint8Array): Uint8Array;
};
const lz4js = require("lz4js") as {
  compress(bytes: Uint8Array): Uint8Array;
  decompress(bytes: Uint8Array): Uint8Array;
};

const PLENTY = 2 ** 27;
/** Without the runtime's own zstd, which not every one has. */
const codecs = await loadCodecs({ ...nodeCompression, zstd: null });
const compressors = await loadCompressors(nodeCompression);
const NAMES = ["gzip", "snappy", "lz4", "zstd"] as const;

/** Bytes of every kind: none, few, more than a block, nothing repeated, everything repeated, some. */
function samples(): Uint8Array[] {
  const random = new Random(11);
  const noise = Uint8Array.from({ length: 150_000 }, () => random.int(0, 255));
  const text = new TextEncoder().encode(
    Array.from({ length: 4000 }, (_, i) => `{"id":${i},"city":"${random.pick(["Paris", "Rome", "Oslo"])}"}\n`).join(""),
  );
  const short = Array.from({ length: 40 }, (_, length) => text.subarray(0, length));
  const runs = Uint8Array.from({ length: 70_000 }, (_, i) => Math.floor(i / 997));
  return [...short, noise, text, new Uint8Array(200_000), runs, joined(noise, text, noise.subarray(0, 65_536))];
}

describe.each(["gzip", "snappy", "lz4"] as const)("%s", (name) => {
  it("reads what it has written", () => {
    for (const bytes of samples()) {
      const compressed = compressors[name]!(bytes);
      expect(Buffer.compare(codecs[name]!(compressed, PLENTY), bytes)).toBe(0);
    }
  });

  it("writes what another implementation reads", () => {
    for (const bytes of samples()) {
      expect(Buffer.compare(FAKE_CODECS[name].decompress(compressors[name]!(bytes)), bytes)).toBe(0);
    }
  });

  it("makes text smaller", () => {
    const text = new TextEncoder().encode("a line like any other, again and again\n".repeat(5000));
    expect(compressors[name]!(text).length).toBeLessThan(text.length / 10);
  });
});

it("snappy and lz4 read what other packages write", () => {
  for (const bytes of samples()) {
    expect(Buffer.compare(snappyDecompress(snappyjs.compress(bytes), PLENTY), bytes)).toBe(0);
    if (bytes.length === 0) continue;
    expect(Buffer.compare(lz4Decompress(lz4js.compress(bytes), PLENTY), bytes)).toBe(0);
    expect(Buffer.compare(lz4js.decompress(compressors.lz4!(bytes)), bytes)).toBe(0);
  }
});

it("lz4 reads several frames, frames to skip, and all that a frame may carry", () => {
  const words = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);
  const literals = Uint8Array.of(0x30, 1, 2, 3);
  // A block of its own first; the second repeats bytes of the first.
  const again = Uint8Array.of(0x10, 9, 3, 0, 0x10, 5);
  const header = (flags: number, ...rest: number[]) => Uint8Array.of(0x04, 0x22, 0x4d, 0x18, flags, 0x40, ...rest);
  const linked = joined(header(0x40, 0), words(4), literals, words(6), again, words(0));
  expect([...lz4Decompress(linked, PLENTY)]).toEqual([1, 2, 3, 9, 2, 3, 9, 2, 5]);
  const checked = joined(
    ...[header(0x5c, 3, 0, 0, 0, 0, 0, 0, 0, 0), words(4), literals, words(0xdead), words(0, 0xbeef)],
  );
  const skipped = joined(words(0x184d2a53, 2), Uint8Array.of(7, 7));
  expect([...lz4Decompress(joined(skipped, checked, skipped, checked), PLENTY)]).toEqual([1, 2, 3, 1, 2, 3]);
});

describe.each(NAMES)("what %s refuses", (name) => {
  const bytes = new TextEncoder().encode("some text, some text, and more of it\n".repeat(3000));
  const compressed = name === "zstd" ? FAKE_CODECS.zstd.compress(bytes) : compressors[name]!(bytes);

  it("more bytes than it may make", () => {
    expect(() => codecs[name]!(compressed, bytes.length - 1)).toThrow(OutputLimit);
    expect(codecs[name]!(compressed, bytes.length)).toHaveLength(bytes.length);
  });

  it("bytes that are cut off anywhere", () => {
    for (let length = 0; length < compressed.length; length += 1 + Math.floor(compressed.length / 300)) {
      const read = attempt(name, compressed.subarray(0, length));
      // A frame boundary is the one place where nothing is missing to be seen.
      if (read !== null) expect(read.length).toBeLessThan(bytes.length);
    }
  });

  it("whatever bytes there are, at once, or makes some within its bounds", () => {
    const random = new Random(2);
    for (let round = 0; round < 400; round++) {
      const damaged = compressed.slice(0, random.int(20, 2000));
      for (let i = random.int(1, 4); i > 0; i--) damaged[random.int(0, damaged.length - 1)] = random.int(0, 255);
      const read = attempt(name, damaged, 1 << 20);
      if (read !== null) expect(read.length).toBeLessThanOrEqual(1 << 20);
    }
  });
});

function attempt(name: CodecName, compressed: Uint8Array, most = PLENTY): Uint8Array | null {
  try {
    return codecs[name]!(compressed, most);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return null;
  }
}

it("snappy refuses lengths that other decoders run in circles with", () => {
  const backwards = Uint8Array.of(20, 63 << 2, 0xfa, 0xff, 0xff, 0xff, 1, 2, 3);
  expect(() => snappyDecompress(backwards, PLENTY)).toThrow("a snappy block holds more than it says");
});

describe("zstd, as its own tool has written it at several levels", () => {
  const folder = new URL("./zstd/", import.meta.url);

  it.each(readdirSync(folder))("%s", (name) => {
    const compressed = new Uint8Array(readFileSync(new URL(name, folder)));
    const expected = fzstd(compressed);
    expect(expected.length).toBeGreaterThan(100);
    expect(Buffer.compare(codecs.zstd!(compressed, PLENTY), expected)).toBe(0);
    expect(Buffer.compare(codecs.zstd!(joined(compressed, compressed), PLENTY), joined(expected, expected))).toBe(0);
    expect(() => codecs.zstd!(compressed, expected.length - 1)).toThrow(OutputLimit);
    const random = new Random(6);
    for (let round = 0; round < 300; round++) {
      const damaged = compressed.slice(0, random.int(10, compressed.length));
      for (let i = random.int(1, 4); i > 0; i--) damaged[random.int(4, damaged.length - 1)] = random.int(0, 255);
      const read = attempt("zstd", damaged, 1 << 20);
      if (read !== null) expect(read.length).toBeLessThanOrEqual(1 << 20);
    }
  });

  it("refuses sequences that make more than a block holds, at once: other decoders go through all of them", () => {
    // Three tables of one symbol each: 98,000 copies of 65,539 bytes, in twelve bytes.
    const block = [0, 255, 255, 255, 0x54, 0, 0, 52, 255, 255, 255, 1];
    const bomb = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, 5 | (block.length << 3), 0, 0, ...block);
    expect(() => codecs.zstd!(bomb, PLENTY)).toThrow("a Zstandard block is too large");
  });
});

it("reads all codecs, and writes zstd where the runtime does", async () => {
  expect(Object.keys(codecs).sort()).toEqual(["gzip", "lz4", "snappy", "zstd"]);
  expect(Object.keys(await loadCompressors({ ...nodeCompression, zstd: null })).sort()).toEqual([
    "gzip",
    "lz4",
    "snappy",
  ]);
  const zstd = { compress: (bytes: Uint8Array) => bytes, decompress: (bytes: Uint8Array) => bytes };
  expect((await loadCodecs({ ...nodeCompression, zstd })).zstd).toBe(zstd.decompress);
  expect((await loadCompressors({ ...nodeCompression, zstd })).zstd).toBe(zstd.compress);
});
