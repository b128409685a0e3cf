import { FreeSlots } from "../../state/free-slots.js";
import { growBytes, growInt32, nextCapacity } from "../../state/grow.js";
import { Int32List } from "../../state/int32-list.js";

/**
 * The sessions of every key: disjoint closed intervals that do not touch, sorted by time. A session has a slot, which
 * its accumulators are found by. Slots that are retired are handed out again only after `recycle`, so that within a
 * trigger a slot means one session.
 */
export class SessionStore {
  readonly slots = new FreeSlots();
  #starts = new BigInt64Array(0);
  #ends = new BigInt64Array(0);
  #keys = new Int32Array(0);
  #isLive = new Uint8Array(0);
  #sessions: Int32List[] = [];
  readonly #retired = new Int32List();

  /** Slots are below this. */
  get capacity(): number {
    return this.#keys.length;
  }

  get size(): number {
    return this.slots.live - this.#retired.length;
  }

  get bytes(): number {
    return this.#keys.length * 21 + this.slots.next * 4;
  }

  isLive(slot: number): boolean {
    return this.#isLive[slot] === 1;
  }

  startOf(slot: number): bigint {
    return this.#starts[slot];
  }

  endOf(slot: number): bigint {
    return this.#ends[slot];
  }

  keyOf(slot: number): number {
    return this.#keys[slot];
  }

  /** Slots of a key's sessions, sorted by time. */
  sessionsOf(key: number): Int32List {
    while (this.#sessions.length <= key) this.#sessions.push(new Int32List());
    return this.#sessions[key];
  }

  /** Ordinals [from, to) of the key's sessions that touch the closed interval. */
  touching(key: number, start: bigint, end: bigint): { from: number; to: number } {
    const list = this.sessionsOf(key);
    let from = 0;
    let high = list.length;
    while (from < high) {
      const middle = (from + high) >> 1;
      if (this.#ends[list.items[middle]] < start) from = middle + 1;
      else high = middle;
    }
    let to = from;
    while (to < list.length && this.#starts[list.items[to]] <= end) to++;
    return { from, to };
  }

  /** A session where none touches: `at` is its ordinal among the key's. */
  insert(interval: { key: number; start: bigint; end: bigint }, at: number): number {
    const slot = this.slots.take();
    this.#grow(slot + 1);
    this.#put(slot, interval, at);
    return slot;
  }

  extend(slot: number, start: bigint, end: bigint): void {
    if (start < this.#starts[slot]) this.#starts[slot] = start;
    if (end > this.#ends[slot]) this.#ends[slot] = end;
  }

  /** Ends the session at ordinal `at` of the key. */
  retireAt(key: number, at: number): void {
    const list = this.sessionsOf(key);
    const slot = list.items[at];
    list.items.copyWithin(at, at + 1, list.length);
    list.length--;
    this.#isLive[slot] = 0;
    this.#retired.push(slot);
  }

  retire(slot: number): void {
    this.retireAt(this.#keys[slot], this.touching(this.#keys[slot], this.#starts[slot], this.#starts[slot]).from);
  }

  /** Puts a session that was retired in this trigger back in the place of one with the same key and interval. */
  revive(retired: number, slot: number): void {
    const list = this.sessionsOf(this.#keys[slot]);
    list.items[this.touching(this.#keys[slot], this.#starts[slot], this.#starts[slot]).from] = retired;
    this.#isLive[retired] = 1;
    this.#isLive[slot] = 0;
    const { items, length } = this.#retired;
    items[items.subarray(0, length).indexOf(retired)] = slot;
  }

  /** Takes sessions out that a newer checkpoint does not know, or knows otherwise; their slots are its to hand out. */
  vacate(slots: Int32Array): void {
    for (const slot of slots) this.retire(slot);
    this.#retired.clear();
  }

  /** Sessions in the slots that they had; none of them touches another. */
  restore(slots: Int32Array, keys: Int32Array, times: { starts: BigInt64Array; ends: BigInt64Array }): void {
    this.#grow(this.slots.next);
    for (const [i, slot] of slots.entries()) {
      const interval = { key: keys[i], start: times.starts[i], end: times.ends[i] };
      this.#put(slot, interval, this.touching(interval.key, interval.start, interval.end).from);
    }
  }

  /** The trigger is over: retired slots may be used again. */
  recycle(): void {
    for (let i = 0; i < this.#retired.length; i++) this.slots.give(this.#retired.items[i]);
    this.#retired.clear();
  }

  #put(slot: number, interval: { key: number; start: bigint; end: bigint }, at: number): void {
    this.#starts[slot] = interval.start;
    this.#ends[slot] = interval.end;
    this.#keys[slot] = interval.key;
    this.#isLive[slot] = 1;
    insertAt(this.sessionsOf(interval.key), at, slot);
  }

  #grow(needed: number): void {
    if (needed <= this.#keys.length) return;
    const capacity = nextCapacity(this.#keys.length, needed);
    this.#keys = growInt32(this.#keys, capacity);
    this.#isLive = growBytes(this.#isLive, capacity);
    this.#starts = growTimes(this.#starts, capacity);
    this.#ends = growTimes(this.#ends, capacity);
  }
}

function insertAt(list: Int32List, at: number, slot: number): void {
  list.push(slot);
  list.items.copyWithin(at + 1, at, list.length - 1);
  list.items[at] = slot;
}

function growTimes(times: BigInt64Array, capacity: number): BigInt64Array<ArrayBuffer> {
  const grown = new BigInt64Array(capacity);
  grown.set(times);
  return grown;
}
