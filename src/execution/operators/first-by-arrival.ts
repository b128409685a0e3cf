import type { Chunk } from "../../columnar/chunk.js";
import { selectedCount } from "../../columnar/chunk-of.js";
import type { Column } from "../../columnar/column.js";
import type { AnalysedDropDuplicates } from "../../plan/analysed-node.js";
import type { Watermarks } from "../../plan/bound-expression.js";
import { ChangedSlots } from "../../state/changed-slots.js";
import { createKeyTable } from "../../state/create-key-table.js";
import { growBytes } from "../../state/grow.js";
import { identityRows } from "../../state/identity-rows.js";
import { Int32List } from "../../state/int32-list.js";
import { KeyTablePart } from "../../state/key-table-part.js";
import type { StatePart } from "../../state/state-part.js";
import type { KeyTable } from "../../state/state-table.js";
import { GroupExpiry } from "../aggregate/group-expiry.js";
import type { ExpiringOperator, Expiry } from "../expiring-operator.js";
import type { StateSize } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { placedKeys } from "./placed-keys.js";

/**
 * dropDuplicates over insert-only rows in their arrival order, or by whole rows: the first row of a key passes at once.
 *
 * Keeps: the keys that have been seen. Forgets: a key whose bounded column is below its bound. Emits, in every mode: the
 * first row of each key, once, as a selection. Costs: one probe per row; memory is the keys'.
 */
export class FirstByArrival implements ExpiringOperator {
  readonly #node: AnalysedDropDuplicates;
  readonly #dependencies: OperatorDependencies;
  readonly #table: KeyTable;
  readonly #expiry: GroupExpiry;
  readonly #changed: ChangedSlots | null;
  /** By group: 1 = its row has come out. */
  #isSeen = new Uint8Array(0);
  #groups = new Int32Array(0);
  #fresh = new Int32Array(0);

  constructor(node: AnalysedDropDuplicates, dependencies: OperatorDependencies) {
    this.#node = node;
    this.#dependencies = dependencies;
    const types = node.keys.map((key) => node.schema.fields[key].type);
    this.#table = createKeyTable(types, { codegen: dependencies.codegen });
    this.#expiry = new GroupExpiry(node.lifetime.evictBy);
    this.#changed = dependencies.durable ? new ChangedSlots() : null;
  }

  process(_port: number, chunk: Chunk): void {
    const count = selectedCount(chunk);
    if (this.#groups.length < count) this.#groups = new Int32Array(count);
    const keys = this.#node.keys.map((key) => chunk.columns[key]);
    const inserted = this.#table.probe(keys, chunk.sel, count, this.#groups);
    if (inserted === 0) return;
    this.#grow();
    this.#dependencies.metrics.rowsUpdated += inserted;
    const rows = this.#firstRows(chunk, count, inserted);
    this.#changed?.noteAll(this.#fresh, inserted);
    this.#expiry.add({ groups: this.#fresh, rows, count: inserted }, chunk.columns);
    const sel = inserted === count ? chunk.sel : rows;
    this.#dependencies.output.emit({ ...chunk, sel, weights: null, partition: null });
  }

  finish(): void {}

  advance(watermarks: Watermarks): void {
    const ended = this.#expiry.isOver(watermarks) ? this.#everything() : this.#expiry.take(watermarks);
    if (ended.length === 0) return;
    for (let i = 0; i < ended.length; i++) this.#isSeen[ended.items[i]] = 0;
    this.#dependencies.metrics.rowsRemoved += ended.length;
    this.#table.release(ended.items, ended.length);
  }

  stateSize(): StateSize {
    return { rows: this.#table.size, bytes: this.#table.bytes + this.#expiry.bytes + this.#isSeen.byteLength };
  }

  nextExpiry(): Expiry | null {
    return this.#expiry.next();
  }

  stateParts(): readonly StatePart[] {
    const { keys, schema } = this.#node;
    return [
      new KeyTablePart({
        name: "keys",
        table: this.#table,
        keys: keys.map((key) => schema.fields[key]),
        changed: this.#changed,
        facts: {
          fields: [],
          save: () => [],
          forget: (groups) => this.#forget(groups),
          load: (groups, columns) => this.#load(groups, columns),
        },
      }),
    ];
  }

  #forget(groups: Int32Array): void {
    for (const group of groups) {
      this.#isSeen[group] = 0;
      this.#expiry.remove(group);
    }
  }

  #load(groups: Int32Array, keys: readonly Column[]): void {
    this.#grow();
    this.#forget(groups);
    for (const group of groups) this.#isSeen[group] = 1;
    const fresh = { groups, rows: identityRows(groups.length), count: groups.length };
    this.#expiry.add(fresh, placedKeys(this.#node, keys, groups.length));
  }

  /** The rows that brought a key; #fresh gets the groups of these keys. */
  #firstRows({ sel }: Chunk, count: number, inserted: number): Int32Array {
    const rows = new Int32Array(inserted);
    if (this.#fresh.length < inserted) this.#fresh = new Int32Array(inserted);
    let length = 0;
    for (let i = 0; i < count; i++) {
      const group = this.#groups[i];
      if (this.#isSeen[group] === 1) continue;
      this.#isSeen[group] = 1;
      this.#fresh[length] = group;
      rows[length++] = sel === null ? i : sel[i];
    }
    return rows;
  }

  /** At the end of time keys without a bounded value end as well. */
  #everything(): Int32List {
    const all = new Int32List();
    for (let group = 0; group < this.#isSeen.length; group++) {
      if (this.#isSeen[group] === 0) continue;
      this.#expiry.remove(group);
      all.push(group);
    }
    return all;
  }

  #grow(): void {
    const { capacity } = this.#table;
    this.#expiry.grow(capacity);
    if (this.#isSeen.length < capacity) this.#isSeen = growBytes(this.#isSeen, capacity);
  }
}
