import { StreamingRefusal } from "../common/millrace-error.js";
import type { AnalysedNode } from "./analysed-node.js";
import { inferProperties } from "./infer-properties.js";
import { inputsOf, nodesOf } from "./map-inputs.js";
import { pathText } from "./path-text.js";
import { placeOf } from "./place-of.js";

/** Refuses append mode: `failure` is the lowest operator whose rows never become final. */
export function refuseAppend(failure: AnalysedNode, root: AnalysedNode): never {
  const watermarks = [...nodesOf(root)].filter((node) => node.kind === "watermark");
  if (watermarks.length === 0) refuseNoWatermark(failure, root);
  const union = [...nodesOf(failure)].find(mixesEventTime);
  if (union !== undefined) refuseUnion(failure, union);
  const lost = watermarks.some((node) => node.late !== "never")
    ? lostEventTime(failure)
    : " The watermark has late: 'never', so it promises nothing.";
  throw new StreamingRefusal(
    "APPEND_NOT_FINAL",
    `Append mode sends only final rows, but rows of ${placeOf(failure)} can always change.${lost}`,
    {
      place: placeOf(failure),
      hint: "Group by window(...) or by an event-time column, or use outputMode('update') or outputMode('complete').",
    },
  );
}

/** A union of inputs with an event time and inputs without: it has none itself. */
function mixesEventTime(node: AnalysedNode): boolean {
  if (node.kind !== "union" || inferProperties(node).bounds.size > 0) return false;
  const timed = node.inputs.map((input) => inferProperties(input).bounds.size > 0);
  return timed.includes(true) && timed.includes(false);
}

function refuseUnion(failure: AnalysedNode, union: AnalysedNode): never {
  const timed = inputsOf(union).filter((input) => inferProperties(input).bounds.size > 0);
  const what = `rows of ${placeOf(failure)} can always change: ${timed.length} of the ${inputsOf(union).length} inputs of ${placeOf(union)} have an event time, and the others may bring a row of any time.`;
  throw new StreamingRefusal("APPEND_NOT_FINAL", `Append mode sends only final rows, but ${what}`, {
    place: placeOf(failure),
    hint: "Call withWatermark(column, delay) on every input of the union, or use outputMode('update') or outputMode('complete').",
  });
}

function refuseNoWatermark(failure: AnalysedNode, root: AnalysedNode): never {
  const times = [...nodesOf(root)].flatMap((node) =>
    node.kind === "scan"
      ? node.schema.fields
          .filter(({ type }) => type.kind === "timestamp" || type.kind === "date")
          .map(({ name }) => `"${name}"`)
      : [],
  );
  const candidates =
    times.length === 0
      ? "The sources have no timestamp column; convert one with toTimestamp(...)."
      : `Timestamp columns: ${times.join(", ")}.`;
  throw new StreamingRefusal(
    "APPEND_NO_WATERMARK",
    `Append mode sends only final rows, and without a watermark rows of ${placeOf(failure)} never become final.`,
    {
      place: placeOf(failure),
      hint: `Call withWatermark(column, delay) on the source and group by a window of that column, or use outputMode('update'). ${candidates}`,
    },
  );
}

/** The nearest event-time columns that the operator had and did not keep. */
function lostEventTime(node: AnalysedNode): string {
  for (const input of inputsOf(node)) {
    const { bounds } = inferProperties(input);
    const names = [...bounds.keys()].map((path) => `"${pathText(path, input.schema)}"`);
    if (names.length > 0) return ` The event time ${names.join(", ")} reaches it, but is not among its keys.`;
    const below = lostEventTime(input);
    if (below !== "") return below.replace("reaches it", `reaches ${placeOf(input)}`);
  }
  return "";
}
