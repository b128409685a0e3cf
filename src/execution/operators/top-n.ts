import type { Chunk } from "../../columnar/chunk.js";
import { selectedCount } from "../../columnar/chunk-of.js";
import type { Column } from "../../columnar/column.js";
import type { RowOrder } from "../../columnar/compare.js";
import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import type { AnalysedLimit, AnalysedTopN, ResolvedOrder } from "../../plan/analysed-node.js";
import { Int32List } from "../../state/int32-list.js";
import { OrderedRows } from "../../state/ordered-rows.js";
import type { StatePart } from "../../state/state-part.js";
import type { Schema } from "../../types/data-type.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { Operator, StateSize } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { sendInPieces } from "./send-in-pieces.js";

const NONE = -1;
/** All rows are one group. */
const ALL = 0;

export interface TopNOptions {
  /** The input never takes a row back: rows that lose their place are gone for ever. */
  readonly insertOnly: boolean;
}

/**
 * The first n rows by the orders, then by all columns; a row of weight k counts k times.
 *
 * Keeps: an ordered multiset of all rows; over insert-only input of the best n only. Each row carries, as its tag, how
 * often it has come out. Forgets: rows taken back, and over insert-only input rows that lose their place.
 * Emits at the end of the trigger: what left the first n with a weight below 0, then what came.
 * Costs: O(log rows) per row (insert-only: O(1) for a row that stands behind the n-th), O(n) per trigger with input.
 */
export class TopN implements Operator {
  readonly #schema: Schema;
  readonly #count: number;
  readonly #insertOnly: boolean;
  readonly #dependencies: OperatorDependencies;
  readonly #evaluator: ExpressionEvaluator;
  /** By output column: where it stands among the columns that are compared. */
  readonly #positions: readonly number[];
  readonly #rows: OrderedRows;
  /** Sum of the weights kept, and of the tags. */
  #total = 0;
  #shown = 0;
  #isDirty = false;

  constructor(node: AnalysedTopN | AnalysedLimit, dependencies: OperatorDependencies, options: TopNOptions) {
    this.#schema = node.schema;
    this.#count = node.count;
    this.#insertOnly = options.insertOnly;
    this.#dependencies = dependencies;
    const compared = comparedColumns(node.schema, node.kind === "topN" ? node.orders : []);
    this.#positions = compared.positions;
    this.#evaluator = compileExpressions(compared.expressions, { codegen: dependencies.codegen });
    this.#rows = new OrderedRows(
      compared.expressions.map(({ type }) => type),
      { orders: compared.orders, durable: dependencies.durable },
    );
    this.#rows.growGroups(1);
  }

  process(_port: number, chunk: Chunk): void {
    if (this.#count === 0) return;
    this.#isDirty = true;
    this.#rows.bind(this.#evaluator.evaluate(chunk, this.#dependencies.context()));
    const count = selectedCount(chunk);
    for (let i = 0; i < count; i++) {
      const row = chunk.sel === null ? i : chunk.sel[i];
      const weight = chunk.weights === null ? 1 : chunk.weights[row];
      if (!this.#insertOnly) this.#rows.add(ALL, row, weight);
      else if (this.#canEnter(row)) this.#enter(row, weight);
    }
  }

  finish(): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const changes = new SlotChanges();
    let room = this.#count;
    let shown = this.#shown;
    this.#shown = 0;
    for (
      let slot = this.#rows.nextSlot(ALL, NONE);
      slot !== NONE && (room > 0 || shown > 0);
      slot = this.#rows.nextSlot(ALL, slot)
    ) {
      const before = this.#rows.tagOf(slot);
      const now = Math.min(room, Math.max(0, this.#rows.weightOf(slot)));
      room -= now;
      shown -= before;
      this.#shown += now;
      this.#rows.setTag(slot, now);
      changes.add(slot, now - before);
    }
    this.#send(changes);
    this.#rows.sweep();
  }

  advance(): void {}

  stateSize(): StateSize {
    return { rows: this.#rows.size, bytes: this.#rows.bytes };
  }

  stateParts(): readonly StatePart[] {
    const rows = this.#rows;
    const capture: StatePart["capture"] = (kind) =>
      rows.capture(kind, { total: String(this.#total), shown: String(this.#shown) });
    const restore: StatePart["restore"] = (state) => {
      rows.restore(state);
      this.#total = Number(state.values["total"]);
      this.#shown = Number(state.values["shown"]);
    };
    return [{ name: "rows", schema: rows.schema, capture, restore }];
  }

  #canEnter(row: number): boolean {
    return this.#total < this.#count || this.#rows.compareTo(this.#rows.last(ALL), row) > 0;
  }

  #enter(row: number, weight: number): void {
    this.#rows.add(ALL, row, weight);
    this.#total += weight;
    while (this.#total > this.#count) {
      const last = this.#rows.last(ALL);
      const excess = Math.min(this.#total - this.#count, this.#rows.weightOf(last));
      this.#total -= excess;
      const isGone = excess === this.#rows.weightOf(last) && this.#rows.tagOf(last) === 0;
      if (isGone) this.#rows.discard(last);
      else this.#rows.changeWeight(last, -excess);
    }
  }

  #send({ gone, goneWeights, come, comeWeights }: SlotChanges): void {
    const { metrics } = this.#dependencies;
    metrics.rowsUpdated += come.length;
    metrics.rowsRemoved += gone.length;
    this.#sendRows(gone, goneWeights);
    this.#sendRows(come, comeWeights);
  }

  #sendRows(slots: Int32List, weights: Int32List): void {
    sendInPieces(slots, (items, length, from) => {
      const kept = this.#rows.rows(items, length);
      const columns: readonly Column[] = this.#positions.map((position) => kept[position]);
      const part = weights.items.slice(from, from + length);
      const isPlain = part.every((weight) => weight === 1);
      const chunk: Chunk = {
        schema: this.#schema,
        columns,
        length,
        sel: null,
        weights: isPlain ? null : part,
        partition: null,
        rowBounds: null,
      };
      this.#dependencies.output.emit(chunk);
    });
  }
}

/** Slots whose part in the result has changed, in order. */
class SlotChanges {
  readonly gone = new Int32List();
  readonly goneWeights = new Int32List();
  readonly come = new Int32List();
  readonly comeWeights = new Int32List();

  add(slot: number, change: number): void {
    if (change === 0) return;
    (change < 0 ? this.gone : this.come).push(slot);
    (change < 0 ? this.goneWeights : this.comeWeights).push(change);
  }
}

interface Compared {
  readonly expressions: readonly ResolvedExpression[];
  readonly orders: readonly RowOrder[];
  readonly positions: readonly number[];
}

/** The orders, then every column that is not among them: each value is kept once. */
function comparedColumns({ fields }: Schema, orders: readonly ResolvedOrder[]): Compared {
  const expressions: ResolvedExpression[] = orders.map(({ expression }) => expression);
  const positions = fields.map(({ name, type, nullable }, index) => {
    const known = expressions.findIndex((expression) => expression.kind === "column" && expression.index === index);
    return known >= 0 ? known : expressions.push({ kind: "column", index, name, type, nullable }) - 1;
  });
  return { expressions, orders, positions };
}
