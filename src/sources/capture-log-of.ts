import { OptionError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import { CaptureLog } from "./capture-log.js";
import type { SourceStorage } from "./source.js";

/** For sources that were asked to capture. @throws OptionError CAPTURE_NEEDS_CHECKPOINT */
export function captureLogOf(storage: SourceStorage | null, schema: Schema, label: string): CaptureLog {
  if (storage !== null) return new CaptureLog(storage, schema, label);
  throw new OptionError(
    "CAPTURE_NEEDS_CHECKPOINT",
    `${label} is to capture its rows, but the query has no checkpoint.`,
    {
      hint: 'Start the query with option("checkpointLocation", directory), or leave capture out.',
    },
  );
}
