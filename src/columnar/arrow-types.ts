import * as arrow from "apache-arrow";
import { AnalysisError } from "../common/millrace-error.js";
import { carriedHint } from "../types/carried.js";
import type { DataType, Field, Schema } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import {
  binary,
  bool,
  date,
  field,
  float64,
  int32,
  int64,
  list,
  schema,
  timestamp,
  utf8,
} from "../types/type-constructors.js";
import type { ArrowFieldShape, ArrowSchemaShape, ArrowTypeShape } from "./arrow-shape.js";

/** Zone names that mean UTC; a timestamp with one of them is plain `timestamp`. */
const UTC_NAMES = new Set(["UTC", "Etc/UTC", "Z", "+00:00", "GMT"]);

/** @throws AnalysisError TYPE_NOT_SUPPORTED naming the column and its Arrow type */
export function schemaFromArrow(arrowSchema: ArrowSchemaShape): Schema {
  return schema(arrowSchema.fields.map((arrowField) => fieldFromArrow(arrowField, arrowField.name)));
}

/** The engine's type of an Arrow type; text behind a dictionary is text. `path` names the column in an error. */
export function typeFromArrow(type: ArrowTypeShape, path: string): DataType {
  switch (type.typeId) {
    case arrow.Type.Bool:
      return bool();
    case arrow.Type.Int:
      return intType(type, path);
    case arrow.Type.Float:
      return type.precision === arrow.Precision.DOUBLE
        ? float64()
        : refuse(type, path, "Convert it to Float64 before.");
    case arrow.Type.Utf8:
      return utf8();
    case arrow.Type.Binary:
      return binary();
    case arrow.Type.Date:
      return date();
    case arrow.Type.Timestamp:
      return timestamp(zoneFromArrow(type.timezone));
    case arrow.Type.List:
      return listType(type, path);
    case arrow.Type.Struct:
      return Object.freeze({ kind: "struct", fields: membersFromArrow(type, path) });
    case arrow.Type.Dictionary:
      return type.dictionary?.typeId === arrow.Type.Utf8
        ? utf8()
        : refuse(type, path, "Only dictionaries of Utf8 are read; decode it before.");
    default:
      return refuse(type, path, "Leave the column out, or convert it before.");
  }
}

function intType(type: ArrowTypeShape, path: string): DataType {
  if (type.isSigned === true && type.bitWidth === 32) return int32();
  if (type.isSigned === true && type.bitWidth === 64) return int64();
  return refuse(type, path, "Convert it to Int32 or Int64 before.");
}

function zoneFromArrow(zone: string | null | undefined): string | null {
  if (zone === null || zone === undefined || zone === "") return null;
  return UTC_NAMES.has(zone) ? "UTC" : zone;
}

function listType(type: ArrowTypeShape, path: string): DataType {
  const [element] = type.children ?? [];
  if (element === undefined) return refuse(type, path, "The type of its elements is missing.");
  return list(typeFromArrow(element.type, `${path}.element`), element.nullable);
}

function membersFromArrow(type: ArrowTypeShape, path: string): readonly Field[] {
  return Object.freeze((type.children ?? []).map((member) => fieldFromArrow(member, `${path}.${member.name}`)));
}

function fieldFromArrow(arrowField: ArrowFieldShape, path: string): Field {
  return field(arrowField.name, typeFromArrow(arrowField.type, path), arrowField.nullable);
}

function refuse(type: ArrowTypeShape, path: string, hint: string): never {
  throw new AnalysisError(
    "TYPE_NOT_SUPPORTED",
    `Column '${path}' has the Arrow type ${String(type)}, which is not supported yet.`,
    { hint },
  );
}

export function schemaToArrow({ fields }: Schema): arrow.Schema {
  return new arrow.Schema(fields.map(fieldToArrow));
}

export function fieldToArrow({ name, type, nullable }: Field): arrow.Field {
  return new arrow.Field(name, typeToArrow(type), nullable);
}

export function typeToArrow(type: DataType): arrow.DataType {
  switch (type.kind) {
    case "null":
      return new arrow.Null();
    case "bool":
      return new arrow.Bool();
    case "int32":
      return new arrow.Int32();
    case "int64":
      return new arrow.Int64();
    case "float64":
      return new arrow.Float64();
    case "utf8":
      return new arrow.Utf8();
    case "binary":
      return new arrow.Binary();
    case "date":
      return new arrow.DateDay();
    case "timestamp":
      return new arrow.TimestampMicrosecond(type.zone);
    case "list":
      return new arrow.List(new arrow.Field("item", typeToArrow(type.element), type.containsNull));
    case "struct":
      return new arrow.Struct(type.fields.map(fieldToArrow));
    default:
      throw new AnalysisError(
        "TYPE_NOT_SUPPORTED",
        `A column of type ${formatType(type)} cannot be written as Arrow yet.`,
        {
          hint: carriedHint(type),
        },
      );
  }
}
