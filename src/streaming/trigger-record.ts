import type { QueryProgress } from "../plan/query-progress.js";
import { progressOf, type TriggerReport } from "./progress-report.js";

/** One trigger's report. The progress record is made when somebody first asks: a query that nobody watches makes none. */
export class TriggerRecord {
  readonly #report: TriggerReport;
  #progress: QueryProgress | null = null;

  constructor(report: TriggerReport) {
    this.#report = report;
  }

  /** Always the same object. */
  get progress(): QueryProgress {
    this.#progress ??= progressOf(this.#report);
    return this.#progress;
  }
}
