import type { Column } from "../columnar/column.js";
import type { Field, Schema } from "../types/data-type.js";
import { captureSlots, slotsOfKeys } from "./captured-slots.js";
import type { ChangedSlots } from "./changed-slots.js";
import type { StatePart, StateRows } from "./state-part.js";
import { readStateRows, stateRowsOf, stateSchema } from "./state-rows.js";
import type { KeyTable } from "./state-table.js";

/** What an owner of keys keeps beside them, by group. */
export interface KeyFacts {
  readonly fields: readonly Field[];
  save(groups: Int32Array): readonly Column[];
  /** These groups have no key any more. */
  forget(groups: Int32Array): void;
  /** The table has these groups with these keys, whatever it knew of them before. */
  load(groups: Int32Array, keys: readonly Column[], facts: readonly Column[]): void;
  /** Small facts beside the rows, which change only where some row does. */
  readonly values?: {
    save(): Readonly<Record<string, string>>;
    load(values: Readonly<Record<string, string>>): void;
  };
}

export interface KeyTablePartOptions {
  readonly name: string;
  readonly table: KeyTable;
  readonly keys: readonly Field[];
  /** Groups that are new, or whose facts have changed; null: not durable. */
  readonly changed: ChangedSlots | null;
  readonly facts: KeyFacts;
}

/** A key table as state: a row per key, whose slot is its group. */
export class KeyTablePart implements StatePart {
  readonly schema: Schema;
  readonly #options: KeyTablePartOptions;

  constructor(options: KeyTablePartOptions) {
    this.schema = stateSchema([...options.keys, ...options.facts.fields]);
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  capture(kind: "delta" | "snapshot"): StateRows | null {
    const { table, changed, facts } = this.#options;
    const captured = captureSlots(kind, changed, slotsOfKeys(table));
    if (captured === null) return null;
    const { slots, freed } = captured;
    const columns = [...table.keysOf(slots, slots.length), ...facts.save(slots)];
    return stateRowsOf(this.schema, { slots, columns, freed }, facts.values?.save());
  }

  restore(rows: StateRows): void {
    const { table, keys, facts } = this.#options;
    const content = readStateRows(rows);
    const { slots, columns, freed } = content;
    facts.forget(freed.given.filter((slot) => table.isLive(slot)));
    table.restore(content);
    facts.load(slots, columns.slice(0, keys.length), columns.slice(keys.length));
    facts.values?.load(rows.values);
  }
}
