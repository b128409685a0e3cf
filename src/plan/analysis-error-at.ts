import { AnalysisError } from "../common/millrace-error.js";

/** Runs `work`; an AnalysisError that does not say where it happened leaves with `place`. */
export function analysisErrorAt<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AnalysisError) || error.place !== undefined) throw error;
    throw new AnalysisError(error.code, error.what, { place, hint: error.hint, cause: error });
  }
}
