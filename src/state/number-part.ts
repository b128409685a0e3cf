import type { Schema } from "../types/data-type.js";
import type { StatePart, StateRows } from "./state-part.js";
import { stateRowsOf, stateSchema } from "./state-rows.js";

const NO_SLOTS = { slots: new Int32Array(0), columns: [], freed: { depth: 0, given: new Int32Array(0), next: 0 } };

/** One number as state: a table without rows. */
export class NumberPart implements StatePart {
  readonly name: string;
  readonly schema: Schema = stateSchema([]);
  readonly #read: () => number;
  readonly #write: (value: number) => void;
  #captured: number;

  constructor(name: string, number: { readonly read: () => number; readonly write: (value: number) => void }) {
    this.name = name;
    this.#read = number.read;
    this.#write = number.write;
    this.#captured = number.read();
  }

  capture(kind: "delta" | "snapshot"): StateRows | null {
    const value = this.#read();
    if (kind === "delta" && value === this.#captured) return null;
    this.#captured = value;
    return stateRowsOf(this.schema, NO_SLOTS, { [this.name]: String(value) });
  }

  restore({ values }: StateRows): void {
    this.#captured = Number(values[this.name]);
    this.#write(this.#captured);
  }
}
