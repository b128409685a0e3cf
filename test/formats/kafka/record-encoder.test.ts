import { describe, expect, it } from "vitest";
import type { BytesColumn, Int64Column, ListColumn } from "../../../src/columnar/column.js";
import { columnFromValues } from "../../../src/columnar/column-from-values.js";
import { constantColumn } from "../../../src/columnar/constant-column.js";
import { nodeCompression } from "../../../src/common/node-compression.js";
import { CODEC_NAMES, type CodecName } from "../../../src/formats/kafka/codec-registry.js";
import { kafkaSchema } from "../../../src/formats/kafka/kafka-schema.js";
import { loadCompressors } from "../../../src/formats/kafka/load-codecs.js";
import { type EncodeOptions, encodeRecordBatches, type RecordRows } from "../../../src/formats/kafka/record-encoder.js";
import type { DataType } from "../../../src/types/data-type.js";
import { utf8 } from "../../../src/types/type-constructors.js";
import { recordText, type StoredRecord } from "../../fakes/kafka/fake-record.js";
import { kafkajsBatch, kafkajsCrc32c } from "../../fakes/kafka/kafkajs-protocol.js";
import { Random } from "../../laws/cases/random.js";
import { decode, joined, recordsOf } from "./decoded.js";

const NOW = 1_700_000_000_123;
const PLAIN = { producerId: -1n, epoch: -1, sequence: -1, isTransactional: false };
const compressors = {
  ...(await loadCompressors(nodeCompression)),
  // Stands in where the runtime has none: a frame of one raw block.
  zstd: (bytes: Uint8Array) => joined(rawZstdHeader(bytes.length), bytes),
};
const DEFAULTS: EncodeOptions = {
  maxBatchBytes: 1 << 20,
  compression: "none",
  compressors,
  nowMs: NOW,
  stamp: () => PLAIN,
};

function rawZstdHeader(length: number): Uint8Array {
  const header = new Uint8Array(12);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  header[4] = 0xa0;
  view.setUint32(5, length, true);
  view.setUint32(8, header[8] | ((1 | (length << 3)) << 8), true);
  return header;
}

type Row = Omit<StoredRecord, "offset" | "timestamp"> & { readonly timestamp: Date | bigint | null };

function typeOf(name: string): DataType {
  return kafkaSchema(true).fields.find((field) => field.name === name)!.type;
}

function columnsOf(rows: readonly Row[]): RecordRows {
  const column = (name: string, values: readonly unknown[]) =>
    columnFromValues(values, { type: typeOf(name), nullable: true }, { column: name, rows: null });
  const headers = rows.map((row) =>
    row.headers.length === 0 ? null : row.headers.map(([key, value]) => ({ key, value })),
  );
  return {
    key: column(
      "key",
      rows.map((row) => row.key),
    ) as BytesColumn,
    value: column(
      "value",
      rows.map((row) => row.value),
    ) as BytesColumn,
    headers: column("headers", headers) as ListColumn,
    timestamps: column(
      "timestamp",
      rows.map((row) => row.timestamp),
    ) as Int64Column,
    rows: Int32Array.from(rows.keys()),
  };
}

function randomRow(random: Random): Row {
  const bytes = (most: number) => Uint8Array.from({ length: random.int(0, most) }, () => random.int(0, 3));
  return {
    key: random.chance(0.3) ? null : bytes(50),
    value: random.chance(0.2) ? null : bytes(random.pick([10, 200, 2000])),
    headers: Array.from({ length: random.chance(0.6) ? 0 : random.int(1, 3) }, (_, i) => [
      `h${i}`,
      random.chance(0.3) ? null : bytes(9),
    ]),
    timestamp: random.pick([null, new Date(NOW), new Date(random.int(-1e12, 2e12)), BigInt(random.int(-1e9, 1e9))]),
  };
}

/** Batches as a log has them: offsets one after the other. */
function logged(batches: readonly Uint8Array[]): Uint8Array {
  let offset = 0;
  for (const batch of batches) {
    const view = new DataView(batch.buffer, batch.byteOffset);
    view.setBigInt64(0, BigInt(offset));
    offset += view.getInt32(57);
  }
  return joined(...batches);
}

function expectedOf(rows: readonly Row[]): StoredRecord[] {
  return rows.map(({ timestamp, ...row }, offset) => ({ ...row, offset, timestamp: millisOf(timestamp) }));
}

function millisOf(timestamp: Date | bigint | null): number {
  if (timestamp === null) return NOW;
  return typeof timestamp === "bigint" ? Math.floor(Number(timestamp) / 1000) : timestamp.getTime();
}

describe.each(CODEC_NAMES)("with compression %s", (compression) => {
  it("writes what is read again: nulls, headers, timestamps rounded down, the time of writing in place of none", () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = new Random(seed);
      const rows = Array.from({ length: random.int(1, 400) }, () => randomRow(random));
      const batches = encodeRecordBatches(columnsOf(rows), {
        ...DEFAULTS,
        compression,
        maxBatchBytes: random.pick([300, 5000, 1 << 20]),
      });
      expect(recordsOf(decode(logged(batches))).map(recordText)).toEqual(expectedOf(rows).map(recordText));
    }
  });
});

it("is read by kafkajs", async () => {
  const random = new Random(77);
  const rows = Array.from({ length: 200 }, () => ({
    ...randomRow(random),
    headers: [["a", Uint8Array.of(1)]] as const,
  }));
  const batches = encodeRecordBatches(columnsOf(rows), {
    ...DEFAULTS,
    stamp: () => ({ producerId: 2n ** 40n, epoch: 3, sequence: 2 ** 31 - 1, isTransactional: true }),
  });
  expect(batches).toHaveLength(1);
  const read = await kafkajsBatch(batches[0]);
  expect(read).toMatchObject({
    ...{ firstOffset: "0", lastOffsetDelta: 199, producerId: String(2 ** 40), producerEpoch: 3 },
    ...{ firstSequence: 2 ** 31 - 1, inTransaction: true, isControlBatch: false },
  });
  const asStored = read.records.map(({ offset, timestamp, key, value, headers }) => ({
    ...{ offset: Number(offset), timestamp: Number(timestamp), key, value },
    headers: Object.entries(headers),
  }));
  expect(asStored.map(recordText)).toEqual(expectedOf(rows).map(recordText));
  expect(new DataView(batches[0].buffer, batches[0].byteOffset).getUint32(17)).toBe(
    kafkajsCrc32c(batches[0].subarray(21)),
  );
});

it("cuts batches before they grow too large, asks for each one's stamp in order, and gives a large record its own", () => {
  const sizes = [100, 100, 100, 5000, 100, 100];
  const rows = sizes.map((length) => ({ key: null, value: new Uint8Array(length), headers: [], timestamp: null }));
  const asked: number[] = [];
  const stamp = (records: number) => {
    asked.push(records);
    return {
      producerId: 9n,
      epoch: 0,
      sequence: asked.slice(0, -1).reduce((sum, n) => sum + n, 0),
      isTransactional: false,
    };
  };
  const batches = encodeRecordBatches(columnsOf(rows), { ...DEFAULTS, maxBatchBytes: 400, stamp });
  expect(asked).toEqual([3, 1, 2]);
  expect(batches.map((batch) => new DataView(batch.buffer, batch.byteOffset).getInt32(53))).toEqual([0, 3, 4]);
  expect(batches[0].length).toBeLessThanOrEqual(400);
  expect(batches[1].length).toBeGreaterThan(5000);
});

it("never makes a batch larger than allowed where its records fit", () => {
  const random = new Random(4);
  const rows = Array.from({ length: 500 }, () => ({ ...randomRow(random), value: new Uint8Array(random.int(0, 150)) }));
  for (const maxBatchBytes of [300, 301, 302, 303, 1000]) {
    const batches = encodeRecordBatches(columnsOf(rows), { ...DEFAULTS, maxBatchBytes });
    for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(maxBatchBytes);
  }
});

it("writes the rows that are asked for, in their order, and columns that are not there as NULL", () => {
  const rows = [1, 2, 3].map((byte) => ({ key: Uint8Array.of(byte), value: null, headers: [], timestamp: null }));
  const columns = { ...columnsOf(rows), value: null, headers: null, timestamps: null, rows: Int32Array.of(2, 0) };
  const read = recordsOf(decode(logged(encodeRecordBatches(columns, DEFAULTS))));
  expect(read.map(({ key, value, timestamp }) => [key?.[0], value, timestamp])).toEqual([
    [3, null, NOW],
    [1, null, NOW],
  ]);
  expect(encodeRecordBatches({ ...columns, rows: new Int32Array(0) }, DEFAULTS)).toEqual([]);
});

it("takes keys of headers by dictionary", () => {
  const rows = [0, 1].map(() => ({ key: null, value: null, headers: [["k", null]] as const, timestamp: null }));
  const columns = columnsOf(rows);
  const headers = columns.headers!;
  const elements = headers.elements.layout === "struct" ? headers.elements : null;
  const keys = constantColumn(utf8(), "trace", 2);
  const dictionary = { ...headers, elements: { ...elements!, children: [keys, elements!.children[1]] } };
  const read = recordsOf(decode(logged(encodeRecordBatches({ ...columns, headers: dictionary }, DEFAULTS))));
  expect(read.map((record) => record.headers)).toEqual([[["trace", null]], [["trace", null]]]);
});

it("refuses a header without a key, and a codec that is not there", () => {
  const rows = [{ key: null, value: null, headers: [["a", null]] as const, timestamp: null }];
  const columns = columnsOf(rows);
  const elements = columns.headers!.elements as Extract<ListColumn["elements"], { layout: "struct" }>;
  const noKeys = { ...elements.children[0], nullCount: 1, validity: new Uint8Array(1) };
  const headers = { ...columns.headers!, elements: { ...elements, children: [noKeys, elements.children[1]] } };
  expect(() => encodeRecordBatches({ ...columns, headers }, DEFAULTS)).toThrow(/^KAFKA_HEADER_NULL: .* row 0 /);
  const nullStruct = { ...elements, nullCount: 1, validity: new Uint8Array(1) };
  const hidden = { ...columns.headers!, elements: nullStruct };
  expect(() => encodeRecordBatches({ ...columns, headers: hidden }, DEFAULTS)).toThrow(/^KAFKA_HEADER_NULL: .* row 0 /);
  const compression: CodecName = "zstd";
  expect(() => encodeRecordBatches(columns, { ...DEFAULTS, compression, compressors: {} })).toThrow(
    /^CODEC_MISSING: Writing with compression 'zstd' needs the codec zstd/,
  );
});
