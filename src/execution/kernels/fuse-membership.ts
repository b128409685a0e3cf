import { fuseStrict } from "./fuse-strict.js";
import { type FusedValue, plainValue } from "./fused-value.js";
import { bothValid, type FusedWriter } from "./fused-writer.js";
import type { Constant, Kernel } from "./kernel.js";
import { laneOf } from "./lane.js";

/** Up to here a chain of comparisons is faster than a look into a set. */
const MOST_COMPARISONS = 6;

/** isin over constants as code. */
export const fuseConstantMembership: NonNullable<Kernel["fuse"]> = ({ types, constants }) => {
  const lane = laneOf(types[0]);
  const items = constants.slice(1);
  if (lane === null || items.length === 0 || !items.every((item) => item !== null)) return null;
  const present = items.filter(({ value }) => value !== null);
  const isLong = present.length > MOST_COMPARISONS;
  if (isLong && lane === "int64" && !present.every(({ value }) => isExact(value))) return null;
  const hasNull = present.length < items.length;
  const search = fuseStrict(({ writer, args: [value], valid }) => {
    const code = isLong ? inSet(writer, value, present) : isOneOf(writer, value, present);
    return plainValue("bool", writer.local(code), valid);
  });
  return (writer, [value]) => {
    const found = search(writer, [value]);
    if (!hasNull) return found;
    return { ...found, valid: bothValid(found.valid, writer.local(`${found.code()} ? 1 : 0`)) };
  };
};

function isExact(value: unknown): boolean {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value));
}

function isOneOf(writer: FusedWriter, value: FusedValue, items: readonly Constant[]): string {
  if (items.length === 0) return "false";
  const code = value.code();
  const equal = ({ value: item }: Constant): string =>
    Number.isNaN(item) ? `${code} !== ${code}` : `${code} === ${writer.constant(item)}`;
  return items.map(equal).join(" || ");
}

function inSet(writer: FusedWriter, value: FusedValue, items: readonly Constant[]): string {
  const set = new Set(items.map(({ value: item }) => (typeof item === "bigint" ? Number(item) : item)));
  return `${writer.constant(set)}.has(${value.lane === "int64" ? value.exact() : value.code()})`;
}
