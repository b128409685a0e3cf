import { formatType } from "../../types/format-type.js";
import type { VectorCall } from "./vector-kernel.js";

/** Fails a text that is no value of the call's type. */
export function refuseText({ fail, expression }: VectorCall): (text: string, row: number) => never {
  return (text, row) => fail("CAST_INVALID", `'${text}' is no ${formatType(expression.type)}`, row);
}

/** Fails a text that is not written after the pattern. */
export function refusePattern({ fail }: VectorCall, pattern: string): (text: string, row: number) => never {
  return (text, row) => fail("CANNOT_PARSE_TIMESTAMP", `'${text}' is not written as '${pattern}'`, row);
}
