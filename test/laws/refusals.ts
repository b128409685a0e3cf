import { StreamingRefusal } from "../../src/common/millrace-error.js";

/** null when the plan is refused for one of these reasons; any other error stays one. */
export function orRefused<T>(codes: readonly string[], make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof StreamingRefusal && codes.includes(error.code)) return null;
    throw error;
  }
}

/** Append mode has no meaning for the plan. */
export const NOT_APPENDABLE = ["APPEND_NOT_FINAL", "APPEND_NO_WATERMARK"];
