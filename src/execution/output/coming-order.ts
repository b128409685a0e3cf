import { growFloat64, growInt32 } from "../../state/grow.js";

const NONE = -1;

/** Groups in the order in which they came, as a list through arrays by group. */
export class ComingOrder {
  /** How many have come so far; the number of the next. */
  come = 0;
  #first = NONE;
  #last = NONE;
  #before = new Int32Array(0);
  #after = new Int32Array(0);
  /** -1: not in the list. */
  #numbers = new Float64Array(0);

  get bytes(): number {
    return this.#before.byteLength * 4;
  }

  get first(): number {
    return this.#first;
  }

  grow(capacity: number): void {
    this.#before = growInt32(this.#before, capacity);
    this.#after = growInt32(this.#after, capacity);
    this.#numbers = growFloat64(this.#numbers, capacity, NONE);
  }

  has(group: number): boolean {
    return this.#numbers[group] !== NONE;
  }

  /** Which one it was to come, by group. */
  get numbers(): Float64Array {
    return this.#numbers;
  }

  /** The group that came next, or -1. */
  after(group: number): number {
    return this.#after[group];
  }

  add(group: number): void {
    this.#append(group, this.come++);
  }

  remove(group: number): void {
    const before = this.#before[group];
    const after = this.#after[group];
    if (before === NONE) this.#first = after;
    else this.#after[before] = after;
    if (after === NONE) this.#last = before;
    else this.#before[after] = before;
    this.#numbers[group] = NONE;
  }

  /** Groups with the numbers they had. One that is there with its number stays; what is new came after all that are there. */
  restore(groups: Int32Array, numbers: Float64Array): void {
    const moved = Array.from(groups.keys()).filter((i) => this.#numbers[groups[i]] !== numbers[i]);
    for (const i of moved) if (this.has(groups[i])) this.remove(groups[i]);
    for (const i of moved.sort((a, b) => numbers[a] - numbers[b])) this.#append(groups[i], numbers[i]);
  }

  #append(group: number, number: number): void {
    this.#numbers[group] = number;
    this.#before[group] = this.#last;
    this.#after[group] = NONE;
    if (this.#last === NONE) this.#first = group;
    else this.#after[this.#last] = group;
    this.#last = group;
  }
}
