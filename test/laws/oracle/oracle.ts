import { unreachable } from "../../../src/common/unreachable.js";
import type { PlanNode } from "../../../src/plan/plan-node.js";
import type { UserResults } from "./aggregates.js";
import { FOREVER, instantOf, type Watermarks, windowsOf } from "./bounds.js";
import { compilePlan } from "./compile-plan.js";
import { consolidate, firstOfEach, firstRows, grouped, mapped, type Tag, type Tuple, withWindows } from "./evaluate.js";
import { type Compiled, widen } from "./expressions.js";
import type { KeyedStep, Step, Test, WatermarkStep, WindowSlot } from "./step.js";
import { compareRows, isStruct, keyOf, type Row, type Value } from "./values.js";

/** One row of a script: what a source delivers. `source` counts the scans of the plan from the left. */
export interface ScriptRow {
  readonly source: number;
  readonly partition: string;
  readonly weight: number;
  readonly row: Row;
}
export type Script = readonly (readonly ScriptRow[])[];

/** A row that a late filter removes: the operator that the filter protects (null = the source's own), and the trigger. */
export interface LateRow {
  readonly ordinal: number | null;
  readonly trigger: number;
  /** Which row of the script it comes from, counted from the first. */
  readonly place: number;
  readonly row: Row;
}

/** A row of which only some columns are known. */
type Partial = readonly (Value | undefined)[];

/**
 * What a plan means, by its definition: every row that the sources delivered, evaluated from the start, row by row.
 * With watermarks it also says which rows are late (DESIGN 4.2), and which are final.
 */
export class Oracle {
  readonly root: Step;
  readonly steps: readonly Step[];
  /** After each trigger. */
  readonly watermarks: readonly Watermarks[];
  readonly #script: Script;
  readonly #endsAt: number;
  readonly #streams = new Map<Step, readonly Tuple[]>();

  /** `endsAt`: the trigger after which every source has ended for ever. */
  constructor(
    plan: PlanNode,
    script: Script,
    options: { readonly users?: UserResults; readonly endsAt?: number } = {},
  ) {
    this.root = compilePlan(plan, options.users ?? {});
    this.steps = stepsOf(this.root);
    this.#script = script;
    this.#endsAt = options.endsAt ?? Number.POSITIVE_INFINITY;
    this.watermarks = this.#watermarks();
  }

  /** Every row that would be in append's output is settled in the end. */
  get appendable(): boolean {
    return this.root.settled;
  }

  /** O_t: the whole result after trigger `t`. */
  result(t: number): readonly Tuple[] {
    return consolidate(this.#evaluate(this.root, { t, finals: false, late: null }));
  }

  /** Everything that append mode has sent after trigger `t`. */
  appended(t: number): readonly Tuple[] {
    return consolidate(this.#evaluate(this.root, { t, finals: true, late: null }));
  }

  lateRows(t: number): readonly LateRow[] {
    const late: LateRow[] = [];
    this.#evaluate(this.root, { t, finals: false, late });
    for (const step of this.steps)
      if (step.kind === "watermark" && step.late === "source") late.push(...this.#lateAtSource(step, t));
    return late;
  }

  /** How many groups of an operator can still change after trigger `t`: all that its state may hold. */
  openGroups(step: KeyedStep, t: number): number {
    return this.#evaluate(step, { t, finals: false, late: null }).filter((tuple) => !this.#isFinal(step, tuple.row, t))
      .length;
  }

  /** How many different rows stand in the groups that can still change after trigger `t`. */
  openRows(step: KeyedStep, t: number): number {
    const view: View = { t, finals: false, late: null };
    const open = this.#evaluate(step, view).filter((tuple) => !this.#isFinal(step, tuple.row, t));
    const ids = new Set(open.map(({ row }) => keyOf(keysOf(step, row))));
    const accepted = consolidate(this.#accepted(step, this.#evaluate(step.inputs[0], view), null));
    return accepted.filter(({ row }) => ids.has(keyOf(step.keys.map((key) => key.run(row))))).length;
  }

  #watermarks(): Watermarks[] {
    const steps = this.steps.filter((step): step is WatermarkStep => step.kind === "watermark");
    const history: Watermarks[] = [];
    const seen = steps.map(() => new Map<string, bigint | null>());
    const streams = steps.map((step) => this.#stream(step.inputs[0]));
    for (let t = 0; t < this.#script.length; t++) {
      const old = history[t - 1] ?? steps.map(() => null);
      const next = steps.map((step, id) => {
        if (t >= this.#endsAt) return FOREVER;
        for (const tuple of streams[id]) if (tuple.tag?.trigger === t) note(seen[id], step, tuple);
        // A partition holds although a filter below the watermark takes its rows away.
        const delivered = this.#script[t].filter(({ source }) => source === sourceOf(step));
        const partitions = [...new Set(delivered.map(({ partition }) => partition))];
        const maxima = partitions.map((partition) => seen[id].get(partition) ?? null);
        return held(old[id], maxima, step.delay);
      });
      history.push(next);
    }
    return history;
  }

  /** Rows of all triggers, above linear operators only. */
  #stream(step: Step): readonly Tuple[] {
    const known =
      this.#streams.get(step) ??
      this.#linear(
        step,
        step.inputs.map((input) => this.#stream(input)),
      );
    this.#streams.set(step, known);
    return known;
  }

  #linear(step: Step, inputs: readonly (readonly Tuple[])[]): readonly Tuple[] {
    switch (step.kind) {
      case "scan":
        return this.#scan(step.source);
      case "map":
        return inputs[0].flatMap((tuple) => mapped(step, tuple));
      case "filter":
        return inputs[0].filter(({ row }) => step.condition.run(row) === true);
      case "watermark":
        return step.late === "source"
          ? inputs[0].filter((tuple) => !this.#isBehind(step, tuple))
          : step.late === "strict"
            ? this.#strict(step, inputs[0])
            : inputs[0];
      case "union": {
        const all = inputs
          .flat()
          .map((tuple) => ({ ...tuple, row: tuple.row.map((value, i) => widen(step.fields[i].type, value)) }));
        return step.ordered ? all.sort((a, b) => compareRows(a.seq, b.seq)) : all;
      }
      default:
        throw new Error(`A ${step.kind} is not linear`);
    }
  }

  #scan(source: number): readonly Tuple[] {
    let seq = 0;
    return this.#script.flatMap((rows, trigger) =>
      rows.flatMap((each) => {
        const place = seq++;
        return each.source === source
          ? [
              {
                row: each.row,
                weight: each.weight,
                seq: [place],
                tag: { trigger, partition: each.partition, strict: null },
              },
            ]
          : [];
      }),
    );
  }

  #strict(step: WatermarkStep, tuples: readonly Tuple[]): readonly Tuple[] {
    let bound: bigint | null = null;
    let trigger = -1;
    return tuples.map((tuple) => {
      const tag = tuple.tag as Tag;
      if (tag.trigger !== trigger) bound = this.#before(tag.trigger)[step.id];
      trigger = tag.trigger;
      const marked = { ...tuple, tag: { ...tag, strict: { id: step.id, bound } } };
      const time = instantOf(tuple.row[step.time]);
      if (time !== null) bound = later(bound, time - step.delay);
      return marked;
    });
  }

  #isBehind(step: WatermarkStep, { row, tag }: Tuple): boolean {
    const value = row[step.time];
    const bound = (step.bounds.values().next().value ?? (() => null))(this.#before((tag as Tag).trigger));
    return value !== null && bound !== null && BigInt(value as bigint | number) < bound;
  }

  #lateAtSource(step: WatermarkStep, t: number): LateRow[] {
    const rows = this.#stream(step.inputs[0]).filter(
      (tuple) => (tuple.tag as Tag).trigger <= t && this.#isBehind(step, tuple),
    );
    return rows.map(({ row, seq, tag }) => ({ ordinal: null, trigger: (tag as Tag).trigger, place: seq[0], row }));
  }

  #before(trigger: number): Watermarks {
    return this.watermarks?.[trigger - 1] ?? this.steps.filter(({ kind }) => kind === "watermark").map(() => null);
  }

  /** The watermarks that a row is tested against. */
  #oldFor({ trigger, strict }: Tag): Watermarks {
    const old = this.#before(trigger);
    return strict === null ? old : old.map((watermark, id) => (id === strict.id ? strict.bound : watermark));
  }

  #evaluate(step: Step, view: View): readonly Tuple[] {
    if (isLinearBelow(step)) return this.#stream(step).filter(({ tag }) => (tag as Tag).trigger <= view.t);
    const inputs = step.inputs.map((input) => this.#evaluate(input, view));
    switch (step.kind) {
      case "top":
        return firstRows(step, inputs[0]);
      case "group":
      case "distinct": {
        const accepted = this.#accepted(step, inputs[0], view.late);
        const rows = step.kind === "group" ? grouped(step, accepted) : firstOfEach(step, accepted);
        const holds = view.finals && !(step.kind === "distinct" && step.keeps && step.inputs[0].settled);
        return holds ? rows.filter(({ row }) => this.#isFinal(step, row, view.t)) : rows;
      }
      default:
        return this.#linear(step, inputs);
    }
  }

  /** The rows in front of an operator, once per window, without those that are late for it. */
  #accepted(step: KeyedStep, tuples: readonly Tuple[], late: LateRow[] | null): readonly Tuple[] {
    return tuples.flatMap((tuple) =>
      withWindows(tuple, step.window).filter((image) => {
        const { tag } = image;
        if (tag === null || !this.#isLate(step, image.row, this.#oldFor(tag))) return true;
        late?.push({ ordinal: step.ordinal, trigger: tag.trigger, place: image.seq[0], row: image.row });
        return false;
      }),
    );
  }

  /** Late for the operator itself, or for one above that ends its rows by columns which this one hands on. */
  #isLate(step: KeyedStep, row: Partial, old: Watermarks): boolean {
    if (step.tests.length === 0) return false;
    return (
      step.tests.some((test) => isBelow(test, row, old)) || this.#isLateAbove(step.parent, handedOn(step, row), old)
    );
  }

  #isLateAbove(step: Step | null, row: Partial, old: Watermarks): boolean {
    if (step === null) return false;
    switch (step.kind) {
      case "filter":
        return known(step.condition, row) === true && this.#isLateAbove(step.parent, row, old);
      case "map":
        return every(images(row, step.window), (image) =>
          this.#isLateAbove(
            step.parent,
            step.columns.map((column) => known(column, image)),
            old,
          ),
        );
      case "union":
        return this.#isLateAbove(step.parent, row, old);
      case "group":
      case "distinct":
        return every(images(row, step.window), (image) => this.#isLate(step, image, old));
      case "top":
        return false;
      case "scan":
      case "watermark":
        throw new Error(`A ${step.kind} stands above an operator with state`);
      default:
        return unreachable(step);
    }
  }

  #isFinal(step: KeyedStep, row: Row, t: number): boolean {
    const now = this.watermarks[t];
    return step.ends.some((end) => isBelow(end, row, now) || end.bound(now) === FOREVER);
  }
}

/** The keys of an output row, without the session. */
function keysOf(step: KeyedStep, row: Row): Row {
  if (step.kind === "distinct") return step.keys.map((key) => key.run(row));
  const at = step.session?.at ?? -1;
  return row.slice(0, step.keys.length + (at < 0 ? 0 : 1)).filter((_, i) => i !== at);
}

interface View {
  readonly t: number;
  /** As append mode sees it: rows of an operator that takes rows back count once they are final. */
  readonly finals: boolean;
  readonly late: LateRow[] | null;
}

function stepsOf(step: Step): Step[] {
  return [...step.inputs.flatMap(stepsOf), step];
}

function isLinearBelow(step: Step): boolean {
  return step.kind !== "group" && step.kind !== "distinct" && step.kind !== "top" && step.inputs.every(isLinearBelow);
}

/** The source that a watermark watches. */
function sourceOf(step: Step): number {
  return step.kind === "scan" ? step.source : sourceOf(step.inputs[0]);
}

function note(seen: Map<string, bigint | null>, step: WatermarkStep, { row, tag }: Tuple): void {
  const partition = tag?.partition ?? "";
  const time = instantOf(row[step.time]);
  seen.set(partition, time === null ? (seen.get(partition) ?? null) : later(seen.get(partition) ?? null, time));
}

/** max(old, the least of the partitions that delivered, less the delay); a partition without an event time holds. */
function held(old: bigint | null, maxima: readonly (bigint | null)[], delay: bigint): bigint | null {
  let least: bigint | null = null;
  for (const max of maxima) {
    if (max === null) return old;
    if (least === null || max < least) least = max;
  }
  return least === null ? old : later(old, least - delay);
}

function later(a: bigint | null, b: bigint): bigint {
  return a === null || b > a ? b : a;
}

function isBelow({ value, member, bound }: Test, row: Partial, watermarks: Watermarks): boolean {
  const whole = known(value, row);
  const tested = member !== null && whole !== null && whole !== undefined && isStruct(whole) ? whole[member] : whole;
  const limit = bound(watermarks);
  if (tested === undefined || tested === null || limit === null) return false;
  return BigInt(tested as bigint | number) < limit;
}

function known(compiled: Compiled, row: Partial): Value | undefined {
  for (const index of compiled.reads) if (row[index] === undefined) return undefined;
  return compiled.run(row as Row);
}

/** What an operator's output row has of an input row: keys, and for dropDuplicates everything. */
function handedOn(step: KeyedStep, row: Partial): Partial {
  if (step.kind === "distinct") return row;
  const keys: (Value | undefined)[] = step.keys.map((key) => known(key, row));
  if (step.session !== null) keys.splice(step.session.at, 0, undefined);
  return [...keys, ...step.aggregates.map(() => undefined)];
}

/** A row once per window, as far as the window is known; behind it an element that nobody knows. */
function images(row: Partial, window: WindowSlot | null): Partial[] {
  if (window === null) return [[...row, undefined, undefined]];
  const time = known(window.time, row);
  if (time === undefined) return [[...row, undefined, undefined]];
  const micros = instantOf(time);
  return micros === null ? [] : windowsOf(window.call, micros).map((each) => [...row, each, undefined]);
}

/** Of none, nothing holds: a row without a window is late for none. */
function every(rows: readonly Partial[], holds: (row: Partial) => boolean): boolean {
  return rows.length > 0 && rows.every(holds);
}
