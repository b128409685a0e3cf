import type { Chunk } from "../../../src/columnar/chunk.js";
import type { Column } from "../../../src/columnar/column.js";
import { valueAt } from "../../../src/columnar/value-at.js";
import { createHashAggregate } from "../../../src/execution/aggregate/hash-aggregate.js";
import { createSessionAggregate } from "../../../src/execution/aggregate/session-aggregate.js";
import type { Operator } from "../../../src/execution/operator.js";
import type { OperatorDependencies } from "../../../src/execution/operator-dependencies.js";
import type { AggregateName } from "../../../src/expressions/expression.js";
import type { ResolvedExpression } from "../../../src/expressions/resolved-expression.js";
import type {
  AnalysedAggregate,
  AnalysedScan,
  AnalysedSessionAggregate,
  Lifetime,
  ResolvedAggregate,
} from "../../../src/plan/analysed-node.js";
import type { ColumnPath } from "../../../src/plan/bound-expression.js";
import type { DataType, Field, Schema } from "../../../src/types/data-type.js";
import { boolColumn, dictionaryColumn, floatColumn, int64Column, textColumn } from "../../state/key-columns-of.js";

/** One input row: key, event time, integer, double, text, flag, weight. */
export interface Row {
  readonly key: string | null;
  readonly at: number | null;
  readonly int: number | null;
  readonly float: number | null;
  readonly text: string | null;
  readonly flag: boolean | null;
  readonly weight: number;
}

export const INT64: DataType = { kind: "int64" };
export const FLOAT64: DataType = { kind: "float64" };
export const UTF8: DataType = { kind: "utf8" };
export const TIMESTAMP: DataType = { kind: "timestamp", zone: "UTC" };

const INPUT: readonly Field[] = [
  { name: "key", type: UTF8, nullable: true },
  { name: "at", type: TIMESTAMP, nullable: true },
  { name: "int", type: INT64, nullable: true },
  { name: "float", type: FLOAT64, nullable: true },
  { name: "text", type: UTF8, nullable: true },
  { name: "flag", type: { kind: "bool" }, nullable: true },
];
const SCAN: AnalysedScan = {
  kind: "scan",
  schema: { fields: INPUT },
  sourceIndex: 0,
  source: { id: "s", label: "s", schema: { fields: INPUT }, bounded: false, insertOnly: false, streaming: true },
};

export function column(name: string): ResolvedExpression {
  const index = INPUT.findIndex((field) => field.name === name);
  return { kind: "column", index, name, type: INPUT[index].type, nullable: true };
}

export function micros(value: bigint): ResolvedExpression {
  return { kind: "literal", type: INT64, nullable: false, value };
}

export interface AggregateSpec {
  readonly name: AggregateName;
  readonly arg?: string;
  readonly where?: boolean;
  readonly functionId?: string;
  readonly type?: DataType;
}

export function resolved(spec: AggregateSpec): ResolvedAggregate {
  const args = spec.arg === undefined ? [] : [column(spec.arg)];
  return {
    name: spec.name,
    args,
    where: spec.where === true ? column("flag") : null,
    functionId: spec.functionId ?? null,
    type: spec.type ?? resultType(spec.name, args),
    nullable: spec.name !== "count",
    outputName: `${spec.name}(${spec.arg ?? "*"})`,
  };
}

function resultType(name: AggregateName, args: readonly ResolvedExpression[]): DataType {
  if (name === "count" || name === "countDistinct") return INT64;
  return name === "avg" ? FLOAT64 : args[0].type;
}

export interface AggregateCase {
  readonly keys: readonly string[];
  readonly aggregates: readonly AggregateSpec[];
  readonly emission: Lifetime["emission"];
  readonly retractingInput: boolean;
  readonly evictBy?: readonly ColumnPath[];
  readonly codegen?: boolean;
  readonly durable?: boolean;
}

function lifetimeOf(spec: Omit<AggregateCase, "keys">): Lifetime {
  const { emission, retractingInput, evictBy = [] } = spec;
  return {
    emission,
    retractingInput,
    evictBy: evictBy.map((path) => ({ path, bound: { kind: "watermark", watermarkId: 0 } })),
  };
}

export function hashAggregate(spec: AggregateCase): Harness {
  const keys = spec.keys.map(column);
  const aggregates = spec.aggregates.map(resolved);
  const fields = [
    ...spec.keys.map((name, i) => ({ name, type: keys[i].type, nullable: true })),
    ...aggregates.map(fieldOf),
  ];
  const node: AnalysedAggregate = {
    kind: "aggregate",
    schema: { fields },
    input: SCAN,
    operatorId: 0,
    operatorName: "a",
    keys,
    aggregates,
    lifetime: lifetimeOf(spec),
  };
  return harness((dependencies) => createHashAggregate(node, dependencies), spec);
}

export function sessionAggregate(
  spec: Omit<AggregateCase, "evictBy"> & { gap: ResolvedExpression; evicts: boolean },
): Harness {
  const keys = spec.keys.map(column);
  const aggregates = spec.aggregates.map(resolved);
  const session: Field = { name: "session", type: sessionType, nullable: false };
  const fields = [
    ...spec.keys.map((name, i) => ({ name, type: keys[i].type, nullable: true })),
    session,
    ...aggregates.map(fieldOf),
  ];
  const path: ColumnPath = `${keys.length}.1`;
  const node: AnalysedSessionAggregate = {
    kind: "sessionAggregate",
    schema: { fields },
    input: SCAN,
    operatorId: 0,
    operatorName: "s",
    keys,
    sessionPosition: keys.length,
    time: column("at"),
    gap: spec.gap,
    aggregates,
    lifetime: lifetimeOf({ ...spec, evictBy: spec.evicts ? [path] : [] }),
  };
  return harness((dependencies) => createSessionAggregate(node, dependencies), spec);
}

const sessionType: DataType = {
  kind: "struct",
  fields: [
    { name: "start", type: TIMESTAMP, nullable: false },
    { name: "end", type: TIMESTAMP, nullable: false },
  ],
};

function fieldOf(aggregate: ResolvedAggregate): Field {
  return { name: aggregate.outputName, type: aggregate.type, nullable: aggregate.nullable };
}

/** One row that an operator sent. */
export interface Sent {
  readonly values: readonly unknown[];
  readonly weight: number;
}

export interface Harness {
  readonly operator: Operator;
  /** Runs one trigger, the rows cut into chunks of `cut`; returns what was sent. */
  trigger(
    rows: readonly Row[],
    watermark: bigint,
    options?: { cut?: number; dictionary?: boolean; selective?: boolean },
  ): Sent[];
}

function harness(
  make: (dependencies: OperatorDependencies) => Operator,
  { codegen = true, durable = false }: Pick<AggregateCase, "codegen" | "durable">,
): Harness {
  let sent: Sent[] = [];
  const output = { emit: (chunk: Chunk) => sent.push(...rowsOf(chunk)) };
  const metrics = { rowsUpdated: 0, rowsRemoved: 0, rowsDroppedLate: 0 };
  const operator = make({ output, codegen, durable, context: () => ({ batchId: 0, batchTime: 0n }), metrics });
  return {
    operator,
    trigger: (rows, watermark, { cut = 3, dictionary = false, selective = false } = {}) => {
      sent = [];
      for (let from = 0; from < rows.length; from += cut) {
        operator.process(0, chunkOf(rows.slice(from, from + cut), dictionary, selective));
      }
      operator.finish();
      operator.advance([watermark]);
      return sent;
    },
  };
}

/** `selective`: other rows lie between the ones that count. */
function chunkOf(rows: readonly Row[], dictionary: boolean, selective: boolean): Chunk {
  const noise: Row = { key: "noise", at: 1, int: 99, float: 99, text: "noise", flag: true, weight: 7 };
  const physical = selective ? rows.flatMap((row) => [noise, row]) : rows;
  const schema: Schema = { fields: INPUT };
  const text = dictionary ? dictionaryColumn : textColumn;
  const columns: Column[] = [
    text(physical.map((row) => row.key)),
    int64Column(
      physical.map((row) => (row.at === null ? null : BigInt(row.at))),
      TIMESTAMP,
    ),
    int64Column(physical.map((row) => (row.int === null ? null : BigInt(row.int)))),
    floatColumn(physical.map((row) => row.float)),
    text(physical.map((row) => row.text)),
    boolColumn(physical.map((row) => row.flag)),
  ];
  const hasWeights = rows.some((row) => row.weight !== 1);
  return {
    schema,
    columns,
    length: physical.length,
    sel: selective ? Int32Array.from(rows, (_, i) => 2 * i + 1) : null,
    weights: hasWeights ? Int32Array.from(physical, (row) => row.weight) : null,
    partition: null,
    rowBounds: null,
  };
}

function rowsOf(chunk: Chunk): Sent[] {
  if (chunk.length === 0) throw new Error("an empty chunk was sent");
  return Array.from({ length: chunk.length }, (_, row) => ({
    values: chunk.columns.map((sentColumn) => plain(valueAt(sentColumn, row))),
    weight: chunk.weights === null ? 1 : chunk.weights[row],
  }));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "object" && value !== null) return Object.values(value).map(plain);
  return value;
}
