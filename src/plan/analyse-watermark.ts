import { AnalysisError } from "../common/millrace-error.js";
import { formatType } from "../types/format-type.js";
import type { AnalysedNode } from "./analysed-node.js";
import { analysisErrorAt } from "./analysis-error-at.js";
import type { WatermarkNode } from "./plan-node.js";
import { columnNotFound } from "./resolve-column.js";

/** withWatermark: a barrier above the linear part of one source. */
export function analyseWatermark(
  input: AnalysedNode,
  { column, delay, idleTimeout, late }: WatermarkNode,
): AnalysedNode {
  const place = `withWatermark("${column}")`;
  requireLinear(input, place);
  const index = eventTimeIndex(input, column, place);
  if (delay < 0n) {
    throw new AnalysisError("NEGATIVE_DELAY", "The delay of a watermark must not be negative.", {
      place,
      hint: 'Use "0 seconds" for rows that come in order.',
    });
  }
  if (idleTimeout !== null && idleTimeout <= 0n) {
    throw new AnalysisError("NEGATIVE_DELAY", "The idle timeout of a watermark must be above 0.", { place });
  }
  return {
    kind: "watermark",
    input,
    watermarkId: 0,
    index,
    delay,
    idleTimeout,
    late,
    sourceIndex: 0,
    schema: input.schema,
  };
}

/** Below it stand only operators that treat each row by itself, above one source. */
function requireLinear(input: AnalysedNode, place: string): void {
  switch (input.kind) {
    case "scan":
      return;
    case "project":
    case "filter":
    case "explode":
    case "window":
      requireLinear(input.input, place);
      return;
    case "watermark": {
      const { name } = input.schema.fields[input.index];
      const what = `The source already has a watermark on "${name}".`;
      throw new AnalysisError("WATERMARK_REDEFINED", what, { place, hint: "Declare one watermark per source." });
    }
    default: {
      const what = `A watermark belongs to one source, but a ${input.kind} stands below.`;
      throw new AnalysisError("WATERMARK_NOT_ON_SOURCE", what, {
        place,
        hint: "Call withWatermark on each source, before any groupBy, dropDuplicates, limit or union.",
      });
    }
  }
}

function eventTimeIndex({ schema }: AnalysedNode, column: string, place: string): number {
  const index = schema.fields.findIndex((field) => field.name === column);
  if (index < 0) analysisErrorAt(place, () => columnNotFound(column, schema));
  const { type } = schema.fields[index];
  if (type.kind === "timestamp" || type.kind === "date") return index;
  const hint =
    type.kind === "utf8"
      ? 'Convert it first, for example with withColumn("at", toTimestamp("at")).'
      : "Use a timestamp or date column.";
  throw new AnalysisError(
    "WATERMARK_NOT_TIMESTAMP",
    `Event time must be a timestamp or a date, but "${column}" is a ${formatType(type)}.`,
    { place, hint },
  );
}
