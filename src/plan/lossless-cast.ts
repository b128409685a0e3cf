import type { DataType } from "../types/data-type.js";
import { sameType } from "../types/same-type.js";

/** Different values stay different, and every value has an image: such a cast cannot fail and keeps keys. */
export function isLosslessCast(from: DataType, to: DataType): boolean {
  if (sameType(from, to) || from.kind === "null") return true;
  switch (to.kind) {
    case "int64":
      return from.kind === "int32";
    case "float64":
      return from.kind === "int32";
    case "timestamp":
      return from.kind === "date" || (from.kind === "timestamp" && (from.zone === null) === (to.zone === null));
    case "utf8":
      return isExactAsText(from);
    default:
      return false;
  }
}

/** Types of which every value prints in its own way. Wall-clock text of a zone with summer time repeats an hour. */
function isExactAsText(type: DataType): boolean {
  if (type.kind === "timestamp") return type.zone === null || type.zone === "UTC";
  return type.kind === "bool" || type.kind === "int32" || type.kind === "int64" || type.kind === "date";
}
