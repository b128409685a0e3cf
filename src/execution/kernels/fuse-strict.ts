import { type FusedArgument, type FusedValue, plainValue } from "./fused-value.js";
import { bothValid, type FusedWriter } from "./fused-writer.js";
import type { Fuse, Kernel, KernelCall } from "./kernel.js";
import { type Lane, laneOf } from "./lane.js";

/** Code of a value from the values of the arguments, none of them NULL where `valid` is 1 (null = nowhere NULL). */
export interface StrictCode {
  readonly writer: FusedWriter;
  readonly args: readonly FusedValue[];
  readonly valid: string | null;
}

/** NULL where any argument is. The code also runs over the meaningless values of NULLs: failures are guarded by `valid`. */
export function fuseStrict(write: (code: StrictCode) => FusedValue): Fuse {
  return (writer, args) => {
    const values = args.map((arg) => arg.emit());
    const joined = values.reduce<string | null>((valid, value) => bothValid(valid, value.valid), null);
    const valid = joined === null || !joined.startsWith("(") ? joined : writer.local(joined);
    return { ...write({ writer, args: values, valid }), valid };
  };
}

/** A binary operation, by the lane of its arguments. */
export type BinaryCode = (code: BinaryArguments) => FusedValue;

export interface BinaryArguments {
  readonly writer: FusedWriter;
  readonly valid: string | null;
  readonly a: string;
  readonly b: string;
  /** The right side is a constant other than 0. */
  readonly isNonZero: boolean;
}

export function fuseBinary(codes: Partial<Readonly<Record<Lane, BinaryCode>>>): NonNullable<Kernel["fuse"]> {
  return (call) => {
    const lane = laneOf(call.types[0]);
    const code = lane === null ? undefined : codes[lane];
    if (code === undefined) return null;
    const isNonZero = isNonZeroConstant(call, 1);
    return fuseStrict(({ writer, args, valid }) => {
      return code({ writer, valid, a: args[0].code(), b: args[1].code(), isNonZero });
    });
  };
}

function isNonZeroConstant({ constants }: KernelCall, index: number): boolean {
  const value = constants[index]?.value;
  return typeof value === "bigint" ? value !== 0n : typeof value === "number" && value !== 0;
}

export function fuseUnary(
  codes: Partial<Readonly<Record<Lane, (code: UnaryArguments) => FusedValue>>>,
): NonNullable<Kernel["fuse"]> {
  return (call) => {
    const lane = laneOf(call.types[0]);
    const code = lane === null ? undefined : codes[lane];
    if (code === undefined) return null;
    return fuseStrict(({ writer, args, valid }) => code({ writer, valid, value: args[0] }));
  };
}

export interface UnaryArguments {
  readonly writer: FusedWriter;
  readonly valid: string | null;
  readonly value: FusedValue;
}

/** An int32 result from the exact one, as a number: fails where they differ. */
export function checkedInt32({ writer, valid }: Pick<StrictCode, "writer" | "valid">, exact: string): FusedValue {
  const wide = writer.local(exact);
  const narrow = writer.local(`${wide} | 0`);
  writer.failIf(`${narrow} !== ${wide}`, valid);
  return plainValue("int32", narrow, valid);
}

/** An int64 result from the exact one, as a bigint: fails beyond 64 bits. */
export function checkedInt64({ writer, valid }: Pick<StrictCode, "writer" | "valid">, exact: string): FusedValue {
  const value = writer.local(exact);
  writer.failIf(`${value} !== BigInt.asIntN(64, ${value})`, valid);
  return writer.bigValue(value, valid);
}

/** The arguments in order, for kernels with their own way with NULLs. */
export function emitAll(args: readonly FusedArgument[]): FusedValue[] {
  return args.map((arg) => arg.emit());
}
