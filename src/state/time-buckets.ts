import { growBytes } from "./grow.js";
import { Int32List } from "./int32-list.js";

/**
 * Groups by the value of a bounded column, so that those below a bound are found at the cost of those that go.
 * A group is in at most one bucket; one that left early stays behind as a stale entry, which nobody sees.
 * Values come in as int64 halves: a bigint is made per change of value, not per group.
 */
export class TimeBuckets {
  readonly #buckets = new Map<bigint, Int32List>();
  readonly #heap: bigint[] = [];
  #values = new BigInt64Array(0);
  /** The same memory as int32 pairs, low half first. */
  #halves = new Int32Array(0);
  #isInside = new Uint8Array(0);
  /** Groups arrive roughly in order of time: most of them want the bucket that the last one wanted. */
  #last: Int32List | null = null;
  #lastLow = 0;
  #lastHigh = 0;
  #live = 0;
  #stale = 0;

  get bytes(): number {
    return (
      this.#values.byteLength + this.#isInside.byteLength + (this.#live + this.#stale) * 4 + this.#heap.length * 32
    );
  }

  /** Makes room for groups below `capacity`. */
  grow(capacity: number): void {
    if (this.#isInside.length >= capacity) return;
    const values = new BigInt64Array(capacity);
    values.set(this.#values);
    this.#values = values;
    this.#halves = new Int32Array(values.buffer);
    this.#isInside = growBytes(this.#isInside, capacity);
  }

  /** The group's value is the int64 with these halves. */
  add(group: number, low: number, high: number): void {
    this.#halves[2 * group] = low;
    this.#halves[2 * group + 1] = high;
    this.#isInside[group] = 1;
    this.#live++;
    const isSame = this.#last !== null && low === this.#lastLow && high === this.#lastHigh;
    const bucket = isSame && this.#last !== null ? this.#last : this.#bucketOf(this.#values[group]);
    if (!isSame) {
      this.#last = bucket;
      this.#lastLow = low;
      this.#lastHigh = high;
    }
    bucket.push(group);
  }

  remove(group: number): void {
    if (this.#isInside[group] === 0) return;
    this.#isInside[group] = 0;
    this.#live--;
    this.#stale++;
    if (this.#stale > 1024 && this.#stale > this.#live) this.#rebuild();
  }

  /** Takes out every group whose value is below the bound, ordered by (value, group). */
  takeBelow(bound: bigint): Int32List {
    const taken = new Int32List();
    while (this.#heap.length > 0 && this.#heap[0] < bound) {
      const value = popLeast(this.#heap);
      this.#takeBucket(value, taken);
    }
    return taken;
  }

  /** The least value that a group waits under; null when there is none. */
  least(): bigint | null {
    while (this.#heap.length > 0) {
      const value = this.#heap[0];
      if (this.#hasLive(value)) return value;
      popLeast(this.#heap);
      this.#takeBucket(value, new Int32List());
    }
    return null;
  }

  #hasLive(value: bigint): boolean {
    const bucket = this.#buckets.get(value);
    if (bucket === undefined) return false;
    for (let i = 0; i < bucket.length; i++) {
      const group = bucket.items[i];
      if (this.#isInside[group] === 1 && this.#values[group] === value) return true;
    }
    return false;
  }

  #takeBucket(value: bigint, taken: Int32List): void {
    const bucket = this.#buckets.get(value);
    this.#buckets.delete(value);
    this.#last = null;
    if (bucket === undefined) return;
    const groups = bucket.items.subarray(0, bucket.length).sort();
    for (const group of groups) {
      if (this.#isInside[group] === 1 && this.#values[group] === value) {
        this.#isInside[group] = 0;
        this.#live--;
        taken.push(group);
      } else {
        this.#stale--;
      }
    }
  }

  #bucketOf(value: bigint): Int32List {
    const known = this.#buckets.get(value);
    if (known !== undefined) return known;
    const fresh = new Int32List();
    this.#buckets.set(value, fresh);
    pushHeap(this.#heap, value);
    return fresh;
  }

  #rebuild(): void {
    this.#buckets.clear();
    this.#heap.length = 0;
    this.#last = null;
    this.#stale = 0;
    for (let group = 0; group < this.#isInside.length; group++) {
      if (this.#isInside[group] === 1) this.#bucketOf(this.#values[group]).push(group);
    }
  }
}

function pushHeap(heap: bigint[], value: bigint): void {
  let at = heap.push(value) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent] <= value) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = value;
}

/** The heap is not empty. */
function popLeast(heap: bigint[]): bigint {
  const least = heap[0];
  const moved = heap[heap.length - 1];
  heap.pop();
  if (heap.length === 0) return least;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++;
    if (heap[child] >= moved) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = moved;
  return least;
}
