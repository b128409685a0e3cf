import type {
  AggregateCall,
  Expression,
  Generator,
  SessionWindowCall,
  TimeWindowCall,
} from "../../../src/expressions/expression.js";
import type { PlanNode, ScanNode } from "../../../src/plan/plan-node.js";
import type { DataType, Field } from "../../../src/types/data-type.js";
import { compileAggregate, type UserResults } from "./aggregates.js";
import {
  type Bound,
  type Bounds,
  boundOf,
  instantOf,
  memberBounds,
  midnightFrom,
  timeBound,
  type Watermarks,
} from "./bounds.js";
import { type Compiled, compile, positionOf } from "./expressions.js";
import type { Base, DistinctStep, GroupStep, MapStep, ScanStep, Step, Test, UnionStep, WindowSlot } from "./step.js";
import { compareValues } from "./values.js";

const TIMESTAMP: DataType = { kind: "timestamp", zone: "UTC" };
export const WINDOW: DataType = {
  kind: "struct",
  fields: ["start", "end"].map((name) => ({ name, type: TIMESTAMP, nullable: false })),
};

interface Counters {
  source: number;
  watermark: number;
  operator: number;
  readonly users: UserResults;
}

export function compilePlan(plan: PlanNode, users: UserResults): Step {
  const root = step(plan, { source: 0, watermark: 0, operator: 0, users });
  adopt(root);
  return root;
}

function adopt(parent: Step): void {
  for (const input of parent.inputs) {
    input.parent = parent;
    adopt(input);
  }
}

function step(plan: PlanNode, counters: Counters): Step {
  switch (plan.kind) {
    case "scan":
      return scan(plan, counters);
    case "project":
      return project(step(plan.input, counters), plan.columns);
    case "filter": {
      const input = step(plan.input, counters);
      return { ...like(input), kind: "filter", condition: compile(plan.condition, input) };
    }
    case "watermark": {
      const input = step(plan.input, counters);
      const id = counters.watermark++;
      const isDate = input.fields[positionOf(input.fields, plan.column)].type.kind === "date";
      const bound = isDate ? midnightFrom((all) => all[id]) : (all: Watermarks) => all[id];
      const bounds: Bounds = plan.late === "never" ? new Map() : new Map([[plan.column, bound]]);
      return {
        ...like(input),
        kind: "watermark",
        id,
        bounds,
        time: positionOf(input.fields, plan.column),
        delay: plan.delay,
        late: plan.late,
      };
    }
    case "aggregate":
      return group(step(plan.input, counters), plan, counters);
    case "dropDuplicates":
      return distinct(step(plan.input, counters), plan.columns, counters);
    case "sort":
      return step(plan.input, counters);
    case "limit": {
      const sorted = plan.input.kind === "sort" ? plan.input.orders : [];
      const input = step(plan.input, counters);
      const orders = sorted.map(({ expression, ...rest }) => ({ ...rest, value: compile(expression, input) }));
      const keeps = orders.length === 0 && input.ordered;
      return {
        ...like(input),
        kind: "top",
        orders,
        count: plan.count,
        ordinal: counters.operator++,
        byArrival: keeps,
        ordered: false,
        settled: keeps,
        bounds: keeps ? input.bounds : new Map(),
      };
    }
    case "union":
      return unionOf(plan.inputs.map((input) => step(input, counters)));
  }
}

function like(input: Step): Base {
  const { fields, bounds, ordered, settled, unique } = input;
  return { fields, bounds, ordered, settled, unique, inputs: [input], parent: null };
}

function scan({ source }: ScanNode, counters: Counters): ScanStep {
  const { insertOnly } = source;
  return {
    kind: "scan",
    source: counters.source++,
    fields: source.schema.fields,
    bounds: new Map(),
    ordered: insertOnly,
    settled: insertOnly,
    unique: [],
    inputs: [],
    parent: null,
  };
}

function unionOf(inputs: readonly Step[]): UnionStep {
  const [first] = inputs;
  const order = ["int32", "int64", "float64"];
  const fields = first.fields.map((field, i) =>
    inputs
      .map((input) => ({ ...field, type: input.fields[i].type }))
      .reduce((a, b) => (order.indexOf(b.type.kind) > order.indexOf(a.type.kind) ? b : a)),
  );
  const bounds = new Map<string, Bound>();
  for (const path of first.bounds.keys()) {
    const all = inputs.flatMap((input) => input.bounds.get(renamed(path, first.fields, input.fields)) ?? []);
    if (all.length === inputs.length) bounds.set(path, (watermarks) => least(all.map((bound) => bound(watermarks))));
  }
  return {
    kind: "union",
    unique: [],
    fields,
    bounds,
    inputs,
    parent: null,
    ordered: inputs.every((input) => input.ordered),
    settled: inputs.every((input) => input.settled),
  };
}

/** Union goes by position. */
function renamed(path: string, from: readonly Field[], to: readonly Field[]): string {
  const [column, ...member] = path.split(".");
  return [to[positionOf(from, column)].name, ...member].join(".");
}

function least(values: readonly (bigint | null)[]): bigint | null {
  if (values.includes(null)) return null;
  return [...values].sort((a, b) => compareValues(a, b))[0];
}

function project(input: Step, expressions: readonly Expression[]): MapStep {
  const columns = expressions.flatMap((each): Expression[] =>
    each.kind === "star" ? input.fields.map(({ name }) => ({ kind: "column", name })) : [each],
  );
  const window = windowIn(input, columns);
  const generator = columns.map(bare).find((each): each is Generator => each.kind === "explode");
  const list = generator === undefined ? null : compile(generator.input, input);
  const scope = withSlots(input, window, list);
  const compiled = columns.map((column) => compile(column, scope));
  const fields = columns.map((column, i): Field => ({ name: nameOf(column), type: compiled[i].type, nullable: true }));
  return {
    ...like(input),
    kind: "map",
    fields,
    bounds: namedBounds(columns, input),
    unique: window === null && list === null ? input.unique.flatMap((key) => renamedKey(key, columns)) : [],
    window,
    columns: compiled,
    explode: list === null ? null : { list, outer: generator?.outer ?? false },
  };
}

/** A key by its new names, where every column of it is handed on. */
function renamedKey(key: readonly string[], columns: readonly Expression[]): string[][] {
  const names = key.map((name) => {
    const carrier = columns.find((column) => {
      const inner = bare(column);
      return inner.kind === "column" && inner.name === name;
    });
    return carrier === undefined ? null : nameOf(carrier);
  });
  return names.includes(null) ? [] : [names.map(String)];
}

export function nameOf(expression: Expression): string {
  switch (expression.kind) {
    case "alias":
    case "column":
    case "field":
      return expression.name;
    case "window":
      return "window";
    case "sessionWindow":
      return "session_window";
    default:
      throw new Error(`Plans of the laws name every ${expression.kind}`);
  }
}

function bare(expression: Expression): Expression {
  return expression.kind === "alias" ? bare(expression.input) : expression;
}

function windowIn(input: Step, columns: readonly Expression[]): WindowSlot | null {
  const call = columns.map(bare).find((each): each is TimeWindowCall => each.kind === "window");
  return call === undefined ? null : { call, time: compile(call.time, input) };
}

/** The input's columns, then the window, then the exploded element. */
function withSlots(input: Step, window: WindowSlot | null, list: Compiled | null) {
  const fields = [...input.fields, { name: "", type: WINDOW, nullable: true }];
  if (list?.type.kind === "list") fields.push({ name: "", type: list.type.element, nullable: true });
  const slot = ({ kind }: Expression): number | null =>
    kind === "window" && window !== null ? input.fields.length : kind === "explode" ? input.fields.length + 1 : null;
  return { fields, slot };
}

function namedBounds(columns: readonly Expression[], { bounds, fields }: Step): Bounds {
  const found = new Map<string, Bound>();
  for (const column of columns) {
    const bound = boundOf(column, bounds, fields);
    if (bound !== null) found.set(nameOf(column), bound);
    for (const [member, each] of memberBounds(column, bounds, fields)) found.set(`${nameOf(column)}.${member}`, each);
  }
  return found;
}

function group(
  input: Step,
  { keys, aggregates }: Extract<PlanNode, { kind: "aggregate" }>,
  counters: Counters,
): GroupStep {
  const window = windowIn(input, keys);
  const scope = withSlots(input, window, null);
  const at = keys.findIndex((key) => bare(key).kind === "sessionWindow");
  const call = at < 0 ? null : (bare(keys[at]) as SessionWindowCall);
  const plain = keys.filter((_, i) => i !== at);
  const compiled = plain.map((key) => compile(key, scope));
  const folded = aggregates.map((each) => compileAggregate(bare(each) as AggregateCall, scope, counters.users));
  const types = [
    ...keys.map((_, i) => (i === at ? WINDOW : compiled[at >= 0 && i > at ? i - 1 : i].type)),
    ...folded.map(({ type }) => type),
  ];
  const fields = [...keys, ...aggregates].map(
    (each, i): Field => ({ name: nameOf(each), type: types[i], nullable: true }),
  );
  const bounds = new Map(namedBounds(plain, input));
  const tests: Test[] = call === null ? testsOf(plain, input, scope) : [];
  const time = call === null ? null : timeBound(call.time, input.bounds, input.fields);
  if (call !== null && time !== null) {
    const value = compile(call.time, input);
    tests.push({ value: { ...value, run: (row) => instantOf(value.run(row)) }, member: null, bound: time });
    bounds.set(`${nameOf(keys[at])}.end`, time);
  }
  const session = call === null ? null : { at, time: compile(call.time, input), gap: compile(call.gap, input) };
  const ends =
    call === null
      ? endsOf(keys.length, fields, bounds)
      : endsOf(keys.length, fields, bounds).filter(({ member }) => member === "end");
  return {
    kind: "group",
    fields,
    bounds,
    inputs: [input],
    parent: null,
    ordered: false,
    settled: ends.length > 0,
    unique: [keys.map(nameOf)],
    window,
    tests,
    ends,
    ordinal: counters.operator++,
    keys: compiled,
    aggregates: folded,
    session,
  };
}

function testsOf(keys: readonly Expression[], { bounds, fields }: Step, scope: ReturnType<typeof withSlots>): Test[] {
  return keys.flatMap((key) => {
    const value = compile(key, scope);
    const bound = boundOf(key, bounds, fields);
    const members = [...memberBounds(key, bounds, fields)].map(([member, each]) => ({ value, member, bound: each }));
    return bound === null ? members : [{ value, member: null, bound }, ...members];
  });
}

function endsOf(keys: number, fields: readonly Field[], bounds: Bounds): Test[] {
  return [...bounds].flatMap(([path, bound]) => {
    const [column, member = null] = path.split(".");
    const index = positionOf(fields, column);
    return index < keys ? [{ value: compile({ kind: "column", name: column }, { fields }), member, bound }] : [];
  });
}

function distinct(input: Step, columns: readonly string[] | null, counters: Counters): DistinctStep {
  const { fields } = input;
  const names = columns ?? fields.map(({ name }) => name);
  const keys = names.map((name) => compile({ kind: "column", name }, { fields }));
  const isKey = input.unique.some((key) => key.every((name) => names.includes(name)));
  const keeps = names.length === fields.length || (input.settled && (input.ordered || isKey));
  const bounds = keeps
    ? input.bounds
    : new Map([...input.bounds].filter(([path]) => names.includes(path.split(".")[0])));
  const tests = [...bounds].flatMap(([path, bound]): Test[] => {
    const [column, member = null] = path.split(".");
    return names.includes(column) ? [{ value: keys[names.indexOf(column)], member, bound }] : [];
  });
  const settled = (keeps && input.settled) || tests.length > 0;
  return {
    kind: "distinct",
    fields,
    bounds,
    inputs: [input],
    parent: null,
    ordered: false,
    settled,
    unique: keeps ? [names, ...input.unique] : [names],
    window: null,
    tests,
    ends: tests,
    ordinal: counters.operator++,
    keys,
    keeps,
  };
}
