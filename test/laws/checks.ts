import type { LawCase } from "./cases/law-case.js";
import { USER_RESULTS } from "./cases/user-functions.js";
import type { TriggerOutput } from "./harness.js";
import { Multiset } from "./multiset.js";
import { Oracle } from "./oracle/oracle.js";
import { keyOf } from "./oracle/values.js";

/** `endsAt`: the trigger after which every source has ended for ever. */
export function oracleOf({ plan, script }: LawCase, endsAt?: number): Oracle {
  return new Oracle(plan, script, endsAt === undefined ? { users: USER_RESULTS } : { users: USER_RESULTS, endsAt });
}

/** What the outputs of all triggers add up to. */
export function integrate(outputs: readonly TriggerOutput[]): Multiset {
  return Multiset.of(outputs.flatMap(({ rows }) => rows));
}

/** A number that depends on the case alone: for random choices of a law itself. */
export function seedOf({ script }: LawCase): number {
  const text = script
    .flat()
    .map(({ row }) => keyOf(row))
    .join();
  let hash = script.length;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** A trigger without rows after the last, in which every source turns out to have ended. */
export function withEnd(lawCase: LawCase): { readonly lawCase: LawCase; readonly endsAt: number } {
  return { lawCase: { ...lawCase, script: [...lawCase.script, []] }, endsAt: lawCase.script.length };
}
