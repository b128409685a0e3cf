// W1 as one would write it by hand, fused into one loop over typed arrays: 10 s tumbling window x key, count, sum, max,
// changed groups after each batch, windows dropped behind a watermark of 10 s. It knows its query: fixed key type, no
// NULLs, no weights. State is one open-addressed table per window; keys are hashed and compared as bytes.
const WINDOW_MS = 10_000;
const DELAY_MS = 10_000;

class WindowState {
  constructor() {
    this.capacity = 1024;
    this.size = 0;
    this.slots = new Int32Array(this.capacity * 4).fill(-1);
    this.mask = this.capacity * 2 - 1;
    this.hashes = new Int32Array(this.capacity);
    this.starts = new Int32Array(this.capacity);
    this.lengths = new Int32Array(this.capacity);
    this.counts = new Float64Array(this.capacity);
    this.sums = new Float64Array(this.capacity);
    this.maxima = new Float64Array(this.capacity);
    this.stamps = new Int32Array(this.capacity);
    this.arena = new Uint8Array(this.capacity * 12);
    this.used = 0;
  }

  grow() {
    const capacity = this.capacity * 2;
    for (const name of ["hashes", "starts", "lengths", "stamps"]) {
      const wider = new Int32Array(capacity);
      wider.set(this[name]);
      this[name] = wider;
    }
    for (const name of ["counts", "sums", "maxima"]) {
      const wider = new Float64Array(capacity);
      wider.set(this[name]);
      this[name] = wider;
    }
    this.capacity = capacity;
    this.slots = new Int32Array(capacity * 4).fill(-1);
    this.mask = capacity * 2 - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = this.hashes[id] & this.mask;
      while (this.slots[slot * 2 + 1] !== -1) slot = (slot + 1) & this.mask;
      this.slots[slot * 2] = this.hashes[id];
      this.slots[slot * 2 + 1] = id;
    }
  }
}

/** @returns {(batch: object) => number} processes one batch and returns how many groups it changed */
export function handFused() {
  const windows = new Map();
  let watermark = -Infinity;
  let newest = -Infinity;
  let stamp = 0;
  let dirtyWindows = [];
  const dirtyIds = new Int32Array(1 << 17);
  const dirtyOwner = new Int32Array(1 << 17);
  const order = [];

  return (batch) => {
    const { ts, offsets, bytes, value, rows } = batch;
    const halves = new Int32Array(ts.buffer, ts.byteOffset, rows * 2);
    stamp++;
    let dirty = 0;
    dirtyWindows = [];
    let lastStart = NaN;
    let state = null;
    let owner = -1;
    for (let i = 0; i < rows; i++) {
      const at = halves[2 * i + 1] * 4294967296 + (halves[2 * i] >>> 0);
      const start = Math.floor(at / WINDOW_MS) * WINDOW_MS;
      if (at > newest) newest = at;
      if (start + WINDOW_MS <= watermark) continue;
      if (start !== lastStart) {
        lastStart = start;
        state = windows.get(start);
        if (state === undefined) {
          state = new WindowState();
          windows.set(start, state);
          order.push(start);
        }
        owner = dirtyWindows.indexOf(state);
        if (owner < 0) owner = dirtyWindows.push(state) - 1;
      }
      const from = offsets[i];
      const to = offsets[i + 1];
      let hash = 0x811c9dc5;
      for (let b = from; b < to; b++) hash = Math.imul(hash ^ bytes[b], 0x01000193);
      hash ^= hash >>> 15;
      let slot = hash & state.mask;
      let id = -1;
      for (;;) {
        const candidate = state.slots[slot * 2 + 1];
        if (candidate === -1) break;
        if (state.slots[slot * 2] === hash && state.lengths[candidate] === to - from) {
          let b = 0;
          const base = state.starts[candidate];
          while (b < to - from && state.arena[base + b] === bytes[from + b]) b++;
          if (b === to - from) {
            id = candidate;
            break;
          }
        }
        slot = (slot + 1) & state.mask;
      }
      if (id === -1) {
        if (state.size === state.capacity) {
          state.grow();
          slot = hash & state.mask;
          while (state.slots[slot * 2 + 1] !== -1) slot = (slot + 1) & state.mask;
        }
        id = state.size++;
        if (state.used + to - from > state.arena.length) {
          const wider = new Uint8Array(state.arena.length * 2);
          wider.set(state.arena);
          state.arena = wider;
        }
        state.arena.set(bytes.subarray(from, to), state.used);
        state.starts[id] = state.used;
        state.lengths[id] = to - from;
        state.used += to - from;
        state.hashes[id] = hash;
        state.maxima[id] = -Infinity;
        state.slots[slot * 2] = hash;
        state.slots[slot * 2 + 1] = id;
      }
      state.counts[id]++;
      state.sums[id] += value[i];
      if (value[i] > state.maxima[id]) state.maxima[id] = value[i];
      if (state.stamps[id] !== stamp) {
        state.stamps[id] = stamp;
        dirtyIds[dirty] = id;
        dirtyOwner[dirty++] = owner;
      }
    }
    const changed = resultOf({ dirty, dirtyIds, dirtyOwner, dirtyWindows });
    watermark = Math.max(watermark, newest - DELAY_MS);
    for (const start of windows.keys()) if (start + WINDOW_MS <= watermark) windows.delete(start);
    return changed;
  };
}

/** The changed groups as columns, like any engine would have to hand them on. */
function resultOf({ dirty, dirtyIds, dirtyOwner, dirtyWindows }) {
  const counts = new Float64Array(dirty);
  const sums = new Float64Array(dirty);
  const maxima = new Float64Array(dirty);
  const offsets = new Int32Array(dirty + 1);
  let total = 0;
  for (let d = 0; d < dirty; d++) total += dirtyWindows[dirtyOwner[d]].lengths[dirtyIds[d]];
  const bytes = new Uint8Array(total);
  let end = 0;
  for (let d = 0; d < dirty; d++) {
    const state = dirtyWindows[dirtyOwner[d]];
    const id = dirtyIds[d];
    counts[d] = state.counts[id];
    sums[d] = state.sums[id];
    maxima[d] = state.maxima[id];
    const from = state.starts[id];
    for (let b = 0; b < state.lengths[id]; b++) bytes[end++] = state.arena[from + b];
    offsets[d + 1] = end;
  }
  return counts.length + (sums.length - maxima.length) + (offsets.length - 1 - dirty);
}
