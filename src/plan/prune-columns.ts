import { unreachable } from "../common/unreachable.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { Schema } from "../types/data-type.js";
import type {
  AnalysedAggregate,
  AnalysedDropDuplicates,
  AnalysedNode,
  AnalysedSessionAggregate,
  AnalysedUnion,
  Lifetime,
  ResolvedAggregate,
} from "./analysed-node.js";
import type { ColumnPath } from "./bound-expression.js";
import { expressionsOf } from "./check-pure.js";
import { columnOf } from "./lifetimes.js";
import { columnAt, columnsIn, substitute } from "./rewrite-expression.js";

/** A node with fewer columns, and where each of the old ones is; -1 for those that are gone. */
interface Pruned {
  readonly node: AnalysedNode;
  readonly at: readonly number[];
}

export interface PruneOptions {
  /** Aggregates stay although nobody reads them: a later plan over the same state may. */
  readonly keepsAggregates?: boolean;
}

/** Takes away columns and aggregates that nobody reads. What a late filter hands to lateRows, and what breaks ties, is read. */
export function pruneColumns(root: AnalysedNode, options: PruneOptions = {}): AnalysedNode {
  return prune(root, allOf(root.schema), options).node;
}

function prune(node: AnalysedNode, needed: ReadonlySet<number>, options: PruneOptions): Pruned {
  switch (node.kind) {
    case "scan":
      return keepOnly(node, needed);
    case "project": {
      const kept = indicesOf(needed, node.schema);
      const below = prune(node.input, readBy(kept.map((i) => node.columns[i])), options);
      const columns = kept.map((i) => moved(node.columns[i], below));
      return {
        node: { ...node, input: below.node, columns, schema: fieldsAt(node.schema, kept) },
        at: positions(kept, node.schema),
      };
    }
    case "filter": {
      const below = prune(node.input, union(needed, columnsIn(node.condition)), options);
      return {
        node: { ...node, input: below.node, condition: moved(node.condition, below), schema: below.node.schema },
        at: below.at,
      };
    }
    case "explode":
    case "window":
      return pruneAppending(node, needed, options);
    case "watermark": {
      const below = prune(node.input, union(needed, [node.index]), options);
      return {
        node: { ...node, input: below.node, index: below.at[node.index], schema: below.node.schema },
        at: below.at,
      };
    }
    case "aggregate":
    case "sessionAggregate":
      return pruneAggregates(node, options.keepsAggregates === true ? allOf(node.schema) : needed, options);
    case "dropDuplicates":
      return node.byArrival ? pruneDuplicates(node, needed, options) : keepAll(node, options);
    case "limit": {
      if (!node.byArrival) return keepAll(node, options);
      const below = prune(node.input, needed, options);
      return { node: { ...node, input: below.node, schema: below.node.schema }, at: below.at };
    }
    // Rows that are late are shown whole; ties are broken by every column.
    case "lateFilter":
    case "topN":
    case "sort":
      return keepAll(node, options);
    case "union":
      return pruneUnion(node, needed, options);
    default:
      return unreachable(node);
  }
}

/** Needing every column of an input gives back every column in its place. */
function keepAll(node: Extract<AnalysedNode, { readonly input: AnalysedNode }>, options: PruneOptions): Pruned {
  const input = prune(node.input, allOf(node.input.schema), options).node;
  return { node: { ...node, input }, at: node.schema.fields.map((_, i) => i) };
}

function keepOnly(node: AnalysedNode, needed: ReadonlySet<number>): Pruned {
  const kept = indicesOf(needed, node.schema);
  const at = positions(kept, node.schema);
  if (kept.length === node.schema.fields.length) return { node, at };
  const columns = kept.map((i) => columnAt(node.schema.fields, i));
  return { node: { kind: "project", input: node, columns, schema: fieldsAt(node.schema, kept) }, at };
}

function pruneAppending(
  node: Extract<AnalysedNode, { kind: "explode" | "window" }>,
  needed: ReadonlySet<number>,
  options: PruneOptions,
): Pruned {
  const last = node.schema.fields.length - 1;
  const below = prune(
    node.input,
    union(
      [...needed].filter((i) => i !== last),
      readBy(expressionsOf(node)),
    ),
    options,
  );
  const { fields } = below.node.schema;
  const schema = { fields: [...fields, node.schema.fields[last]] };
  const at = [...below.at, fields.length];
  if (node.kind === "explode")
    return { node: { ...node, input: below.node, list: moved(node.list, below), schema }, at };
  return { node: { ...node, input: below.node, time: moved(node.time, below), schema }, at };
}

function pruneAggregates(
  node: AnalysedAggregate | AnalysedSessionAggregate,
  needed: ReadonlySet<number>,
  options: PruneOptions,
): Pruned {
  const groups = node.schema.fields.length - node.aggregates.length;
  const kept = node.schema.fields.flatMap((_, i) => (i < groups || needed.has(i) ? [i] : []));
  const aggregates = kept.filter((i) => i >= groups).map((i) => node.aggregates[i - groups]);
  const smaller = { ...node, aggregates };
  const below = prune(node.input, readBy(expressionsOf(smaller)), options);
  const keys = node.keys.map((key) => moved(key, below));
  const shared = {
    input: below.node,
    keys,
    aggregates: aggregates.map((aggregate) => movedAggregate(aggregate, below)),
    schema: fieldsAt(node.schema, kept),
  };
  const at = positions(kept, node.schema);
  if (node.kind === "aggregate") return { node: { ...node, ...shared }, at };
  return { node: { ...node, ...shared, time: moved(node.time, below), gap: moved(node.gap, below) }, at };
}

function movedAggregate(aggregate: ResolvedAggregate, below: Pruned): ResolvedAggregate {
  const where = aggregate.where === null ? null : moved(aggregate.where, below);
  return { ...aggregate, args: aggregate.args.map((arg) => moved(arg, below)), where };
}

function pruneDuplicates(node: AnalysedDropDuplicates, needed: ReadonlySet<number>, options: PruneOptions): Pruned {
  const below = prune(node.input, union(needed, node.keys), options);
  const evictBy: Lifetime["evictBy"] = node.lifetime.evictBy.map((each) => ({
    ...each,
    path: movedPath(each.path, below),
  }));
  const keys = node.keys.map((key) => below.at[key]);
  return {
    node: { ...node, input: below.node, keys, lifetime: { ...node.lifetime, evictBy }, schema: below.node.schema },
    at: below.at,
  };
}

function movedPath(path: ColumnPath, { at }: Pruned): ColumnPath {
  const column = at[columnOf(path)];
  return path.includes(".") ? `${column}.${Number(path.slice(path.indexOf(".") + 1))}` : `${column}`;
}

/** Every side must keep the same columns in the same order. */
function pruneUnion(node: AnalysedUnion, needed: ReadonlySet<number>, options: PruneOptions): Pruned {
  const kept = indicesOf(needed, node.schema);
  const inputs = node.inputs.map((input) => {
    const below = prune(input, new Set(kept), options);
    const wanted = kept.map((i) => below.at[i]);
    const { fields } = below.node.schema;
    if (wanted.length === fields.length && wanted.every((at, i) => at === i)) return below.node;
    const columns = wanted.map((at) => columnAt(fields, at));
    return { kind: "project", input: below.node, columns, schema: { fields: wanted.map((at) => fields[at]) } } as const;
  });
  return { node: { ...node, inputs, schema: fieldsAt(node.schema, kept) }, at: positions(kept, node.schema) };
}

function moved(expression: ResolvedExpression, { node, at }: Pruned): ResolvedExpression {
  return substitute(expression, ({ index }) => columnAt(node.schema.fields, at[index]));
}

function readBy(expressions: readonly ResolvedExpression[]): Set<number> {
  const columns = new Set<number>();
  for (const expression of expressions) columnsIn(expression, columns);
  return columns;
}

function union(a: Iterable<number>, b: Iterable<number>): Set<number> {
  return new Set([...a, ...b]);
}

function allOf({ fields }: Schema): Set<number> {
  return new Set(fields.keys());
}

/** In order; the first column stays where none is needed, so that rows keep a shape. */
function indicesOf(needed: ReadonlySet<number>, { fields }: Schema): readonly number[] {
  const kept = fields.flatMap((_, i) => (needed.has(i) ? [i] : []));
  return kept.length > 0 || fields.length === 0 ? kept : [0];
}

function positions(kept: readonly number[], { fields }: Schema): readonly number[] {
  return fields.map((_, i) => kept.indexOf(i));
}

function fieldsAt({ fields }: Schema, kept: readonly number[]): Schema {
  return { fields: kept.map((i) => fields[i]) };
}
