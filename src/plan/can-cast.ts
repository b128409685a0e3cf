import { CARRIED_KINDS, type DataType, type TypeKind } from "../types/data-type.js";
import { sameType } from "../types/same-type.js";

const NUMBERS: readonly TypeKind[] = ["int32", "int64", "float64"];

/** What each kind can be cast to, besides itself and text. */
const TARGETS: Partial<Record<TypeKind, readonly TypeKind[]>> = {
  bool: NUMBERS,
  int32: [...NUMBERS, "bool", "timestamp"],
  int64: [...NUMBERS, "bool", "timestamp"],
  float64: [...NUMBERS, "bool"],
  utf8: [...NUMBERS, "bool", "date", "timestamp", "binary"],
  date: ["timestamp"],
  timestamp: ["date", "int64", "float64", "timestamp"],
};

/** Whether a cast means anything; whether it succeeds for a value is known when it runs. */
export function canCast(from: DataType, to: DataType): boolean {
  if (sameType(from, to)) return true;
  if (!CARRIED_KINDS.includes(to.kind)) return false;
  if (from.kind === "null") return true;
  if (from.kind === "list") return to.kind === "list" && canCast(from.element, to.element);
  if (from.kind === "struct") {
    if (to.kind !== "struct" || from.fields.length !== to.fields.length) return false;
    return from.fields.every((field, i) => canCast(field.type, to.fields[i].type));
  }
  return to.kind === "utf8" || (TARGETS[from.kind]?.includes(to.kind) ?? false);
}
