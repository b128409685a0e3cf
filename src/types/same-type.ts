import { unreachable } from "../common/unreachable.js";
import type { DataType, Field } from "./data-type.js";

/**
 * Equal types. Nullability inside lists, maps and structs does not count (as in Spark's sameType): it is a promise about
 * rows and changes no layout. Member names count, and the zone of a timestamp does.
 */
export function sameType(a: DataType, b: DataType): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "list":
      return b.kind === "list" && sameType(a.element, b.element);
    case "struct":
      return (
        b.kind === "struct" &&
        a.fields.length === b.fields.length &&
        a.fields.every((f, i) => sameMember(f, b.fields[i]))
      );
    case "map":
      return b.kind === "map" && sameType(a.key, b.key) && sameType(a.value, b.value);
    case "dictionary":
      return b.kind === "dictionary" && sameType(a.value, b.value);
    case "timestamp":
      return b.kind === "timestamp" && a.zone === b.zone;
    case "decimal128":
      return b.kind === "decimal128" && a.precision === b.precision && a.scale === b.scale;
    case "null":
    case "bool":
    case "int8":
    case "int16":
    case "int32":
    case "int64":
    case "uint8":
    case "uint16":
    case "uint32":
    case "uint64":
    case "float32":
    case "float64":
    case "utf8":
    case "binary":
    case "date":
    case "duration":
      return a.kind === b.kind;
    default:
      return unreachable(a);
  }
}

function sameMember(a: Field, b: Field | undefined): boolean {
  return b !== undefined && a.name === b.name && sameType(a.type, b.type);
}
