import type { Expression } from "../../../src/expressions/expression.js";
import type { LatePolicy, PlanNode, SortOrder } from "../../../src/plan/plan-node.js";
import type { DataType, Field } from "../../../src/types/data-type.js";
import { date, float64, int64, utf8 } from "../../../src/types/type-constructors.js";
import { compilePlan } from "../oracle/compile-plan.js";
import {
  aggregate,
  call,
  cast,
  column,
  float,
  int,
  long,
  member,
  named,
  seconds,
  session,
  text,
  USER_IDS,
  userAggregate,
  type WindowSpec,
  window,
} from "./expressions.js";
import type { Random } from "./random.js";
import { SOURCE_FIELDS } from "./rows.js";
import { USER_RESULTS } from "./user-functions.js";

export interface PlanSpec {
  /** Chance of event time; of every source at once. */
  readonly eventTime: number;
  /** Which late options may come. */
  readonly late: readonly LatePolicy[];
  /** Chance that a source may take rows back. */
  readonly retracting: number;
  /** Operators above the sources. */
  readonly maxDepth: number;
  /** first, last, limit and dropDuplicates by arrival may come. */
  readonly byArrival: boolean;
  /** limit and top-N may come: they never settle. */
  readonly limits: boolean;
  /** At most so many sources. */
  readonly sources: number;
  /** Only operators that treat each row by itself. */
  readonly linear: boolean;
}

export const ANY_PLAN: PlanSpec = {
  eventTime: 0.5,
  late: ["operator", "operator", "operator", "operator", "source", "strict", "strict", "never"],
  retracting: 0.3,
  maxDepth: 4,
  byArrival: true,
  limits: true,
  sources: 3,
  linear: false,
};

/** A plan under construction: what each column is, as far as the next operator cares. */
interface Draft {
  readonly plan: PlanNode;
  readonly fields: readonly Field[];
  /** Rows still come one by one from sources. */
  readonly linear: boolean;
}

const RICH_KEYS = ["bool", "int32", "int64", "float64", "utf8", "binary", "date", "list", "struct", "timestamp"];

/** A random plan over sources with the columns of SOURCE_FIELDS. */
export function randomPlan(random: Random, spec: PlanSpec): PlanNode {
  return new PlanMaker(random, spec).make();
}

class PlanMaker {
  readonly #random: Random;
  readonly #spec: PlanSpec;
  #names = 0;
  #sources = 0;

  constructor(random: Random, spec: PlanSpec) {
    this.#random = random;
    this.#spec = spec;
  }

  make(): PlanNode {
    const random = this.#random;
    let draft = this.#source();
    const depth = random.int(1, this.#spec.maxDepth);
    for (let i = 0; i < depth; i++) draft = this.#grow(draft);
    return draft.plan;
  }

  #name(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  #named(prefix: string, expression: Expression): Expression {
    return named(this.#name(isRounded(expression) ? "q" : canOverflow(expression) ? "m" : prefix), expression);
  }

  #draft(plan: PlanNode, linear: boolean): Draft {
    return { plan, fields: compilePlan(plan, USER_RESULTS).fields, linear };
  }

  /** One source, or a union of up to three with equal columns. */
  #source(): Draft {
    const random = this.#random;
    const timed = random.chance(this.#spec.eventTime);
    const late = random.pick(this.#spec.late);
    const parts = this.#spec.sources > 1 && random.chance(0.2) ? random.int(2, this.#spec.sources) : 1;
    const drafts = Array.from({ length: parts }, () =>
      this.#oneSource(timed, timed && random.chance(0.8) ? late : random.pick(this.#spec.late)),
    );
    if (drafts.length === 1) return drafts[0];
    return this.#draft({ kind: "union", inputs: drafts.map(({ plan }) => plan) }, true);
  }

  #oneSource(timed: boolean, late: LatePolicy): Draft {
    const random = this.#random;
    const id = `s${this.#sources++}`;
    const insertOnly = !random.chance(this.#spec.retracting);
    let draft: Draft = {
      plan: {
        kind: "scan",
        source: { id, label: id, schema: { fields: SOURCE_FIELDS }, bounded: false, insertOnly, streaming: true },
      },
      fields: SOURCE_FIELDS,
      linear: true,
    };
    if (random.chance(0.15)) draft = this.#filter(draft);
    if (!timed) return draft;
    const isDate = random.chance(0.1);
    const delay =
      BigInt(random.chance(0.6) ? random.int(0, 2) : random.int(0, 5)) * (isDate ? 86_400_000_000n / 5n : 1_000_000n);
    return this.#draft(
      { kind: "watermark", input: draft.plan, column: isDate ? "d" : "at", delay, idleTimeout: null, late },
      true,
    );
  }

  #grow(draft: Draft): Draft {
    const windows = this.#windowColumns(draft);
    const times = this.#timeColumns(draft);
    const { limits, linear, eventTime } = this.#spec;
    // Event time is made use of early, else there is nothing to be late for.
    const timed = draft.linear && eventTime > 0.5;
    if (linear) return this.#random.pick([this.#filter, this.#project, this.#project, this.#explode]).call(this, draft);
    const grow = this.#random.weighted<(draft: Draft) => Draft>([
      [2, (each) => this.#filter(each)],
      [2, (each) => this.#project(each)],
      [draft.linear ? 1 : 0.3, (each) => this.#explode(each)],
      [times.length + windows.length > 0 ? (timed ? 14 : 5) : 0, (each) => this.#windowed(each)],
      [times.length > 0 ? (timed ? 8 : 2.5) : 0, (each) => this.#sessions(each)],
      [2.5, (each) => this.#grouped(each)],
      [windows.length > 0 ? 2 : 0, (each) => this.#byWindowColumn(each)],
      [2, (each) => this.#distinct(each)],
      [limits ? 0.7 : 0, (each) => this.#limited(each)],
    ]);
    return grow(draft);
  }

  #windowColumns({ fields }: Draft): Field[] {
    return fields.filter(({ type }) => isWindow(type));
  }

  #timeColumns({ fields }: Draft): Field[] {
    return fields.filter(({ name, type }) => type.kind === "timestamp" || name === "d");
  }

  #filter(draft: Draft): Draft {
    const condition = this.#condition(draft);
    return { ...draft, plan: { kind: "filter", input: draft.plan, condition } };
  }

  /** Never one that can fail, above an operator with state: late tests are not pulled back through it. */
  #condition(draft: Draft): Expression {
    const random = this.#random;
    const safe = draft.linear ? draft.fields : draft.fields.filter(({ name }) => !name.startsWith("m"));
    const fields = safe.length === 0 ? draft.fields : safe;
    const simple = (): Expression => {
      const field = random.pick(fields);
      const constant = constantOf(random, field.type);
      if (constant === null || random.chance(0.25))
        return call(random.pick(["isNull", "isNotNull", "isNotNull"] as const), column(field.name));
      return call(
        random.pick(["eq", "ne", "lt", "le", "gt", "ge", "ge", "eqNullSafe"] as const),
        column(field.name),
        constant,
      );
    };
    return random.weighted<() => Expression>([
      [5, simple],
      [1, () => call("and", simple(), simple())],
      [1.5, () => call("or", simple(), simple())],
      [0.5, () => call("not", simple())],
    ])();
  }

  #project(draft: Draft): Draft {
    const random = this.#random;
    const kept = random
      .some(draft.fields, Math.min(2, draft.fields.length), draft.fields.length)
      .map(({ name }) => column(name));
    const computed = random.chance(0.7) ? this.#computed(draft) : [];
    return this.#draft({ kind: "project", input: draft.plan, columns: [...kept, ...computed] }, draft.linear);
  }

  #computed(draft: Draft): Expression[] {
    const random = this.#random;
    const field = random.pick(draft.fields);
    const { name, type } = field;
    const self = column(name);
    const made = (): Expression => {
      if (isWindow(type))
        return random.pick([() => call("windowTime", self), () => member("end", name), () => member("start", name)])();
      switch (type.kind) {
        case "int32":
        case "int64":
          return random.pick([
            () => call("plus", self, int(1)),
            () => call("times", self, int(2)),
            () => cast(self, float64()),
            () => call("mod", self, int(3)),
            () => cast(self, utf8()),
          ])();
        case "float64":
          return call("coalesce", self, float(0.5));
        case "utf8":
          return random.pick([
            () => call("length", self),
            () => call("concat", self, text("!")),
            () => call("upper", self),
          ])();
        case "timestamp":
          return random.pick([
            () => call("dateTrunc", text(random.pick(["second", "minute", "hour"])), self),
            () => call("addInterval", self, text(`${random.int(-3, 3)} seconds`)),
            () => cast(self, date()),
            () => window(self, { size: random.pick([2, 5, 10]) }),
          ])();
        case "list":
          return call("size", self);
        case "bool":
          return { kind: "case", branches: [{ when: self, then: int(1) }], otherwise: int(0) };
        default:
          return call(
            "struct",
            text("a"),
            self,
            text("b"),
            random.chance(0.5) ? int(1) : column(random.pick(draft.fields).name),
          );
      }
    };
    return [this.#named("c", made())];
  }

  #explode(draft: Draft): Draft {
    const lists = draft.fields.filter(({ type }) => type.kind === "list");
    if (lists.length === 0) return this.#project(draft);
    const kept = draft.fields
      .filter((field) => !lists.includes(field) || this.#random.chance(0.5))
      .map(({ name }) => column(name));
    const generator: Expression = {
      kind: "explode",
      input: column(this.#random.pick(lists).name),
      outer: this.#random.chance(0.3),
    };
    return this.#draft(
      { kind: "project", input: draft.plan, columns: [...kept, named(this.#name("e"), generator)] },
      draft.linear,
    );
  }

  #group(draft: Draft, keys: readonly Expression[]): Draft {
    const aggregates = Array.from({ length: this.#random.int(1, 3) }, () => this.#named("a", this.#aggregate(draft)));
    return this.#draft({ kind: "aggregate", input: draft.plan, keys, aggregates }, false);
  }

  #aggregate(draft: Draft): Expression {
    const random = this.#random;
    const where = random.chance(0.2) ? this.#condition(draft) : null;
    const field = random.pick(draft.fields);
    const numbers = draft.fields.filter(
      ({ type }) => type.kind === "int32" || type.kind === "int64" || type.kind === "float64",
    );
    const exact = numbers.filter(({ name }) => !name.startsWith("q"));
    const longs = draft.fields.filter(({ type }) => type.kind === "int64");
    return random.weighted<() => Expression>([
      [3, () => aggregate("count", [], where)],
      [1, () => aggregate("count", [column(field.name)], where)],
      [
        exact.length > 0 ? 3 : 0,
        () => aggregate(random.pick(["sum", "sum", "avg"] as const), [column(random.pick(exact).name)], where),
      ],
      [3, () => aggregate(random.pick(["min", "max"] as const), [column(field.name)], where)],
      [
        this.#spec.byArrival ? 1.5 : 0,
        () => aggregate(random.pick(["first", "last"] as const), [column(field.name)], where),
      ],
      [
        1.5,
        () =>
          aggregate(
            "countDistinct",
            random.some(draft.fields, 1, 2).map(({ name }) => column(name)),
            where,
          ),
      ],
      [longs.length > 0 ? 1 : 0, () => userAggregate(random.pick(USER_IDS), column(random.pick(longs).name), where)],
    ])();
  }

  #plainKeys(draft: Draft, most: number): Expression[] {
    const { fields } = draft;
    const kind = this.#random.pick(RICH_KEYS);
    const candidates = fields.filter(
      ({ type, name }) =>
        !isWindow(type) &&
        type.kind !== "timestamp" &&
        name !== "d" &&
        (type.kind === kind || this.#random.chance(0.2)),
    );
    return this.#random.some(candidates, 0, most).map(({ name }) => column(name));
  }

  #windowSpec(long: boolean): WindowSpec {
    const random = this.#random;
    const size = random.pick(long ? [10, 20, 60] : [2, 3, 5, 10]);
    const slide = random.chance(0.3) ? random.pick([1, 2, 5].filter((each) => each < size)) : size;
    return { size, slide: long ? size / random.pick([1, 1, 2]) : slide, offset: random.pick([0, 0, 1]) };
  }

  #windowed(draft: Draft): Draft {
    const random = this.#random;
    const windows = this.#windowColumns(draft);
    const times = this.#timeColumns(draft);
    const chained = windows.length > 0 && (times.length === 0 || random.chance(0.7));
    const field = random.pick(chained ? windows : times);
    const spec =
      field.name === "d" && field.type.kind === "date"
        ? { size: 86_400 * random.int(1, 2) }
        : this.#windowSpec(chained);
    const time = chained && random.chance(0.5) ? call("windowTime", column(field.name)) : column(field.name);
    const key = named(this.#name("w"), window(time, spec));
    const keys = this.#plainKeys(draft, 1);
    return this.#group(draft, random.chance(0.5) ? [key, ...keys] : [...keys, key]);
  }

  #sessions(draft: Draft): Draft {
    const random = this.#random;
    const times = this.#timeColumns(draft);
    const ints = draft.fields.filter(({ type }) => type.kind === "int32");
    const field = random.pick(times);
    const isDate = field.type.kind === "date";
    const fixed = seconds(isDate ? 86_400 : random.int(1, 4));
    const perRow =
      ints.length > 0 && !isDate && random.chance(0.35)
        ? call("times", cast(column(random.pick(ints).name), int64()), long(1_000_000n))
        : fixed;
    const key = named(this.#name("w"), session(column(field.name), perRow));
    const keys = this.#plainKeys(draft, 2);
    return this.#group(draft, random.chance(0.5) ? [...keys, key] : [key, ...keys]);
  }

  #grouped(draft: Draft): Draft {
    const random = this.#random;
    const times = this.#timeColumns(draft);
    const keys = this.#plainKeys(draft, 2);
    if (times.length > 0 && random.chance(draft.linear ? 0.65 : 0.4)) keys.push(this.#timeKey(random.pick(times)));
    const counts = draft.fields.filter(
      ({ name, type }) => name.startsWith("a") && name !== "at" && type.kind === "int64",
    );
    if (keys.length === 0 && counts.length > 0 && random.chance(0.6)) keys.push(column(random.pick(counts).name));
    return this.#group(draft, keys);
  }

  #timeKey({ name, type }: Field): Expression {
    if (type.kind === "date" || this.#random.chance(0.5)) return column(name);
    return named(this.#name("t"), call("dateTrunc", text(this.#random.pick(["second", "minute"])), column(name)));
  }

  #byWindowColumn(draft: Draft): Draft {
    const { name } = this.#random.pick(this.#windowColumns(draft));
    const keys = [
      this.#random.chance(0.6) ? column(name) : named(this.#name("t"), member("end", name)),
      ...this.#plainKeys(draft, 1),
    ];
    return this.#group(draft, keys);
  }

  #distinct(draft: Draft): Draft {
    const random = this.#random;
    const { fields } = draft;
    if (!this.#spec.byArrival || random.chance(0.35))
      return { ...draft, linear: false, plan: { kind: "dropDuplicates", input: draft.plan, columns: null } };
    const timed = [...this.#timeColumns(draft), ...this.#windowColumns(draft)].filter(() => random.chance(0.6));
    const chosen = [...random.some(fields, timed.length > 0 ? 0 : 1, 2), ...timed].map(({ name }) => name);
    return {
      ...draft,
      linear: false,
      plan: { kind: "dropDuplicates", input: draft.plan, columns: [...new Set(chosen)] },
    };
  }

  #limited(draft: Draft): Draft {
    const random = this.#random;
    const count = random.int(0, 6);
    if (this.#spec.byArrival && random.chance(0.4))
      return { ...draft, linear: false, plan: { kind: "limit", input: draft.plan, count } };
    const orders = random.some(draft.fields, 1, 2).map(
      ({ name }): SortOrder => ({
        expression: column(name),
        descending: random.chance(0.5),
        nullsFirst: random.chance(0.5),
      }),
    );
    return {
      ...draft,
      linear: false,
      plan: { kind: "limit", input: { kind: "sort", input: draft.plan, orders }, count },
    };
  }
}

/** Averages, and what is made of them: their sums depend on the order of adding. Such columns are called q… */
function isRounded(expression: Expression): boolean {
  switch (expression.kind) {
    case "column":
      return expression.name.startsWith("q");
    case "aggregate":
      return expression.name === "avg" || expression.args.some(isRounded);
    case "call":
      return expression.args.some(isRounded);
    case "cast":
      return isRounded(expression.input);
    default:
      return false;
  }
}

/** Such columns are called m…. */
function canOverflow(expression: Expression): boolean {
  return expression.kind === "call" && ["plus", "times", "mod"].includes(expression.name);
}

function isWindow(type: DataType): boolean {
  return (
    type.kind === "struct" &&
    type.fields.length === 2 &&
    type.fields[0].name === "start" &&
    type.fields[1].name === "end"
  );
}

function constantOf(random: Random, type: DataType): Expression | null {
  switch (type.kind) {
    case "int32":
    case "int64":
      return int(random.int(-1, 3));
    case "float64":
      return float(random.int(-2, 2) / 2);
    case "utf8":
      return text(random.pick(["a", "b", ""]));
    case "timestamp":
      return { kind: "literal", type, value: BigInt(random.int(5, 40)) * 1_000_000n };
    case "date":
      return { kind: "literal", type, value: random.int(0, 4) };
    default:
      return null;
  }
}
