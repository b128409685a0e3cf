import type { Chunk } from "../../columnar/chunk.js";
import type { Column } from "../../columnar/column.js";
import { columnBuilder } from "../../columnar/column-builder.js";
import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import type { TriggerContext } from "../operator.js";
import { rowReader, valueOf } from "./interim-value.js";

export interface EvaluationOptions { readonly codegen: boolean }
export interface ExpressionEvaluator { evaluate(chunk: Chunk, context: TriggerContext): Column[] }
export interface PredicateEvaluator { select(chunk: Chunk, context: TriggerContext): Int32Array | null | "all" }

export function compileExpressions(expressions: readonly ResolvedExpression[], _options: EvaluationOptions): ExpressionEvaluator {
  return {
    evaluate: (chunk, context) =>
      expressions.map((e) => {
        if (e.kind === "column") return chunk.columns[e.index];
        const b = columnBuilder(e.type, chunk.length);
        let s = 0;
        for (let i = 0; i < chunk.length; i++) {
          if (chunk.sel !== null && chunk.sel[s] !== i) { b.appendNull(); continue; }
          s++;
          b.append(valueOf(e, rowReader(chunk.columns, i), context.batchTime));
        }
        return b.finish();
      }),
  };
}
export function compilePredicate(condition: ResolvedExpression, _options: EvaluationOptions): PredicateEvaluator {
  return {
    select: (chunk, context) => {
      const out: number[] = [];
      const n = chunk.sel?.length ?? chunk.length;
      for (let k = 0; k < n; k++) {
        const i = chunk.sel?.[k] ?? k;
        if (valueOf(condition, rowReader(chunk.columns, i), context.batchTime) === true) out.push(i);
      }
      return out.length === n ? "all" : Int32Array.from(out);
    },
  };
}
