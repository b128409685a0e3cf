import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { MillraceError } from "../../../src/common/millrace-error.js";
import { encodeFakeBatch, type FakeBatch, markerRecord } from "../../fakes/kafka/fake-batch-writer.js";
import { recordText, type StoredRecord } from "../../fakes/kafka/fake-record.js";
import { Random } from "../../laws/cases/random.js";
import { CODECS, decode, joined, recordsOf, withChecksum } from "./decoded.js";

const CODEC_NAMES = [undefined, "gzip", "snappy", "lz4", "zstd"] as const;
const PLACE = { topic: "orders", partition: 3 };

function records(base: number, count: number): StoredRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ offset: base + i, timestamp: 1.7e12 + i * 100 },
    ...{ key: Uint8Array.of(i), value: new TextEncoder().encode(`value ${base + i}`.repeat(1 + (i % 9))) },
    headers: [["h", Uint8Array.of(1, 2)]],
  }));
}

function batch(base: number, given: Partial<FakeBatch> = {}): Uint8Array {
  return encodeFakeBatch({ base, records: records(base, 10), ...given });
}

const texts = (decoded: Parameters<typeof recordsOf>[0]) => recordsOf(decoded).map(recordText);

/** The error, or the rows. */
function outcome(bytes: Uint8Array, maxBatchBytes = 2 ** 22): MillraceError | readonly string[] {
  try {
    return texts(decode(bytes, PLACE, { maxBatchBytes }));
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    expect(error.code).toMatch(/^KAFKA_(RECORD_DAMAGED|BATCH_TOO_LARGE)$/);
    expect(error.place).toMatch(/^topic orders, partition 3, offset \d+$/);
    return error;
  }
}

describe.each(CODEC_NAMES)("of codec %s", (codec) => {
  const bytes = joined(batch(0, { codec }), batch(10, { codec }), batch(20, { codec }));
  const whole = texts(decode(bytes, PLACE));

  it("any bit that is not as written is an error with its place, or makes no difference", () => {
    const starts = [0, batch(0, { codec }).length, joined(batch(0, { codec }), batch(10, { codec })).length];
    for (let at = 0; at < bytes.length; at++) {
      const within = at - starts.filter((start) => start <= at).at(-1)!;
      // Offsets are outside of the checksum: the broker writes them.
      if (within < 8) continue;
      const damaged = bytes.slice();
      damaged[at] ^= 1 << (at & 7);
      const found = outcome(damaged);
      const isLength = within < 12;
      const isLeaderEpoch = within >= 12 && within < 16;
      if (isLeaderEpoch) expect(found).toEqual(whole);
      // A length beyond the end looks like an answer that is cut off: the next fetch begins with that batch.
      else if (isLength && !(found instanceof MillraceError))
        expect(found).toEqual(whole.slice(0, at < starts[2] ? 10 : 20));
      else expect(found).toBeInstanceOf(MillraceError);
    }
  });

  it("cut off anywhere gives the whole batches before, and an error where there is none", () => {
    const [first, second] = [batch(0, { codec }).length, joined(batch(0, { codec }), batch(10, { codec })).length];
    for (let length = 1; length < bytes.length; length++) {
      const found = outcome(bytes.slice(0, length));
      if (length < first) expect(found).toMatchObject({ code: "KAFKA_RECORD_DAMAGED" });
      else expect(found).toEqual(whole.slice(0, length < second ? 10 : 20));
    }
  });

  it("bytes that mean something else, with a checksum that fits, are an error or rows, at once", () => {
    const random = new Random(8);
    for (let round = 0; round < 1500; round++) {
      const damaged = batch(0, { codec });
      for (let i = random.int(1, 3); i > 0; i--) {
        const at = random.int(21, damaged.length - 1);
        damaged[at] = random.pick([0, 1, 127, 128, 255, random.int(0, 255)]);
      }
      const found = outcome(withChecksum(damaged));
      if (!(found instanceof MillraceError)) expect(found.length).toBeLessThanOrEqual(10);
    }
  });
});

describe("what it says is wrong", () => {
  const change = (how: (view: DataView, bytes: Uint8Array) => void): string => {
    const bytes = batch(70);
    how(new DataView(bytes.buffer, bytes.byteOffset), bytes);
    const found = outcome(withChecksum(bytes));
    return found instanceof MillraceError ? found.message : "nothing";
  };

  it.each<readonly [string, string, (view: DataView, bytes: Uint8Array) => void]>([
    [
      "the old message format",
      "it has the old message format 1, which brokers wrote before Kafka 0.11",
      (view) => view.setInt8(16, 1),
    ],
    ["a format to come", "it has the unknown message format 3", (view) => view.setInt8(16, 3)],
    ["a length of nothing", "its length is said to be -1 bytes", (view) => view.setInt32(8, -1)],
    ["a codec to come", "it names the unknown codec 5", (view) => view.setInt16(21, 5)],
    [
      "a last offset before the first",
      "its last offset is said to be -2 behind its first",
      (view) => view.setInt32(23, -2),
    ],
    ["more records than offsets", "it is said to hold 11 records at 10 offsets", (view) => view.setInt32(57, 11)],
    [
      "more records than bytes",
      "it is said to hold 2147483647 records in ",
      (view) => {
        view.setInt32(23, 2 ** 31 - 1);
        view.setInt32(57, 2 ** 31 - 1);
      },
    ],
    ["less records than bytes", "it goes on behind its last record", (view) => view.setInt32(57, 9)],
    ["a record of nothing", "record 0 in it has an impossible length", (_, bytes) => bytes.fill(0, 61, 62)],
    ["a number without an end", "a number in it has more than 32 bits", (_, bytes) => bytes.fill(0xff, 61, 75)],
    ["the same offset twice", "record 1 in it has an impossible offset", (view) => view.setInt32(23, 100)],
  ])("%s", (name, what, how) => {
    if (name === "the same offset twice") {
      const twice = encodeFakeBatch({ base: 0, records: [records(0, 1), records(0, 1)].flat(), last: 5 });
      expect(String(outcome(twice))).toContain(what);
    } else expect(change(how)).toContain(what);
  });

  it("names topic, partition and offset, and the ways out", () => {
    const bytes = joined(batch(0), batch(10));
    bytes[bytes.length - 1] ^= 1;
    expect(outcome(bytes)).toMatchObject({
      message:
        "KAFKA_RECORD_DAMAGED: A record batch cannot be read: its bytes do not match its checksum (CRC-32C). At topic orders, partition 3, offset 10. " +
        'Start behind it, or leave such batches out with .option("damaged", "skip").',
    });
  });

  it("batches that overlap", () => {
    expect(String(outcome(joined(batch(0), batch(5))))).toContain("it begins before the end of the one before");
  });

  it("a transaction marker without a type", () => {
    const marker = { ...markerRecord(0, { commit: false, timestamp: 0 }), key: new Uint8Array(3) };
    const bytes = encodeFakeBatch({ base: 0, records: [marker], control: true, transactional: true, producerId: 1 });
    expect(String(outcome(bytes))).toContain("it is a control batch without a type");
  });
});

describe("a codec that is not there", () => {
  it("is named with the place, also where damaged batches are left out", () => {
    const { zstd: _, ...others } = CODECS;
    for (const damaged of ["fail", "skip"] as const) {
      expect(() => decode(batch(5, { codec: "zstd" }), PLACE, { codecs: others, damaged })).toThrow(
        "CODEC_MISSING: Reading this record batch needs the codec zstd, which is not there. " +
          "At topic orders, partition 3, offset 5. Hand it in among the codecs.",
      );
    }
  });
});

describe("a batch that grows beyond its bounds", () => {
  const bomb = bombOf(70 * 1024 * 1024);

  function bombOf(bytes: number): Uint8Array {
    const compressed = gzipSync(new Uint8Array(bytes));
    const head = batch(0, { codec: "gzip" }).subarray(0, 61);
    const bytesOf = joined(head, compressed);
    new DataView(bytesOf.buffer).setInt32(8, bytesOf.length - 12);
    return withChecksum(bytesOf);
  }

  it("is refused at maxBatchBytes", () => {
    expect(outcome(bomb, 1 << 20)).toMatchObject({
      code: "KAFKA_BATCH_TOO_LARGE",
      what: expect.stringMatching(
        /its \d+ bytes would be decompressed to more than the 1048576 bytes of maxBatchBytes/,
      ),
    });
  });

  it("is refused where so few bytes make so many, whatever maxBatchBytes is", () => {
    expect(outcome(bomb, 2 ** 31)).toMatchObject({
      code: "KAFKA_BATCH_TOO_LARGE",
      what: expect.stringContaining("more than 67108864 bytes, 64 times as many as it takes"),
    });
  });
});

describe("left out", () => {
  const skip = { damaged: "skip" } as const;
  const broken = (bytes: Uint8Array): Uint8Array => {
    bytes[65] ^= 1;
    return bytes;
  };

  /** All there is, by one fetch after the other, as a broker gives them. */
  function readAll(batches: readonly Uint8Array[]): { offsets: number[]; damaged: number; fetches: number } {
    const offsets: number[] = [];
    let [from, damaged, fetches] = [0, 0, 0];
    const ends = [...batches.slice(1).map((bytes) => Number(new DataView(bytes.buffer).getBigInt64(0))), 1000];
    while (from < 1000 && fetches < 100) {
      const reaching = batches.filter((_, i) => ends[i] > from);
      const decoded = decode(joined(...reaching), { from }, skip);
      offsets.push(...recordsOf(decoded).map(({ offset }) => offset));
      damaged += decoded.damaged;
      fetches++;
      if (decoded.next === from) break;
      from = decoded.next;
    }
    return { offsets, damaged, fetches };
  }

  const without = (from: number, to: number) =>
    Array.from({ length: 30 }, (_, i) => i).filter((i) => i < from || i >= to);

  it("is one batch, which is counted", () => {
    const read = readAll([batch(0), broken(batch(10)), batch(20)]);
    expect(read).toMatchObject({ offsets: without(10, 20), damaged: 1 });
    expect(readAll([broken(batch(0)), batch(10), batch(20)])).toMatchObject({ offsets: without(0, 10), damaged: 1 });
  });

  it("is one batch with all its records, also those before the damage", () => {
    const late = batch(10);
    // The number of the last record's headers.
    late[late.length - 6] = 0x7f;
    expect(readAll([batch(0), withChecksum(late), batch(20)])).toMatchObject({ offsets: without(10, 20), damaged: 1 });
  });

  it("is one batch even where it lies about where it ends: what comes behind is not lost", () => {
    const liar = batch(10);
    new DataView(liar.buffer).setInt32(23, 2 ** 30);
    const read = readAll([batch(0), liar, batch(20)]);
    expect(read).toMatchObject({ offsets: without(10, 20), damaged: 1 });
    expect(read.fetches).toBeGreaterThan(10);
  });

  it("is one that is too large, or of an old format", () => {
    const old = batch(10);
    new DataView(old.buffer).setInt8(16, 1);
    expect(readAll([batch(0), old, batch(20)])).toMatchObject({ offsets: without(10, 20), damaged: 1 });
    const large = batch(0, { codec: "gzip" });
    expect(decode(large, {}, { ...skip, maxBatchBytes: 100 })).toEqual({ chunks: [], next: 10, damaged: 1 });
  });

  it("is the marker of an aborted transaction, and the producer's next transaction counts", () => {
    const transaction = { producerId: 7, epoch: 0, transactional: true };
    const marker = encodeFakeBatch({
      ...{ base: 10, records: [markerRecord(10, { commit: false, timestamp: 0 })], control: true },
      ...transaction,
    });
    const bytes = joined(batch(0, transaction), broken(marker), batch(11, transaction));
    const aborted = [{ producerId: 7n, firstOffset: 0 }];
    const first = decode(bytes, { aborted }, skip);
    expect(first).toEqual({ chunks: [], next: 11, damaged: 1 });
    expect(recordsOf(decode(batch(11, transaction), { from: 11 }, skip))).toHaveLength(10);
  });

  it("is nothing where it cannot be told where the next batch begins", () => {
    const lost = batch(0);
    new DataView(lost.buffer).setInt32(8, 3);
    expect(() => decode(lost, PLACE, skip)).toThrow(/^KAFKA_RECORD_DAMAGED: .* its length is said to be 3 bytes/);
    expect(() => decode(batch(0).subarray(0, 80), PLACE, skip)).toThrow(/^KAFKA_RECORD_DAMAGED: .* it is cut off/);
  });
});

describe("without looking at checksums", () => {
  it("takes the bytes for what they say, and refuses lengths that cannot be all the same", () => {
    const whole = batch(0);
    const changed = whole.slice();
    changed[changed.length - 10] ^= 1;
    expect(outcome(changed)).toBeInstanceOf(MillraceError);
    const unchecked = { checkCrcs: false };
    expect(texts(decode(changed, PLACE, unchecked))).toHaveLength(10);
    expect(texts(decode(whole, PLACE, unchecked))).toEqual(texts(decode(whole, PLACE)));
    const random = new Random(7);
    for (let run = 0; run < 3000; run++) {
      const bytes = whole.slice();
      for (let flips = 1 + random.int(0, 2); flips > 0; flips--) {
        bytes[random.int(0, bytes.length - 1)] ^= 1 << random.int(0, 7);
      }
      try {
        texts(decode(bytes, PLACE, { ...unchecked, maxBatchBytes: 2 ** 22 }));
      } catch (error) {
        expect(error).toBeInstanceOf(MillraceError);
      }
    }
  });
});
