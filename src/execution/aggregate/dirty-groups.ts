import type { Column } from "../../columnar/column.js";
import { concatColumns } from "../../columnar/concat.js";
import { growInt32 } from "../../state/grow.js";
import { Int32List } from "../../state/int32-list.js";
import type { UpdateTask } from "./update-loop.js";

/** No row was there when the trigger began. */
const NO_ROW = -1;

/** The groups that the running trigger has touched, in order of first touch, and what their rows were before it. */
export class DirtyGroups {
  readonly list = new Int32List();
  /** By position in the list: row of `oldRows`, or -1. */
  readonly #oldRow = new Int32List();
  #parts: (readonly Column[])[] = [];
  #oldCount = 0;
  #stamps = new Int32Array(0);
  #trigger = 1;

  get bytes(): number {
    return this.#stamps.byteLength + this.list.items.byteLength;
  }

  grow(capacity: number): void {
    if (this.#stamps.length < capacity) this.#stamps = growInt32(this.#stamps, capacity);
  }

  /**
   * Puts the groups that this trigger has not met yet on the list; firstEntry[k] = entry of the k-th of them.
   * Returns how many there are.
   */
  touch(groups: Int32Array, count: number, firstEntry: Int32Array): number {
    const before = this.list.length;
    this.list.reserve(before + count);
    const list = this.list.items;
    const stamps = this.#stamps;
    const trigger = this.#trigger;
    let length = before;
    for (let i = 0; i < count; i++) {
      const group = groups[i];
      if (stamps[group] === trigger) continue;
      stamps[group] = trigger;
      firstEntry[length - before] = i;
      list[length++] = group;
    }
    this.list.length = length;
    return length - before;
  }

  /** What a loop needs that touches groups itself; `touched` afterwards. Room is made for `count` more. */
  taskOf(count: number): Pick<UpdateTask, "stamps" | "trigger" | "list" | "length"> {
    this.list.reserve(this.list.length + count);
    return { stamps: this.#stamps, trigger: this.#trigger, list: this.list.items, length: this.list.length };
  }

  /** Says, for the newest `count` groups of the list, which have a row now, and what those rows' results are. */
  remember(
    hasRow: Uint8Array,
    count: number,
    rows: { readonly columns: readonly Column[]; readonly count: number },
  ): void {
    this.#oldRow.reserve(this.#oldRow.length + count);
    for (let i = 0; i < count; i++) this.#oldRow.push(hasRow[i] === 1 ? this.#oldCount++ : NO_ROW);
    if (rows.count > 0) this.#parts.push(rows.columns);
  }

  /** By position in the list: which row of oldColumns() the group had, -1 = none. */
  get oldRow(): Int32Array {
    return this.#oldRow.items;
  }

  oldColumns(): readonly Column[] {
    const first = this.#parts.length === 0 ? [] : this.#parts[0];
    return this.#parts.length === 1
      ? first
      : first.map((_, index) => concatColumns(this.#parts.map((part) => part[index])));
  }

  /** The trigger is over. */
  reset(): void {
    this.list.clear();
    this.#oldRow.clear();
    this.#parts = [];
    this.#oldCount = 0;
    this.#trigger++;
    if (this.#trigger === 0x7fffffff) this.#restartStamps();
  }

  #restartStamps(): void {
    this.#stamps.fill(0);
    this.#trigger = 1;
  }
}
