// W1 as most Node programs do it today: an object per row, a Map keyed by a composed string.
const WINDOW_MS = 10_000;
const DELAY_MS = 10_000;

/** Row objects of a batch; made outside the clock: this contestant gets them for free. */
export function rowsOf(batch) {
  const decoder = new TextDecoder();
  return Array.from({ length: batch.rows }, (_, i) => ({
    ts: Number(batch.ts[i]),
    key: decoder.decode(batch.bytes.subarray(batch.offsets[i], batch.offsets[i + 1])),
    value: batch.value[i],
  }));
}

/** @returns {(rows: Array<{ ts: number, key: string, value: number }>) => number} */
export function plainObjects() {
  const groups = new Map();
  let watermark = -Infinity;
  let newest = -Infinity;
  return (rows) => {
    const changed = new Set();
    for (const row of rows) {
      if (row.ts > newest) newest = row.ts;
      const start = Math.floor(row.ts / WINDOW_MS) * WINDOW_MS;
      if (start + WINDOW_MS <= watermark) continue;
      const id = `${start}|${row.key}`;
      let group = groups.get(id);
      if (group === undefined) {
        group = { start, key: row.key, count: 0, sum: 0, max: -Infinity };
        groups.set(id, group);
      }
      group.count++;
      group.sum += row.value;
      if (row.value > group.max) group.max = row.value;
      changed.add(group);
    }
    const result = [...changed].map((group) => ({ ...group }));
    watermark = Math.max(watermark, newest - DELAY_MS);
    for (const [id, group] of groups) if (group.start + WINDOW_MS <= watermark) groups.delete(id);
    return result.length;
  };
}
