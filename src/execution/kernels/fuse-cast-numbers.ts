import type { CastCall } from "./cast-call.js";
import { fuseStrict, type StrictCode } from "./fuse-strict.js";
import { type FusedValue, plainValue } from "./fused-value.js";
import { bothValid } from "./fused-writer.js";
import type { Fuse } from "./kernel.js";

const INT64_END = "9223372036854775808";

/** A cast among booleans and numbers as code; null where there is none. */
export function fuseCastNumbers({ from, to, safe }: CastCall): Fuse | null {
  const write = CODES[`${from.kind}>${to.kind}`];
  if (write === undefined) return null;
  return (writer, args) => {
    // A failing tryCast makes NULL what fuseStrict says is valid, so validity is joined behind it.
    let refused: string | null = null;
    const strict = fuseStrict((code) => {
      const { value, invalid } = write(code);
      if (invalid === null) return value;
      if (safe) refused = writer.local(`${invalid} ? 0 : 1`);
      else writer.failIf(invalid, code.valid);
      return value;
    });
    const result = strict(writer, args);
    return refused === null ? result : { ...result, valid: bothValid(result.valid, refused) };
  };
}

interface CastCode {
  readonly value: FusedValue;
  /** Code that is true where the value has no counterpart; null = every value has one. */
  readonly invalid: string | null;
}

const CODES: Readonly<Record<string, ((code: StrictCode) => CastCode) | undefined>> = {
  "bool>int32": (code) => always(plainValue("int32", bit(code), code.valid)),
  "bool>int64": (code) => always(widened(code, bit(code))),
  "bool>float64": (code) => always(plainValue("float64", bit(code), code.valid)),
  "int32>int64": (code) => always(widened(code, code.args[0].code())),
  "int32>float64": (code) => always(plainValue("float64", code.args[0].code(), code.valid)),
  "int32>bool": (code) => always(plainValue("bool", `(${code.args[0].code()} !== 0)`, code.valid)),
  "int64>int32": narrowed,
  "int64>float64": ({ writer, args: [value], valid }) => {
    const { low, high } = writer.halves(value);
    return always(plainValue("float64", writer.local(`${high} * 4294967296 + (${low} >>> 0)`), valid));
  },
  "int64>bool": (code) => always(plainValue("bool", `(${code.args[0].code()} !== 0n)`, code.valid)),
  "float64>int32": ({ writer, args: [value], valid }) => {
    const whole = writer.local(`Math.trunc(${value.code()})`);
    const invalid = `!(${whole} >= -2147483648 && ${whole} <= 2147483647)`;
    return { value: plainValue("int32", writer.local(`${whole} | 0`), valid), invalid };
  },
  "float64>int64": ({ writer, args: [value], valid }) => {
    const whole = writer.local(`Math.trunc(${value.code()})`);
    return {
      value: writer.exactValue(whole, valid),
      invalid: `!(${whole} >= -${INT64_END} && ${whole} < ${INT64_END})`,
    };
  },
  "float64>bool": (code) => always(plainValue("bool", `(${code.args[0].code()} !== 0)`, code.valid)),
};

function always(value: FusedValue): CastCode {
  return { value, invalid: null };
}

function bit({ writer, args: [value] }: StrictCode): string {
  return writer.local(`${value.code()} ? 1 : 0`);
}

/** An int32 as int64: making a bigint of it is free in optimised code. */
function widened({ valid }: StrictCode, code: string): FusedValue {
  return { lane: "int64", valid, code: () => `BigInt(${code})`, exact: () => code, native: "exact" };
}

function narrowed({ writer, args: [value], valid }: StrictCode): CastCode {
  const { low, high } = writer.halves(value);
  return { value: plainValue("int32", low, valid), invalid: `${high} !== (${low} >> 31)` };
}
