import { expect } from "vitest";
import type { ResolvedExpression } from "../../src/expressions/resolved-expression.js";
import type { AnalysedNode } from "../../src/plan/analysed-node.js";
import { expressionsOf } from "../../src/plan/check-pure.js";
import { inferProperties } from "../../src/plan/infer-properties.js";
import { isEnding } from "../../src/plan/lifetimes.js";
import { inputsOf, isStateful, nodesOf } from "../../src/plan/map-inputs.js";
import { childrenOf } from "../../src/plan/rewrite-expression.js";
import type { Schema } from "../../src/types/data-type.js";
import { sameType } from "../../src/types/same-type.js";

const types = ({ fields }: Schema): string => JSON.stringify(fields.map(({ type }) => type));

/** Asserts that a plan fits together: every column refers to a column of that type, every schema is what its node makes. */
export function checkPlan(root: AnalysedNode): void {
  const names: string[] = [];
  for (const node of nodesOf(root)) {
    for (const input of inputsOf(node))
      for (const expression of expressionsOf(node)) checkColumns(expression, input.schema);
    expect(new Set(node.schema.fields.map(({ name }) => name)).size, `names of ${node.kind}`).toBe(
      node.schema.fields.length,
    );
    checkSchema(node);
    checkProperties(node);
    if (isStateful(node)) names.push(node.operatorName);
  }
  expect(new Set(names).size).toBe(names.length);
}

function checkColumns(expression: ResolvedExpression, { fields }: Schema): void {
  if (expression.kind === "column") {
    expect(expression.index).toBeLessThan(fields.length);
    expect(sameType(fields[expression.index].type, expression.type), `type of ${expression.name}`).toBe(true);
  }
  for (const child of childrenOf(expression)) checkColumns(child, { fields });
}

function checkSchema(node: AnalysedNode): void {
  const [input] = inputsOf(node);
  switch (node.kind) {
    case "scan":
      return;
    case "project":
      expect(types(node.schema)).toBe(JSON.stringify(node.columns.map(({ type }) => type)));
      return;
    case "explode":
    case "window":
      expect(types({ fields: node.schema.fields.slice(0, -1) })).toBe(types(input.schema));
      return;
    case "aggregate":
      expect(types(node.schema)).toBe(JSON.stringify([...node.keys, ...node.aggregates].map(({ type }) => type)));
      return;
    case "sessionAggregate":
      expect(node.schema.fields).toHaveLength(node.keys.length + 1 + node.aggregates.length);
      return;
    case "union":
      for (const each of node.inputs) expect(types(each.schema)).toBe(types(node.schema));
      return;
    case "watermark":
      expect(["timestamp", "date"]).toContain(node.schema.fields[node.index].type.kind);
      expect(types(node.schema)).toBe(types(input.schema));
      return;
    default:
      expect(types(node.schema)).toBe(types(input.schema));
  }
}

function checkProperties(node: AnalysedNode): void {
  const { keys, bounds, windows } = inferProperties(node);
  const width = node.schema.fields.length;
  for (const key of keys) for (const column of key) expect(column).toBeLessThan(width);
  for (const column of windows.keys()) expect(node.schema.fields[column].type.kind).toBe("struct");
  for (const path of bounds.keys()) expect(["timestamp", "date", "int32", "int64"]).toContain(kindAt(node, path));
  if (isEnding(node)) for (const { path } of node.lifetime.evictBy) expect([...bounds.keys()]).toContain(path);
}

function kindAt({ schema }: AnalysedNode, path: string): string {
  const [column, member] = path.split(".").map(Number);
  const { type } = schema.fields[column];
  return member === undefined || type.kind !== "struct" ? type.kind : type.fields[member].type.kind;
}
