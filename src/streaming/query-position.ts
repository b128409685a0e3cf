import type { Json } from "../checkpoint/records.js";
import { CheckpointError } from "../common/millrace-error.js";
import type { Offset } from "../sources/source.js";

/** Where one source stands: everything up to `offset` is processed. */
export interface SourcePosition {
  readonly source: string;
  readonly offset: Offset;
  /** The plan has been told that nothing will ever come after it. */
  readonly ended: boolean;
}

/** The source below a withWatermark and its column: the identity that survives a reordering of sources. */
export interface WatermarkKey {
  readonly source: string;
  readonly column: string;
}

/** What one withWatermark knows. Instants are microseconds, as text; deliveries milliseconds since 1970. */
export interface WatermarkPosition extends WatermarkKey {
  readonly watermark: string;
  readonly maxByPartition: Readonly<Record<string, string>>;
  readonly deliveredMs: number;
  readonly deliveredByPartition: Readonly<Record<string, number>>;
}

/** Where a query stands between two triggers, apart from its operators' state: the `next` of a commit record. */
export interface QueryPosition {
  /** When the offsets of the newest batch were chosen: time does not go back below it. */
  readonly chosenAtMs: number;
  /** Every bound has gone to +infinity: nothing can follow. */
  readonly isDrained: boolean;
  readonly sources: readonly SourcePosition[];
  readonly watermarks: readonly WatermarkPosition[];
  /** Late rows so far, by operator. */
  readonly lateRows: Readonly<Record<string, number>>;
}

export function positionToJson(position: QueryPosition): Json {
  return position as unknown as Json;
}

/** Records are checksummed; what is checked here is that this version wrote the same shape. */
export function positionFromJson(json: Json): QueryPosition {
  if (isPosition(json)) return json;
  throw new CheckpointError("CHECKPOINT_CORRUPT", "A commit record does not say where the query stands.", {
    hint: "The checkpoint was written by another program or version; keep it, and start with a new directory.",
  });
}

function isPosition(json: unknown): json is QueryPosition {
  if (typeof json !== "object" || json === null) return false;
  const position = json as Partial<Record<keyof QueryPosition, unknown>>;
  return (
    typeof position.chosenAtMs === "number" &&
    typeof position.isDrained === "boolean" &&
    Array.isArray(position.sources) &&
    Array.isArray(position.watermarks) &&
    typeof position.lateRows === "object" &&
    position.lateRows !== null
  );
}
