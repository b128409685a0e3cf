import { growInt32, nextCapacity } from "./grow.js";

/** Of lists that have nothing yet: many never get anything. */
const NOTHING = new Int32Array(0);

/** A growing list of int32. `items` may be replaced by any push: read it again after. */
export class Int32List {
  items = NOTHING;
  length = 0;

  push(value: number): void {
    if (this.length === this.items.length) this.reserve(this.length + 1);
    this.items[this.length++] = value;
  }

  /** Makes room for `capacity` items in all, so that the caller may write `items` itself. */
  reserve(capacity: number): void {
    if (capacity > this.items.length) this.items = growInt32(this.items, nextCapacity(this.items.length, capacity));
  }

  clear(): void {
    this.length = 0;
  }
}
