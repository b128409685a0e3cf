import { unreachable } from "../../../src/common/unreachable.js";
import type { PlanNode } from "../../../src/plan/plan-node.js";
import type { UserResults } from "./aggregates.js";
import { FOREVER, instantOf, type Watermarks, windowsOf } from "./bounds.js";
import { type Compiled, widen } from "./expressions.js";
import {
  compilePlan,
  type GroupStep,
  type KeyedStep,
  type MapStep,
  type Step,
  type Test,
  type TopStep,
  type WatermarkStep,
  type WindowSlot,
} from "./steps.js";
import { compareRows, compareValues, isList, isStruct, keyOf, type Row, type Value } from "./values.js";

/** One row of a script: what a source delivers. `source` counts the scans of the plan from the left. */
export interface ScriptRow {
  readonly source: number;
  readonly partition: string;
  readonly weight: number;
  readonly row: Row;
}
export type Script = readonly (readonly ScriptRow[])[];

/** A row with how often it is there; where it still is one row of a source, where it came from. */
export interface Tuple {
  readonly row: Row;
  readonly weight: number;
  /** Place in the order of arrival. */
  readonly seq: readonly number[];
  readonly tag: Tag | null;
}
interface Tag {
  readonly trigger: number;
  readonly partition: string;
  /** late 'strict': the watermark as the rows before this one have moved it. */
  readonly strict: { readonly id: number; readonly bound: bigint | null } | null;
}

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
        const arrived = streams[id].filter(({ tag }) => tag?.trigger === t);
        for (const tuple of arrived) note(seen[id], step, tuple);
        return held(
          old[id],
          [...new Set(arrived.map(({ tag }) => tag?.partition ?? ""))].map(
            (partition) => seen[id].get(partition) ?? null,
          ),
          step.delay,
        );
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

function withWindows(tuple: Tuple, window: WindowSlot | null): readonly Tuple[] {
  if (window === null) return [tuple];
  const time = instantOf(window.time.run(tuple.row));
  if (time === null) return [];
  return windowsOf(window.call, time).map((each, i) => ({
    ...tuple,
    row: [...tuple.row, each],
    seq: [...tuple.seq, i],
  }));
}

function mapped({ window, explode, columns }: MapStep, tuple: Tuple): Tuple[] {
  return withWindows(tuple, window).flatMap((image) => {
    const row = window === null ? [...image.row, null] : image.row;
    if (explode === null) return [{ ...image, row: columns.map((column) => column.run(row)) }];
    const list = explode.list.run(row);
    const elements = list !== null && isList(list) && list.length > 0 ? list : explode.outer ? [null] : [];
    return elements.map((element, i) => ({
      ...image,
      row: columns.map((column) => column.run([...row, element])),
      seq: [...image.seq, i],
    }));
  });
}

/** Equal rows as one, in the order of all columns. */
export function consolidate(tuples: readonly Tuple[]): Tuple[] {
  const rows = new Map<string, Tuple>();
  for (const tuple of tuples) {
    const key = keyOf(tuple.row);
    const other = rows.get(key);
    rows.set(key, other === undefined ? { ...tuple, tag: null } : { ...other, weight: other.weight + tuple.weight });
  }
  return [...rows.values()].filter(({ weight }) => weight !== 0).sort((a, b) => compareRows(a.row, b.row));
}

/** Rows as they arrived, or where there is no such order, by all columns; each as often as it is there. */
function inOrder(tuples: readonly Tuple[], ordered: boolean): readonly Tuple[] {
  if (ordered) return tuples;
  return consolidate(tuples).flatMap((tuple) => Array.from({ length: tuple.weight }, () => ({ ...tuple, weight: 1 })));
}

function firstRows({ orders, count, byArrival, inputs }: TopStep, tuples: readonly Tuple[]): readonly Tuple[] {
  const sorted = inOrder(tuples, byArrival && inputs[0].ordered);
  if (orders.length === 0) return sorted.slice(0, count);
  const compare = (a: Tuple, b: Tuple): number => {
    for (const { value, descending, nullsFirst } of orders) {
      const [x, y] = [value.run(a.row), value.run(b.row)];
      if (x === null && y === null) continue;
      if (x === null || y === null) return (x === null) === nullsFirst ? -1 : 1;
      const order = compareValues(x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
  return [...sorted]
    .sort(compare)
    .slice(0, count)
    .map((tuple) => ({ ...tuple, tag: null }));
}

function firstOfEach(step: Extract<KeyedStep, { kind: "distinct" }>, tuples: readonly Tuple[]): readonly Tuple[] {
  const { ordered } = step.inputs[0];
  const first = new Map<string, Tuple>();
  for (const tuple of inOrder(tuples, ordered)) {
    const key = keyOf(step.keys.map((each) => each.run(tuple.row)));
    if (!first.has(key)) first.set(key, { ...tuple, tag: ordered ? tuple.tag : null });
  }
  return [...first.values()];
}

function grouped(step: GroupStep, tuples: readonly Tuple[]): readonly Tuple[] {
  const groups = new Map<string, { readonly keys: Row; readonly tuples: Tuple[] }>();
  if (step.keys.length === 0 && step.session === null) groups.set(keyOf([]), { keys: [], tuples: [] });
  for (const tuple of inOrder(tuples, step.inputs[0].ordered)) {
    const keys = step.keys.map((key) => key.run(tuple.row));
    const id = keyOf(keys);
    const group = groups.get(id) ?? { keys, tuples: [] };
    groups.set(id, group);
    group.tuples.push(tuple);
  }
  return [...groups.values()].flatMap(({ keys, tuples: members }) => {
    const parts = step.session === null ? [{ keys, members }] : sessions(step.session, keys, members);
    return parts.map((part) => result(step, part.keys, part.members));
  });
}

function result({ aggregates }: GroupStep, keys: Row, members: readonly Tuple[]): Tuple {
  const rows = members.map(({ row }) => row);
  return { row: [...keys, ...aggregates.map((aggregate) => aggregate.run(rows))], weight: 1, seq: [], tag: null };
}

interface Part {
  readonly keys: Row;
  readonly members: Tuple[];
}

/** Rows belong together when one begins at or before the end of those before it. */
function sessions({ at, time, gap }: NonNullable<GroupStep["session"]>, keys: Row, tuples: readonly Tuple[]): Part[] {
  const timed = tuples.flatMap((tuple, place) => {
    const start = instantOf(time.run(tuple.row));
    const length = gap.run(tuple.row) as bigint | null;
    return start === null || length === null || length <= 0n ? [] : [{ tuple, place, start, end: start + length }];
  });
  timed.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.place - b.place));
  const found: { start: bigint; end: bigint; members: typeof timed }[] = [];
  for (const each of timed) {
    const last = found.at(-1);
    if (last === undefined || each.start > last.end) found.push({ start: each.start, end: each.end, members: [each] });
    else {
      last.members.push(each);
      if (each.end > last.end) last.end = each.end;
    }
  }
  return found.map(({ start, end, members }) => ({
    keys: [...keys.slice(0, at), { start, end }, ...keys.slice(at)],
    members: members.sort((a, b) => a.place - b.place).map(({ tuple }) => tuple),
  }));
}
