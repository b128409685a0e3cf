import { expect, test } from "vitest";
import { MillraceError } from "../../src/common/millrace-error.js";
import { caseToJson, type LawCase } from "./cases/law-case.js";
import { Random } from "./cases/random.js";
import { shrinkCase } from "./cases/shrink.js";
import { Coverage, type Minimum } from "./coverage.js";

const RUNS = Number(process.env["LAW_RUNS"] ?? 200);
const SEED = Number(process.env["LAW_SEED"] ?? 1);
/** Set: only this run of the seed. */
const ONLY = process.env["LAW_RUN"];

/** "0": a failure is reported as it came, which is faster. */
const SHRINKS = process.env["LAW_SHRINK"] !== "0";
/** Shares of fewer runs than that say little. */
const LEAST_FOR_COVERAGE = 200;

export interface Law {
  readonly name: string;
  generate(random: Random): LawCase;
  /** Throws where the law is broken; notes what the run covered. False: the law says nothing about this case. */
  check(lawCase: LawCase, coverage: Coverage): unknown;
  /** Least shares of the runs that count. */
  readonly coverage: Minimum;
}

/** One test: random cases against a law. A failure is shrunk and printed with everything that replays it. */
export function law({ name, generate, check, coverage: minimum }: Law): void {
  test(name, () => {
    const coverage = new Coverage();
    for (let run = 0, tried = 0; run < RUNS; tried++) {
      if (tried > 20 * RUNS) throw new Error(`${name}: most cases say nothing about this law`);
      if (ONLY !== undefined && tried > Number(ONLY)) return;
      const lawCase = generate(new Random(SEED * 1_000_003 + tried));
      if (ONLY !== undefined && tried !== Number(ONLY)) continue;
      if (runOnce({ name, tried, check, lawCase }, coverage)) run++;
    }
    if (ONLY !== undefined) return;
    const report = coverage.report();
    console.log(`${name}: ${RUNS} runs; ${report}`);
    if (RUNS >= LEAST_FOR_COVERAGE) expect(coverage.missing(minimum), report).toEqual([]);
  });
}

interface Run {
  readonly name: string;
  readonly tried: number;
  readonly check: Law["check"];
  readonly lawCase: LawCase;
}

function runOnce({ name, tried, check, lawCase }: Run, coverage: Coverage): boolean {
  try {
    coverage.begin(lawCase);
    if (check(lawCase, coverage) === false) return false;
    coverage.end();
    return true;
  } catch (error) {
    const smallest = SHRINKS ? shrinkCase(lawCase, (candidate) => messageOf(candidate, check)) : lawCase;
    const failure = failureOf(smallest, check) ?? error;
    throw new Error(
      `${name} is broken. LAW_SEED=${SEED} LAW_RUN=${tried}\n${failureText(failure)}\ncase ${JSON.stringify(caseToJson(smallest))}`,
      { cause: failure },
    );
  }
}

function failureOf(lawCase: LawCase, check: Law["check"]): unknown {
  try {
    check(lawCase, new Coverage());
    return null;
  } catch (error) {
    return error;
  }
}

/** What kind of failure it is, so that shrinking does not wander from one fault to another; null where the law holds. */
function messageOf(lawCase: LawCase, check: Law["check"]): string | null {
  const failure = failureOf(lawCase, check);
  if (failure === null) return null;
  if (failure instanceof MillraceError) return failure.code;
  const text = failure instanceof Error ? failure.message : String(failure);
  return text.slice(0, 24);
}

function failureText(failure: unknown): string {
  return failure instanceof Error
    ? (failure.stack ?? failure.message).split("\n").slice(0, 60).join("\n")
    : String(failure);
}
