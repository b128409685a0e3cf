import type { DataType, StructType } from "../types/data-type.js";
import { TIMESTAMP } from "./signature-rules.js";

/** The struct that window and sessionWindow give: half-open [start, end). */
export const WINDOW_TYPE: StructType = Object.freeze({
  kind: "struct",
  fields: Object.freeze([
    Object.freeze({ name: "start", type: TIMESTAMP, nullable: false }),
    Object.freeze({ name: "end", type: TIMESTAMP, nullable: false }),
  ]),
});

/** True for any struct of two timestamps called start and end, so that a window read back from a file is one too. */
export function isWindowType(type: DataType): type is StructType {
  if (type.kind !== "struct" || type.fields.length !== 2) return false;
  const [start, end] = type.fields;
  return (
    start.name === "start" && end.name === "end" && start.type.kind === "timestamp" && end.type.kind === "timestamp"
  );
}
