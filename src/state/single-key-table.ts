import type { Column } from "../columnar/column.js";
import { type FreedSlots, FreeSlots } from "./free-slots.js";
import type { StateContent } from "./state-rows.js";
import type { KeyTable } from "./state-table.js";

/** The table of the key (), which has one value: group 0. */
export class SingleKeyTable implements KeyTable {
  readonly capacity = 1;
  readonly bytes = 0;
  readonly #ids = new FreeSlots();

  get size(): number {
    return this.#ids.live;
  }

  probe(_keys: readonly Column[], _sel: Int32Array | null, count: number, out: Int32Array): number {
    if (count === 0) return 0;
    out.fill(0, 0, count);
    const inserted = 1 - this.size;
    if (inserted > 0) this.#ids.take();
    return inserted;
  }

  find(_keys: readonly Column[], _sel: Int32Array | null, count: number, out: Int32Array): void {
    out.fill(this.size - 1, 0, count);
  }

  keysOf(): readonly Column[] {
    return [];
  }

  release(_groups: Int32Array, count: number): void {
    if (count > 0 && this.size > 0) this.#ids.give(0);
  }

  isLive(group: number): boolean {
    return this.#ids.isLive(group);
  }

  liveGroups(): Int32Array {
    return this.#ids.liveSlots();
  }

  captureIds(kind: "delta" | "snapshot"): FreedSlots {
    return kind === "delta" ? this.#ids.capture() : this.#ids.captureAll();
  }

  restore({ freed }: StateContent): void {
    this.#ids.restore(freed);
  }
}
