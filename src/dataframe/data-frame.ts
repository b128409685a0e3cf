import type { Chunk } from "../columnar/chunk.js";
import { toArrowBatch, toArrowTable } from "../columnar/to-arrow.js";
import { toObjects } from "../columnar/to-objects.js";
import { AnalysisError } from "../common/millrace-error.js";
import type { AnyColumn } from "../expressions/column-argument.js";
import { deepFreeze } from "../expressions/deep-freeze.js";
import { count } from "../expressions/functions/aggregates.js";
import type { OrderedColumn } from "../expressions/ordered-column.js";
import { schemaOf } from "../plan/analyse.js";
import { namePlan } from "../plan/name-plan.js";
import type { PlanNode } from "../plan/plan-node.js";
import type { Int64Type, Schema } from "../types/data-type.js";
import { treeString } from "../types/format-type.js";
import {
  aggregateExpressions,
  columnExpression,
  columnNamed,
  expressionOf,
  named,
  replaceOrAppend,
  sortOrder,
} from "./column-expressions.js";
import { DataFrameWriter } from "./data-frame-writer.js";
import type { DataStreamWriter } from "./data-stream-writer.js";
import type {
  Aggregated,
  ColumnRecord,
  ConditionChecked,
  EventTimeChecked,
  Extended,
  Keys,
  NameChecked,
  NameHint,
  OrderChecked,
  Renamed,
  RowChecked,
  Selectable,
  Selected,
  United,
  Unknown,
  With,
  Without,
} from "./frame-columns.js";
import type { FrameHost } from "./frame-host.js";
import { frameText, htmlText } from "./frame-text.js";
import { type CheckedAggregates, GroupedData } from "./grouped-data.js";
import { planSources } from "./plan-sources.js";
import { requireBounded } from "./require-bounded.js";
import { requireColumns, requireSameColumns } from "./require-columns.js";
import type { RowOf, RowOptions, TypesOfRow } from "./row-of.js";
import { rowOptions } from "./row-options.js";
import { type ShowOptions, showRows } from "./show-rows.js";
import { type WatermarkOptions, watermarkNode } from "./watermark-node.js";

declare const columnTypes: unique symbol;
const INSPECT = Symbol.for("nodejs.util.inspect.custom");
const DISPLAY = Symbol.for("Jupyter.display");
const SHOWN_ROWS = 20;

/**
 * A lazy table over bounded or unbounded rows. Every verb returns a new frame and checks names and types at once; nothing
 * runs before an end (`collect`, `show`, `write`, `writeStream`). `S` holds the columns' types by name (`T | NullType`
 * where a value may be NULL); of a `DataFrame<Unknown>` the compiler knows nothing and checks nothing.
 */
export class DataFrame<out S = Unknown> {
  readonly host: FrameHost;
  readonly plan: PlanNode;
  /** Names and types of the columns. */
  readonly schema: Schema;
  declare readonly [columnTypes]: S;

  /** `schema`: the plan's columns, where they are known without looking. */
  constructor(host: FrameHost, plan: PlanNode, schema = schemaOf(plan)) {
    this.host = host;
    this.plan = deepFreeze(plan);
    this.schema = schema;
  }

  /** A frame of another plan on the same engine: what verbs are made of. */
  withPlan<T>(plan: PlanNode): DataFrame<T> {
    return new DataFrame<T>(this.host, plan);
  }

  get columns(): readonly string[] {
    return this.schema.fields.map(({ name }) => name);
  }
  /** True when a source of it is read as a stream. */
  get isStreaming(): boolean {
    return planSources(this.plan).some((source) => source.streaming);
  }

  // Columns

  /** These columns, in this order: names, "*", or columns. May hold an explode or a window. */
  select<const A extends readonly Selectable<S>[]>(
    ...columns: { readonly [I in keyof A]: RowChecked<A[I], S> }
  ): DataFrame<Selected<S, A>> {
    return this.withPlan({
      kind: "project",
      input: this.plan,
      columns: (columns as readonly unknown[]).map(expressionOf),
    });
  }
  /** One column replaced in its place, or appended. */
  withColumn<N extends string, C extends AnyColumn>(name: N, column: RowChecked<C, S>): DataFrame<With<S, N, C>> {
    return this.#withColumns({ [name]: column as AnyColumn });
  }
  /** Several columns at once, each computed from the columns before. */
  withColumns<R extends ColumnRecord>(
    columns: { readonly [N in keyof R]: RowChecked<R[N], S> },
  ): DataFrame<Extended<S, R>> {
    return this.#withColumns(columns as ColumnRecord);
  }
  withColumnRenamed<N extends NameHint<S>, T extends string>(
    name: NameChecked<N, S>,
    newName: T,
  ): DataFrame<Renamed<S, N, T>> {
    requireColumns(this.schema, [name]);
    const renamed = (each: string) => (each === name ? named(newName, columnNamed(each)) : columnNamed(each));
    return this.withPlan({ kind: "project", input: this.plan, columns: this.columns.map(renamed) });
  }
  /** All columns but these. */
  drop<N extends readonly NameHint<S>[]>(
    ...names: { readonly [I in keyof N]: NameChecked<N[I], S> }
  ): DataFrame<Without<S, N[number]>> {
    const dropped = requireColumns(this.schema, names as readonly string[]);
    const kept = this.columns.filter((name) => !dropped.includes(name));
    return this.withPlan({ kind: "project", input: this.plan, columns: kept.map(columnNamed) });
  }
  /** The same frame in the compiler's eyes of another type: the columns of a row type. Checks nothing. */
  as<Row extends object>(): DataFrame<TypesOfRow<Row>> {
    return this.withPlan(this.plan);
  }

  // Rows

  /** Rows for which `condition` is true. */
  filter<C extends AnyColumn>(condition: ConditionChecked<C, S>): DataFrame<S> {
    return this.withPlan({ kind: "filter", input: this.plan, condition: columnExpression(condition) });
  }
  /** Another word for `filter`. */
  where<C extends AnyColumn>(condition: ConditionChecked<C, S>): DataFrame<S> {
    return this.filter<C>(condition);
  }
  /** One row of each set of equal rows. */
  distinct(): DataFrame<S> {
    return this.withPlan({ kind: "dropDuplicates", input: this.plan, columns: null });
  }
  /** The first row, by arrival, for each value of these columns; of all columns when none are given. */
  dropDuplicates<N extends readonly NameHint<S>[]>(
    ...names: { readonly [I in keyof N]: NameChecked<N[I], S> }
  ): DataFrame<S> {
    const columns = requireColumns(this.schema, names as readonly string[]);
    return this.withPlan({ kind: "dropDuplicates", input: this.plan, columns: columns.length === 0 ? null : columns });
  }
  /** Rows in order: of a batch, or of the result of a stream in complete mode. `col("n").desc()` turns it round. */
  orderBy<A extends readonly (Selectable<S> | OrderedColumn)[]>(
    ...columns: { readonly [I in keyof A]: OrderChecked<A[I], S> }
  ): DataFrame<S> {
    const orders = (columns as readonly unknown[]).map(sortOrder);
    return this.withPlan({ kind: "sort", input: this.plan, orders });
  }
  /** Another word for `orderBy`. */
  sort<A extends readonly (Selectable<S> | OrderedColumn)[]>(
    ...columns: { readonly [I in keyof A]: OrderChecked<A[I], S> }
  ): DataFrame<S> {
    return this.orderBy<A>(...columns);
  }
  /** The first `rows` rows: in the order of orderBy, or by arrival. */
  limit(rows: number): DataFrame<S> {
    if (!Number.isSafeInteger(rows) || rows < 0) {
      throw new AnalysisError("LIMIT", `limit takes a whole number of rows, not ${rows}.`);
    }
    return this.withPlan({ kind: "limit", input: this.plan, count: rows });
  }
  /** The rows of both, columns by position under the names of this frame. */
  union<T>(other: DataFrame<T>): DataFrame<United<S, T>> {
    return this.withPlan({ kind: "union", inputs: [this.plan, other.plan] });
  }
  /** The rows of both, columns by name: both have the same ones. */
  unionByName<T>(other: DataFrame<T>): DataFrame<United<S, T>> {
    requireSameColumns(this.columns, other.columns);
    const columns = this.columns.map(columnNamed);
    return this.withPlan({ kind: "union", inputs: [this.plan, { kind: "project", input: other.plan, columns }] });
  }
  /**
   * Declares `column` as event time: rows are at most `delay` out of order. State behind the watermark is given up, and
   * rows that come later still are counted as late. Batches ignore it.
   */
  withWatermark<N extends NameHint<S>>(
    column: EventTimeChecked<N, S>,
    delay: string,
    options: WatermarkOptions = {},
  ): DataFrame<S> {
    return this.withPlan(watermarkNode(this.plan, { column, delay, options }));
  }
  /**
   * A name for what the frame ends in: its source, or its aggregate, dropDuplicates, distinct or limit. A checkpoint finds
   * offsets and state by it, so that sources may be added and moved: `readStream.json("orders").name("orders")`.
   */
  name(name: string): DataFrame<S> {
    const named = namePlan(this.plan, name);
    if (this.plan.kind === "scan" && named.kind === "scan") this.host.sources.alias(this.plan.source, named.source);
    return this.withPlan(named);
  }
  /** `f` of this frame, for chains: `df.transform(cleaned).transform(counted)`. */
  transform<T>(f: (frame: DataFrame<S>) => DataFrame<T>): DataFrame<T> {
    return f(this);
  }

  // Groups

  /** Rows grouped by columns, windows or sessions; without any, all rows are one group. */
  groupBy<const A extends readonly Selectable<S>[]>(
    ...keys: { readonly [I in keyof A]: RowChecked<A[I], S> }
  ): GroupedData<S, Keys<S, A>> {
    return new GroupedData(this, (keys as readonly unknown[]).map(expressionOf));
  }
  /** Aggregates over all rows: `groupBy().agg(...)`. */
  agg<A extends readonly (AnyColumn | ColumnRecord)[]>(
    ...aggregates: CheckedAggregates<A, S>
  ): DataFrame<Aggregated<S, Record<never, never>, A>> {
    return this.withPlan({
      kind: "aggregate",
      input: this.plan,
      keys: [],
      aggregates: aggregateExpressions(aggregates as readonly unknown[]),
    });
  }

  // Ends

  /** All rows as objects. */
  async collect<const O extends RowOptions>(options?: O): Promise<RowOf<S, O>[]> {
    const own = rowOptions(options, "collect");
    const chunks = await this.#chunks("collect");
    return chunks.flatMap((chunk) => toObjects(chunk, own)) as RowOf<S, O>[];
  }
  /** The first `rows` rows as objects. */
  take<const O extends RowOptions>(rows: number, options?: O): Promise<RowOf<S, O>[]> {
    return this.limit(rows).collect(options);
  }
  /** The first row, or null. */
  async first<const O extends RowOptions>(options?: O): Promise<RowOf<S, O> | null> {
    const rows = await this.take(1, options);
    return rows.length === 0 ? null : rows[0];
  }
  /** How many rows there are. */
  async count(): Promise<number> {
    const counted = this.withPlan<{ count: Int64Type }>({
      kind: "aggregate",
      input: this.plan,
      keys: [],
      aggregates: [count().as("count").expression],
    });
    requireBounded(this.plan, "count");
    const [row] = await counted.collect();
    return row.count;
  }
  /** All rows as one Arrow table. */
  async toArrow(): Promise<ReturnType<typeof toArrowTable>> {
    return toArrowTable(this.schema, await this.#chunks("toArrow"));
  }
  /** All rows as Arrow record batches, one after the other. */
  async *batches(): AsyncGenerator<ReturnType<typeof toArrowBatch>, void, undefined> {
    for (const chunk of await this.#chunks("batches")) yield toArrowBatch(chunk);
  }
  /** Prints the first rows as a table. */
  async show(rows = SHOWN_ROWS, options: ShowOptions = {}): Promise<void> {
    this.host.platform.terminal.write(await this.#shown(rows, options));
  }
  printSchema(): void {
    this.host.platform.terminal.write(`${treeString(this.schema)}\n`);
  }
  /** Prints what would run, as a batch or as a stream. */
  explain(kind: "batch" | "stream" = this.isStreaming ? "stream" : "batch"): void {
    this.host.platform.terminal.write(`${this.host.engine.explain(this.plan, kind).trimEnd()}\n`);
  }

  /** Writes the rows of a bounded frame to files. */
  get write(): DataFrameWriter {
    return new DataFrameWriter(this);
  }
  /** Starts the frame as a query that runs until it is stopped or its sources end. */
  get writeStream(): DataStreamWriter<S> {
    return this.host.streamWriter(this);
  }

  toString(): string {
    return frameText(this.schema, this.isStreaming);
  }
  [INSPECT](): string {
    return this.toString();
  }
  /** Notebooks show the first rows of a bounded frame, the columns of a stream. */
  async [DISPLAY](): Promise<Record<"text/plain" | "text/html", string>> {
    const isBounded = planSources(this.plan).every((source) => source.bounded);
    const text = isBounded ? await this.#shown(SHOWN_ROWS, {}) : this.toString();
    return { "text/plain": text, "text/html": htmlText(text) };
  }

  #withColumns<T>(columns: ColumnRecord): DataFrame<T> {
    return this.withPlan({ kind: "project", input: this.plan, columns: replaceOrAppend(this.columns, columns) });
  }
  #chunks(verb: string): Promise<readonly Chunk[]> {
    requireBounded(this.plan, verb);
    return this.host.engine.collect(this.plan);
  }
  async #shown(rows: number, options: ShowOptions): Promise<string> {
    requireBounded(this.plan, "show");
    const chunks = await this.limit(rows + 1).#chunks("show");
    return showRows(
      { schema: this.schema, chunks, numRows: rows, width: this.host.platform.terminal.width() },
      options,
    );
  }
}

/** The column types of a frame: `ColumnsIn<typeof orders>`. */
export type ColumnsIn<F> = F extends DataFrame<infer S> ? S : never;
