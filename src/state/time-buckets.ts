import { growBytes } from "./grow.js";
import { Int32List } from "./int32-list.js";

/**
 * Groups by the value of a bounded column, so that those below a bound are found at the cost of those that go.
 * A group is in at most one bucket; one that left early stays behind as a stale entry, which nobody sees.
 */
export class TimeBuckets {
  readonly #buckets = new Map<bigint, Int32List>();
  readonly #heap: bigint[] = [];
  #values = new BigInt64Array(0);
  #isInside = new Uint8Array(0);
  #last: { readonly value: bigint; readonly groups: Int32List } | null = null;
  #live = 0;
  #stale = 0;

  get bytes(): number {
    return this.#values.byteLength + this.#isInside.byteLength + (this.#live + this.#stale) * 4 + this.#heap.length * 32;
  }

  /** Makes room for groups below `capacity`. */
  grow(capacity: number): void {
    if (this.#isInside.length >= capacity) return;
    const values = new BigInt64Array(capacity);
    values.set(this.#values);
    this.#values = values;
    this.#isInside = growBytes(this.#isInside, capacity);
  }

  add(group: number, value: bigint): void {
    this.#values[group] = value;
    this.#isInside[group] = 1;
    this.#live++;
    this.#bucketOf(value).push(group);
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

  #takeBucket(value: bigint, taken: Int32List): void {
    const bucket = this.#buckets.get(value);
    this.#buckets.delete(value);
    if (this.#last?.value === value) this.#last = null;
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

  /** Rows arrive roughly in order of time: most of them want the bucket that the last one wanted. */
  #bucketOf(value: bigint): Int32List {
    if (this.#last !== null && this.#last.value === value) return this.#last.groups;
    let groups = this.#buckets.get(value);
    if (groups === undefined) {
      groups = new Int32List();
      this.#buckets.set(value, groups);
      pushHeap(this.#heap, value);
    }
    this.#last = { value, groups };
    return groups;
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
