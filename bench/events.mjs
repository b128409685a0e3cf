// The events of the windowed benchmarks: columns ts (timestamp ms), key (utf8), value (float64), qty (int32);
// 100k rows per second of event time, 90 % of the rows within 200 ms of order, 10 % up to 10 s late; keys
// zipf(1.05), as `user_N`. Seeded: every run sees the same rows.
import {
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMillisecond,
  tableFromIPC,
  tableToIPC,
  Utf8,
} from "apache-arrow";

const ROWS_PER_MS = 100;
const START_MS = 1_700_000_000_000;

/** @param {number} seed @returns {() => number} uniform in [0, 1) */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Cumulative zipf(1.05) weights of `keys` keys. */
function zipf(keys) {
  const cumulative = new Float64Array(keys);
  let sum = 0;
  for (let i = 0; i < keys; i++) {
    sum += 1 / (i + 1) ** 1.05;
    cumulative[i] = sum;
  }
  return cumulative;
}

function draw(cumulative, uniform) {
  const target = uniform * cumulative[cumulative.length - 1];
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulative[middle] < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {{ batches: number, rows: number, keys: number, seed?: number }} shape
 * @returns {Array<{ ts: BigInt64Array, offsets: Int32Array, bytes: Uint8Array, value: Float64Array, qty: Int32Array, key: Int32Array, rows: number }>}
 */
export function eventBatches({ batches, rows, keys, seed = 1 }) {
  const random = randomOf(seed);
  const cumulative = zipf(keys);
  const names = Array.from({ length: keys }, (_, i) => new TextEncoder().encode(`user_${i}`));
  let position = 0;
  return Array.from({ length: batches }, () => {
    const batch = emptyBatch(rows);
    let end = 0;
    for (let i = 0; i < rows; i++, position++) {
      const behind = random() < 0.9 ? random() * 200 : random() * 10_000;
      batch.ts[i] = BigInt(Math.floor(START_MS + position / ROWS_PER_MS - behind));
      const key = draw(cumulative, random());
      batch.key[i] = key;
      batch.bytes.set(names[key], end);
      end += names[key].length;
      batch.offsets[i + 1] = end;
      batch.value[i] = Math.floor(random() * 1000) / 8;
      batch.qty[i] = Math.floor(random() * 10);
    }
    return { ...batch, bytes: batch.bytes.slice(0, end) };
  });
}

function emptyBatch(rows) {
  return {
    rows,
    ts: new BigInt64Array(rows),
    key: new Int32Array(rows),
    offsets: new Int32Array(rows + 1),
    bytes: new Uint8Array(rows * 16),
    value: new Float64Array(rows),
    qty: new Int32Array(rows),
  };
}

const FIELDS = [
  new Field("ts", new TimestampMillisecond("UTC"), false),
  new Field("key", new Utf8(), false),
  new Field("value", new Float64(), false),
  new Field("qty", new Int32(), false),
];

/** One batch as an Arrow record batch over the same arrays. */
export function recordBatchOf(batch) {
  const { rows } = batch;
  const children = [
    makeData({ type: new TimestampMillisecond("UTC"), length: rows, data: batch.ts }),
    makeData({ type: new Utf8(), length: rows, valueOffsets: batch.offsets, data: batch.bytes }),
    makeData({ type: new Float64(), length: rows, data: batch.value }),
    makeData({ type: new Int32(), length: rows, data: batch.qty }),
  ];
  return new RecordBatch(new Schema(FIELDS), makeData({ type: new Struct(FIELDS), length: rows, children }));
}

/** One batch as the bytes of an Arrow IPC stream. */
export function ipcOf(batch) {
  return tableToIPC(new Table([recordBatchOf(batch)]), "stream");
}

/** The arrays in the bytes of an Arrow IPC stream, through Arrow's own reader: where every contestant but plain objects begins. */
export function decode(ipc) {
  const [ts, key, value] = tableFromIPC(ipc).batches[0].data.children;
  return { rows: ts.length, ts: ts.values, offsets: key.valueOffsets, bytes: key.values, value: value.values };
}
