import type { Chunk } from "../../columnar/chunk.js";
import { selectedCount } from "../../columnar/chunk-of.js";
import type { Column } from "../../columnar/column.js";
import type { AnalysedDropDuplicates } from "../../plan/analysed-node.js";
import type { Watermarks } from "../../plan/bound-expression.js";
import { ChangedSlots } from "../../state/changed-slots.js";
import { createKeyTable } from "../../state/create-key-table.js";
import { growBytes, growInt32 } from "../../state/grow.js";
import { identityRows } from "../../state/identity-rows.js";
import { Int32List } from "../../state/int32-list.js";
import { KeyTablePart } from "../../state/key-table-part.js";
import { OrderedRows } from "../../state/ordered-rows.js";
import { INT32, int32ColumnOf, int32sOf } from "../../state/slot-columns.js";
import type { StatePart } from "../../state/state-part.js";
import type { KeyTable } from "../../state/state-table.js";
import { GroupExpiry } from "../aggregate/group-expiry.js";
import { weightedChunk } from "../aggregate/weighted-chunk.js";
import type { ExpiringOperator, Expiry } from "../expiring-operator.js";
import type { StateSize } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { placedKeys } from "./placed-keys.js";
import { sendInPieces } from "./send-in-pieces.js";

const NONE = -1;

/**
 * dropDuplicates where rows can be taken back, or come in no order: the first row of a key by all columns.
 *
 * Keeps: per key an ordered multiset of its rows; over insert-only input only the first of them. Forgets: a key without
 * rows, at the end of the trigger; a key whose bounded column is below its bound, silently. Emits: -old +new of every
 * key whose first row is another one than before the trigger. Costs: O(log rows of the key) per row.
 */
export class FirstByOrder implements ExpiringOperator {
  readonly #node: AnalysedDropDuplicates;
  readonly #dependencies: OperatorDependencies;
  readonly #table: KeyTable;
  readonly #rows: OrderedRows;
  readonly #expiry: GroupExpiry;
  readonly #changed: ChangedSlots | null;
  readonly #touched = new Int32List();
  // By group: met in the running trigger; known to the expiry; the slot whose row has come out, or -1.
  #isTouched = new Uint8Array(0);
  #isWaiting = new Uint8Array(0);
  #shown = new Int32Array(0);
  #groups = new Int32Array(0);

  constructor(node: AnalysedDropDuplicates, dependencies: OperatorDependencies) {
    this.#node = node;
    this.#dependencies = dependencies;
    const { fields } = node.schema;
    this.#table = createKeyTable(
      node.keys.map((key) => fields[key].type),
      { codegen: dependencies.codegen },
    );
    this.#rows = new OrderedRows(
      fields.map((field) => field.type),
      { durable: dependencies.durable },
    );
    this.#expiry = new GroupExpiry(node.lifetime.evictBy);
    this.#changed = dependencies.durable ? new ChangedSlots() : null;
  }

  process(_port: number, chunk: Chunk): void {
    const { columns, sel, weights } = chunk;
    const count = selectedCount(chunk);
    if (this.#groups.length < count) this.#groups = new Int32Array(count);
    this.#table.probe(
      this.#node.keys.map((key) => columns[key]),
      sel,
      count,
      this.#groups,
    );
    this.#grow();
    this.#rows.bind(columns);
    const fresh = { groups: new Int32List(), rows: new Int32List() };
    for (let i = 0; i < count; i++) {
      const row = sel === null ? i : sel[i];
      const group = this.#groups[i];
      if (this.#isTouched[group] === 0) this.#touch(group);
      if (this.#isWaiting[group] === 0) {
        this.#isWaiting[group] = 1;
        fresh.groups.push(group);
        fresh.rows.push(row);
        this.#changed?.note(group);
      }
      const slot = this.#rows.add(group, row, weights === null ? 1 : weights[row]);
      if (!this.#node.lifetime.retractingInput) this.#keepFirst(group, slot);
    }
    this.#expiry.add({ groups: fresh.groups.items, rows: fresh.rows.items, count: fresh.rows.length }, columns);
  }

  finish(): void {
    if (this.#touched.length === 0) return;
    const gone = new Int32List();
    const come = new Int32List();
    for (let i = 0; i < this.#touched.length; i++) this.#compare(this.#touched.items[i], gone, come);
    this.#dependencies.metrics.rowsUpdated += come.length;
    this.#send(gone, -1);
    this.#send(come, 1);
    this.#rows.sweep();
    this.#releaseEmpty();
    this.#touched.clear();
  }

  advance(watermarks: Watermarks): void {
    const ended = this.#expiry.isOver(watermarks) ? this.#everything() : this.#expiry.take(watermarks);
    this.#dependencies.metrics.rowsRemoved += ended.length;
    this.#release(ended);
  }

  stateSize(): StateSize {
    const perGroup = this.#isTouched.byteLength + this.#isWaiting.byteLength + this.#shown.byteLength;
    return { rows: this.#rows.size, bytes: this.#table.bytes + this.#rows.bytes + this.#expiry.bytes + perGroup };
  }

  nextExpiry(): Expiry | null {
    return this.#expiry.next();
  }

  stateParts(): readonly StatePart[] {
    const { keys, schema } = this.#node;
    const rows = this.#rows;
    const keyPart = new KeyTablePart({
      name: "keys",
      table: this.#table,
      keys: keys.map((key) => schema.fields[key]),
      changed: this.#changed,
      facts: {
        fields: [{ name: "shown", type: INT32, nullable: false }],
        save: (groups) => [int32ColumnOf(this.#shown, groups)],
        forget: (groups) => this.#forget(groups),
        load: (groups, columns, facts) => this.#load(groups, columns, facts),
      },
    });
    const rowPart: StatePart = {
      name: "rows",
      schema: rows.schema,
      capture: (kind) => rows.capture(kind),
      restore: (state) => rows.restore(state),
    };
    return [keyPart, rowPart];
  }

  #forget(groups: Int32Array): void {
    for (const group of groups) {
      this.#shown[group] = NONE;
      this.#isWaiting[group] = 0;
      this.#expiry.remove(group);
    }
  }

  #load(groups: Int32Array, keys: readonly Column[], [shown]: readonly Column[]): void {
    this.#grow();
    this.#forget(groups);
    const slots = int32sOf(shown);
    for (const [i, group] of groups.entries()) {
      this.#shown[group] = slots[i];
      this.#isWaiting[group] = 1;
    }
    const fresh = { groups, rows: identityRows(groups.length), count: groups.length };
    this.#expiry.add(fresh, placedKeys(this.#node, keys, groups.length));
  }

  #touch(group: number): void {
    this.#isTouched[group] = 1;
    this.#touched.push(group);
  }

  /** Insert-only: a row that is not the first will never be. One that has come out stays readable until the trigger ends. */
  #keepFirst(group: number, slot: number): void {
    const first = this.#rows.first(group);
    const other = slot === first ? this.#rows.next(first) : slot;
    if (other === NONE) return;
    if (other === this.#shown[group]) this.#rows.changeWeight(other, -this.#rows.weightOf(other));
    else this.#rows.discard(other);
  }

  #compare(group: number, gone: Int32List, come: Int32List): void {
    this.#isTouched[group] = 0;
    const first = this.#rows.first(group);
    const shown = this.#shown[group];
    if (first === shown) return;
    if (shown !== NONE) gone.push(shown);
    if (first !== NONE) come.push(first);
    this.#shown[group] = first;
    this.#changed?.note(group);
  }

  #send(slots: Int32List, weight: 1 | -1): void {
    sendInPieces(slots, (items, length) => {
      this.#dependencies.output.emit(
        weightedChunk(this.#node.schema, this.#rows.rows(items, length), { length, weight }),
      );
    });
  }

  #releaseEmpty(): void {
    const empty = new Int32List();
    for (let i = 0; i < this.#touched.length; i++) {
      const group = this.#touched.items[i];
      if (this.#rows.nextSlot(group, NONE) !== NONE) continue;
      this.#expiry.remove(group);
      empty.push(group);
    }
    this.#dependencies.metrics.rowsRemoved += empty.length;
    this.#release(empty);
  }

  #release({ items, length }: Int32List): void {
    for (let i = 0; i < length; i++) {
      this.#rows.releaseGroup(items[i]);
      this.#shown[items[i]] = NONE;
      this.#isWaiting[items[i]] = 0;
    }
    if (length > 0) this.#table.release(items, length);
  }

  /** At the end of time keys without a bounded value end as well. */
  #everything(): Int32List {
    const all = new Int32List();
    for (let group = 0; group < this.#isWaiting.length; group++) {
      if (this.#isWaiting[group] === 0) continue;
      this.#expiry.remove(group);
      all.push(group);
    }
    return all;
  }

  #grow(): void {
    const { capacity } = this.#table;
    this.#rows.growGroups(capacity);
    this.#expiry.grow(capacity);
    if (this.#shown.length >= capacity) return;
    this.#isTouched = growBytes(this.#isTouched, capacity);
    this.#isWaiting = growBytes(this.#isWaiting, capacity);
    this.#shown = growInt32(this.#shown, capacity, NONE);
  }
}
