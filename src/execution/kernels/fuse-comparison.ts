import { fuseStrict } from "./fuse-strict.js";
import { type FusedValue, plainValue } from "./fused-value.js";
import type { Kernel, KernelCall } from "./kernel.js";
import { laneOf } from "./lane.js";
import type { OrderTest } from "./text-comparison.js";

/** Two values as code, and which of them are known not to be NaN. */
export interface ComparedCode {
  readonly a: string;
  readonly b: string;
  readonly isFloat: boolean;
  readonly isANumber: boolean;
  readonly isBNumber: boolean;
}

/** A comparison of fixed-width values as code of a boolean. */
export function fuseComparison(test: OrderTest): NonNullable<Kernel["fuse"]> {
  return (call) => {
    if (laneOf(call.types[0]) === null) return null;
    return fuseStrict(({ args, valid }) => plainValue("bool", `(${testCode(compared(call, args), test)})`, valid));
  };
}

export function compared({ types, constants }: KernelCall, [a, b]: readonly FusedValue[]): ComparedCode {
  const isFloat = types[0].kind === "float64";
  const isNumber = (index: number): boolean => !isFloat || isPlainNumber(constants[index]?.value);
  return { a: a.code(), b: b.code(), isFloat, isANumber: isNumber(0), isBNumber: isNumber(1) };
}

function isPlainNumber(value: unknown): boolean {
  return typeof value === "number" && !Number.isNaN(value);
}

/** NaN equals itself and is greater than all others: `x !== x` tests for it. */
export function testCode(code: ComparedCode, test: OrderTest): string {
  if (test.less === test.greater) return test.equal ? equalCode(code) : `!(${equalCode(code)})`;
  if (test.less) return test.equal ? `!(${lessCode(swapped(code))})` : lessCode(code);
  return test.equal ? `!(${lessCode(code)})` : lessCode(swapped(code));
}

function swapped({ a, b, isFloat, isANumber, isBNumber }: ComparedCode): ComparedCode {
  return { a: b, b: a, isFloat, isANumber: isBNumber, isBNumber: isANumber };
}

function equalCode({ a, b, isANumber, isBNumber }: ComparedCode): string {
  return isANumber || isBNumber ? `${a} === ${b}` : `${a} === ${b} || (${a} !== ${a} && ${b} !== ${b})`;
}

function lessCode({ a, b, isANumber, isBNumber }: ComparedCode): string {
  if (isBNumber) return `${a} < ${b}`;
  return isANumber ? `!(${b} <= ${a})` : `${a} < ${b} || (${b} !== ${b} && ${a} === ${a})`;
}
