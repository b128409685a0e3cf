import type { Float64Type, Int64Type } from "../../types/data-type.js";

export const INT64: Int64Type = Object.freeze({ kind: "int64" });
export const FLOAT64: Float64Type = Object.freeze({ kind: "float64" });
