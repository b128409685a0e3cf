import { AnalysisError } from "../common/millrace-error.js";
import type { DataType } from "../types/data-type.js";
import { nullType } from "../types/type-constructors.js";
import type { Literal, LiteralValue } from "./expression.js";
import { BINARY, BOOL, FLOAT64, INT32, INT64, TIMESTAMP, UTF8 } from "./signature-rules.js";

/** JavaScript values that are constants of a query. */
export type LiteralInput = null | boolean | number | bigint | string | Date | Uint8Array;

const INT64_LIMIT = 2n ** 63n;

/**
 * A number that int32 holds is int32, a whole one that is exact is int64, any other float64; a bigint is int64; a Date is
 * an instant.
 */
export function literalOf(value: LiteralInput): Literal {
  switch (typeof value) {
    case "boolean":
      return literal(BOOL, value);
    case "string":
      return literal(UTF8, value);
    case "number":
      return numberLiteral(value);
    case "bigint":
      return literal(INT64, requireInt64(value));
    default:
      return objectLiteral(value);
  }
}

function objectLiteral(value: null | Date | Uint8Array): Literal {
  if (value === null) return literal(nullType(), null);
  if (Object.prototype.toString.call(value) === "[object Date]")
    return literal(TIMESTAMP, instantMicros(value as Date));
  if (ArrayBuffer.isView(value) && value instanceof Uint8Array) return literal(BINARY, value.slice());
  throw new AnalysisError("LITERAL_TYPE", `A value of type ${typeof value} cannot be a constant.`, {
    hint: "Use null, a boolean, number, bigint, string, Date or Uint8Array.",
  });
}

function numberLiteral(value: number): Literal {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return literal(FLOAT64, value);
  return (value | 0) === value ? literal(INT32, value) : literal(INT64, BigInt(value));
}

function requireInt64(value: bigint): bigint {
  if (value >= -INT64_LIMIT && value < INT64_LIMIT) return value;
  throw new AnalysisError("LITERAL_RANGE", `${value} does not fit into int64.`, {
    hint: "Use a number for a float64 constant.",
  });
}

function instantMicros(date: Date): bigint {
  const millis = date.getTime();
  if (!Number.isNaN(millis)) return BigInt(millis) * 1000n;
  throw new AnalysisError("LITERAL_TYPE", "An invalid Date cannot be a constant.");
}

function literal(type: DataType, value: LiteralValue): Literal {
  return Object.freeze({ kind: "literal", type, value });
}
