import type {
  AnalysedAggregate,
  AnalysedDropDuplicates,
  AnalysedNode,
  Lifetime,
  ResolvedAggregate,
} from "./analysed-node.js";
import type { ColumnPath } from "./bound-expression.js";
import { structOf } from "./first-by-columns.js";
import { columnOf } from "./lifetimes.js";
import { rewritePlan } from "./map-inputs.js";
import { memberOf } from "./resolve-column.js";
import { columnAt } from "./rewrite-expression.js";

/**
 * A dropDuplicates whose rows are held back until they are final runs as an aggregate, which can do that: a group per
 * key, and the least row of each.
 */
export function distinctAsAggregate(root: AnalysedNode): AnalysedNode {
  return rewritePlan(root, (node) => {
    if (node.kind !== "dropDuplicates" || node.lifetime.emission !== "finals") return node;
    return node.keys.length === node.schema.fields.length ? groupsOf(node, []) : leastRows(node);
  });
}

function groupsOf(node: AnalysedDropDuplicates, aggregates: readonly ResolvedAggregate[]): AnalysedAggregate {
  const { input, operatorId, operatorName, name, lifetime, schema } = node;
  const isWhole = aggregates.length === 0;
  const ordinals = isWhole ? schema.fields.map((_, i) => i) : node.keys;
  const keys = ordinals.map((key) => columnAt(input.schema.fields, key));
  const results = aggregates.map(({ outputName, type, nullable }) => ({ name: outputName, type, nullable }));
  const fields = [...ordinals.map((key) => schema.fields[key]), ...results];
  const evictBy: Lifetime["evictBy"] = lifetime.evictBy.map((each) => ({
    ...each,
    path: movedPath(each.path, ordinals),
  }));
  return {
    kind: "aggregate",
    input,
    operatorId,
    operatorName,
    ...(name === undefined ? {} : { name }),
    lifetime: { ...lifetime, evictBy },
    schema: { fields },
    keys,
    aggregates,
  };
}

function leastRows(node: AnalysedDropDuplicates): AnalysedNode {
  const { fields } = node.schema;
  const row = structOf(fields.map((_, i) => columnAt(fields, i)));
  const least: ResolvedAggregate = {
    name: "min",
    args: [row],
    where: null,
    functionId: null,
    type: row.type,
    nullable: true,
    outputName: "row",
  };
  const groups = groupsOf(node, [least]);
  const result = columnAt(groups.schema.fields, node.keys.length);
  const columns = fields.map((_, i) =>
    node.keys.includes(i) ? columnAt(groups.schema.fields, node.keys.indexOf(i)) : memberOf(result, `${i}`),
  );
  return { kind: "project", input: groups, columns, schema: node.schema };
}

function movedPath(path: ColumnPath, ordinals: readonly number[]): ColumnPath {
  const column = ordinals.indexOf(columnOf(path));
  return path.includes(".") ? `${column}.${Number(path.slice(path.indexOf(".") + 1))}` : `${column}`;
}
