import type { Chunk } from "../columnar/chunk.js";
import { selectedCount } from "../columnar/chunk-of.js";
import type { Column } from "../columnar/column.js";
import { isNullAt } from "../columnar/compare.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { AnalysedNode } from "../plan/analysed-node.js";
import { type ColumnPath, NO_BOUND, type Watermarks } from "../plan/bound-expression.js";
import { pathOf } from "../plan/bound-of.js";
import { inferProperties } from "../plan/infer-properties.js";
import { inputsOf } from "../plan/map-inputs.js";
import { columnsIn } from "../plan/rewrite-expression.js";
import { evaluateBound } from "./evaluate-bound.js";
import type { Output } from "./operator.js";
import { integerAt } from "./operators/late-test.js";

type Paths = ReadonlySet<ColumnPath>;
const NONE: Paths = new Set();

export interface BoundCheckParts {
  readonly node: AnalysedNode;
  readonly paths: Paths;
  readonly watermarks: () => Watermarks;
  readonly above: Output;
}

/** Law 8, checked while a test runs: no row, come or gone, lies below a bound of its edge that was known before the trigger. */
export class BoundCheck implements Output {
  readonly #parts: BoundCheckParts;

  constructor(parts: BoundCheckParts) {
    this.#parts = parts;
  }

  emit(chunk: Chunk): void {
    const { node, paths, watermarks, above } = this.#parts;
    const { bounds } = inferProperties(node);
    for (const path of paths) {
      const bound = bounds.get(path);
      const value = bound === undefined ? NO_BOUND : evaluateBound(bound, watermarks());
      if (value > NO_BOUND) this.#check(chunk, path, value);
    }
    above.emit(chunk);
  }

  #check(chunk: Chunk, path: ColumnPath, bound: bigint): void {
    const [index, member] = path.split(".").map(Number);
    const whole = chunk.columns[index];
    const column: Column = member === undefined || whole.layout !== "struct" ? whole : whole.children[member];
    for (let i = 0; i < selectedCount(chunk); i++) {
      const row = chunk.sel === null ? i : chunk.sel[i];
      const value = isNullAt(whole, row) ? null : integerAt(column, row);
      if (value === null || value >= bound) continue;
      const { kind, schema } = this.#parts.node;
      throw new Error(
        `Broken invariant: a row leaves ${kind} with ${schema.fields[index].name} (${path}) = ${value}, below the bound ${bound}`,
      );
    }
  }
}

/** Columns of the edge above a node whose bound the late filters below have tested, so that the bound is a promise. */
export function protectedPaths(node: AnalysedNode): Paths {
  const inputs = inputsOf(node).map(protectedPaths);
  switch (node.kind) {
    case "scan":
    case "watermark":
    case "topN":
    case "limit":
      return NONE;
    case "lateFilter":
      return new Set([...inputs[0], ...node.tests.flatMap(({ value }) => pathOf(value) ?? [])]);
    case "filter":
    case "sort":
    case "explode":
    case "window":
      return inputs[0];
    case "project":
      return throughProject(node.columns, inputs[0]);
    case "aggregate":
    case "sessionAggregate":
    case "dropDuplicates":
      return new Set(node.lifetime.evictBy.map(({ path }) => path));
    case "union":
      return new Set([...inputs[0]].filter((path) => inputs.every((input) => input.has(path))));
  }
}

/** A column that is computed from protected columns only is protected; a struct that is handed on keeps its members. */
function throughProject(columns: readonly ResolvedExpression[], input: Paths): Paths {
  return new Set(columns.flatMap((column, i) => protectedFrom(column, input).map((path): ColumnPath => `${i}${path}`)));
}

/** Suffixes ("" or ".member") of the protected paths of an expression. */
function protectedFrom(expression: ResolvedExpression, input: Paths): readonly ("" | `.${number}`)[] {
  const path = pathOf(expression);
  if (path === null) {
    const reads = [...columnsIn(expression)];
    return reads.length > 0 && reads.every((column) => input.has(`${column}`) || input.has(`${column}.1`)) ? [""] : [];
  }
  const members = [0, 1].filter((member) => !path.includes(".") && input.has(`${Number(path)}.${member}`));
  return [...(input.has(path) ? ([""] as const) : []), ...members.map((member): `.${number}` => `.${member}`)];
}
