import { instantOf, windowsOf } from "./bounds.js";
import type { DistinctStep, GroupStep, MapStep, TopStep, WindowSlot } from "./step.js";
import { compareRows, compareValues, isList, keyOf, type Row } from "./values.js";

/** A row with how often it is there; where it still is one row of a source, where it came from. */
export interface Tuple {
  readonly row: Row;
  readonly weight: number;
  /** Place in the order of arrival. */
  readonly seq: readonly number[];
  readonly tag: Tag | null;
}
export interface Tag {
  readonly trigger: number;
  readonly partition: string;
  /** late 'strict': the watermark as the rows before this one have moved it. */
  readonly strict: { readonly id: number; readonly bound: bigint | null } | null;
}

export function withWindows(tuple: Tuple, window: WindowSlot | null): readonly Tuple[] {
  if (window === null) return [tuple];
  const time = instantOf(window.time.run(tuple.row));
  if (time === null) return [];
  return windowsOf(window.call, time).map((each, i) => ({
    ...tuple,
    row: [...tuple.row, each],
    seq: [...tuple.seq, i],
  }));
}

export function mapped({ window, explode, columns }: MapStep, tuple: Tuple): Tuple[] {
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

export function firstRows({ orders, count, byArrival, inputs }: TopStep, tuples: readonly Tuple[]): readonly Tuple[] {
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

export function firstOfEach(step: DistinctStep, tuples: readonly Tuple[]): readonly Tuple[] {
  const { ordered } = step.inputs[0];
  const first = new Map<string, Tuple>();
  for (const tuple of inOrder(tuples, ordered)) {
    const key = keyOf(step.keys.map((each) => each.run(tuple.row)));
    if (!first.has(key)) first.set(key, { ...tuple, tag: ordered ? tuple.tag : null });
  }
  return [...first.values()];
}

export function grouped(step: GroupStep, tuples: readonly Tuple[]): readonly Tuple[] {
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
