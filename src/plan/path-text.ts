import type { Schema } from "../types/data-type.js";
import type { ColumnPath } from "./bound-expression.js";

/** "2.1" as "window.end". */
export function pathText(path: ColumnPath, { fields }: Schema): string {
  const [column, member] = path.split(".").map(Number);
  const { name, type } = fields[column];
  return member === undefined || type.kind !== "struct" ? name : `${name}.${type.fields[member].name}`;
}
