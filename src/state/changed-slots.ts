import { growBytes } from "./grow.js";
import { Int32List } from "./int32-list.js";

/** The slots that changed since the last capture, each once, in order of first change. */
export class ChangedSlots {
  readonly #list = new Int32List();
  #isNoted = new Uint8Array(0);

  note(slot: number): void {
    if (slot >= this.#isNoted.length) this.#isNoted = growBytes(this.#isNoted, Math.max(64, 2 * slot));
    if (this.#isNoted[slot] === 1) return;
    this.#isNoted[slot] = 1;
    this.#list.push(slot);
  }

  noteAll(slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.note(slots[i]);
  }

  /** Those that are live, and forgets them all. */
  take(isLive: (slot: number) => boolean): Int32Array {
    const { items, length } = this.#list;
    const live = new Int32Array(length);
    let count = 0;
    for (let i = 0; i < length; i++) if (isLive(items[i])) live[count++] = items[i];
    this.clear();
    return live.subarray(0, count);
  }

  clear(): void {
    const { items, length } = this.#list;
    for (let i = 0; i < length; i++) this.#isNoted[items[i]] = 0;
    this.#list.clear();
  }
}
