import { AnalysisError } from "../common/millrace-error.js";
import { CARRIED_KINDS, type DataType, type Field, type Schema } from "./data-type.js";
import { formatType } from "./format-type.js";

/** Refuses a schema with a type that operators do not carry, by the path of the column ("items.element.price") and the type. */
export function refuseNotCarried(schema: Schema, where: string): void {
  for (const field of schema.fields) {
    const found = notCarried(field);
    if (found === null) continue;
    throw new AnalysisError(
      "TYPE_NOT_SUPPORTED",
      `Column '${found.name}' has type ${formatType(found.type)}, which is not supported yet.`,
      {
        place: where,
        hint: carriedHint(found.type),
      },
    );
  }
}

/** What a user can convert a column of this type to before handing it in. */
export function carriedHint(type: DataType): string {
  switch (type.kind) {
    case "int8":
    case "int16":
    case "uint8":
    case "uint16":
      return "Convert it to int before.";
    case "uint32":
    case "uint64":
    case "duration":
      return "Convert it to bigint before.";
    case "float32":
    case "decimal128":
      return "Convert it to double before.";
    case "dictionary":
      return "Declare it as utf8(): columns in dictionary form are taken as text.";
    case "map":
      return "Convert it to an array of structs before.";
    default:
      return "Leave the column out, or convert it before.";
  }
}

function notCarried(field: Pick<Field, "name" | "type">): { readonly name: string; readonly type: DataType } | null {
  const { name, type } = field;
  if (!CARRIED_KINDS.includes(type.kind)) return field;
  if (type.kind === "list") return notCarried({ name: `${name}.element`, type: type.element });
  if (type.kind !== "struct") return null;
  for (const member of type.fields) {
    const found = notCarried({ name: `${name}.${member.name}`, type: member.type });
    if (found !== null) return found;
  }
  return null;
}
