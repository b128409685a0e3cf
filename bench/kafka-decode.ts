// Decoding of record batches alone, beside kafkajs's decoder on the same bytes. No broker. It measures inside the library, so it is bundled first:
//   npx esbuild bench/kafka-decode.ts --bundle --platform=node --format=esm --external:kafkajs --outfile=node_modules/.cache/kafka-decode.mjs && node node_modules/.cache/kafka-decode.mjs
import { createRequire } from "node:module";
import type { BytesColumn } from "../src/columnar/column.js";
import { kafkaSchema } from "../src/formats/kafka/kafka-schema.js";
import { RecordDecoder } from "../src/formats/kafka/record-decoder.js";
import { encodeRecordBatches } from "../src/formats/kafka/record-encoder.js";
import { fieldIndex } from "../src/types/schema.js";
import { binary, schema } from "../src/types/type-constructors.js";

export const ROWS = 1_000_000;
export const VALUE_BYTES = 120;
const KEY_BYTES = 8;
const BATCH_BYTES = 512 * 1024;
const FETCH_BYTES = 8 * 1024 * 1024;
/** The first round is warm-up (compilation) and not counted. */
const ROUNDS = 10;

const require = createRequire(`${process.cwd()}/package.json`);
const decodeBatch = require("kafkajs/src/protocol/recordBatch/v0/decoder");
const Decoder = require("kafkajs/src/protocol/decoder");

const ALL = ["key", "value", "topic", "partition", "offset", "timestamp", "timestampType"];

let copies: Uint8Array[] = [];
const contestants: Record<string, () => Promise<number>> = {
  "all columns": () => decodeColumns(ALL),
  "no checksums": () => decodeColumns(ALL, false),
  "value, timestamp": () => decodeColumns(["value", "timestamp"]),
  kafkajs: decodeByKafkajs,
};

/** Nanoseconds per record of each contestant, round by round. */
export async function decodeTimes(): Promise<Record<string, number[]>> {
  const spans = fetchedSpans();
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, decode] of Object.entries(contestants)) {
      copies = spans.map((bytes) => bytes.slice());
      const nanos = await timed(decode);
      if (round > 0) times[name].push(nanos);
    }
  }
  return times;
}

async function timed(decode: () => Promise<number>): Promise<number> {
  const begun = process.hrtime.bigint();
  const rows = await decode();
  const nanos = Number(process.hrtime.bigint() - begun);
  if (rows !== ROWS) throw new Error(`${rows} rows`);
  return nanos / ROWS;
}

async function decodeColumns(names: readonly string[], checkCrcs = true): Promise<number> {
  const all = kafkaSchema(false);
  const fields = names.map((name) => all.fields[fieldIndex(all, name)]);
  const parts = { codecs: {}, maxBatchBytes: 2 ** 28, damaged: "fail", checkCrcs } as const;
  const decoder = new RecordDecoder({ schema: schema(fields), ...parts });
  let rows = 0;
  for (const bytes of copies) {
    const span = { topic: "t", partition: 0, bytes, aborted: [], from: 0, to: Number.MAX_SAFE_INTEGER };
    for (const chunk of decoder.decode(span).chunks) rows += chunk.length;
  }
  return rows;
}

async function decodeByKafkajs(): Promise<number> {
  let rows = 0;
  for (const bytes of copies) {
    const decoder = new Decoder(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    while (decoder.canReadInt64()) rows += (await decodeBatch(decoder)).records.length;
  }
  return rows;
}

function fetchedSpans(): Uint8Array[] {
  const batches = encodeRecordBatches(
    {
      key: textColumn(KEY_BYTES),
      value: textColumn(VALUE_BYTES),
      headers: null,
      timestamps: null,
      rows: Int32Array.from({ length: ROWS }, (_, i) => i),
    },
    {
      maxBatchBytes: BATCH_BYTES,
      compression: "none",
      compressors: {},
      nowMs: 1.7e12,
      stamp: () => ({ producerId: -1n, epoch: -1, sequence: -1, isTransactional: false }),
    },
  );
  const spans: Uint8Array[] = [];
  let offset = 0;
  for (let from = 0; from < batches.length; from += FETCH_BYTES / BATCH_BYTES) {
    const some = batches.slice(from, from + FETCH_BYTES / BATCH_BYTES);
    for (const batch of some) {
      const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
      view.setBigInt64(0, BigInt(offset));
      offset += view.getInt32(57);
    }
    spans.push(new Uint8Array(Buffer.concat(some)));
  }
  return spans;
}

function textColumn(width: number): BytesColumn {
  const bytes = new Uint8Array(ROWS * width);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 97 + (i % 26);
  const offsets = Int32Array.from({ length: ROWS + 1 }, (_, row) => row * width);
  return { layout: "bytes", type: binary(), length: ROWS, nullCount: 0, validity: null, offsets, bytes };
}
