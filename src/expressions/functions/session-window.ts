import { AnalysisError } from "../../common/millrace-error.js";
import { fixedMicros, parseInterval } from "../../types/interval.js";
import { type AnyColumn, type ColumnOrName, type NameTerm, nameExpression } from "../column-argument.js";
import { Column } from "../column-expression.js";
import type { Op } from "../column-term.js";
import type { Expression } from "../expression.js";
import { literalOf } from "../literal-of.js";

/**
 * Sessions: rows of one group that are less than `gap` apart, as a struct of start and end (last row + gap). A group key.
 * `gap` is an interval, or an int64 column of microseconds: a row whose gap is NULL or not positive is in no session.
 *
 * `groupBy(sessionWindow("at", "10 minutes"), "user")`
 */
export function sessionWindow<C extends ColumnOrName>(
  time: C,
  gap: string | AnyColumn,
): Column<Op<"sessionWindow", readonly [NameTerm<C>]>> {
  return new Column({ kind: "sessionWindow", time: nameExpression(time), gap: gapExpression(gap) });
}

function gapExpression(gap: string | AnyColumn): Expression {
  if (typeof gap !== "string") return gap.expression;
  const micros = fixedMicros(parseInterval(gap), "the gap of a session");
  if (micros <= 0n) throw new AnalysisError("WINDOW_SIZE", "The gap of a session must be positive.");
  return literalOf(micros);
}
