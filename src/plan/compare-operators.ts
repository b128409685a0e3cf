import type { CheckpointError } from "../common/millrace-error.js";
import type { KeyFingerprint, OperatorFingerprint, PlanFingerprint, ValueFingerprint } from "./plan-fingerprint.js";
import { cannotContinue } from "./restart-error.js";

const CODE = "STATE_INCOMPATIBLE";

/** The first difference of every operator that is not what its state was made by. */
export function compareOperators(old: PlanFingerprint, current: PlanFingerprint): readonly CheckpointError[] {
  const comes = current.operators.filter(({ id }) => find(old, id) === undefined);
  return [
    ...old.operators.flatMap((before) => compareOperator(before, find(current, before.id))),
    ...comes.map(({ title }) =>
      cannotContinue(CODE, { what: `The operator ${title}`, old: "not there", new: "in the query" }),
    ),
  ];
}

function find({ operators }: PlanFingerprint, id: string): OperatorFingerprint | undefined {
  return operators.find((operator) => operator.id === id);
}

function compareOperator(before: OperatorFingerprint, after: OperatorFingerprint | undefined): CheckpointError[] {
  if (after === undefined) {
    return [cannotContinue(CODE, { what: `The operator ${before.title}`, old: "in the query", new: "not there" })];
  }
  const parts = partsOf(before);
  const now = partsOf(after);
  const changed = [...new Set([...parts.keys(), ...now.keys()])].find((part) => parts.get(part) !== now.get(part));
  if (changed === undefined) return [];
  return [
    cannotContinue(CODE, {
      what: `The ${changed} of ${before.title}`,
      old: parts.get(changed) ?? "none",
      new: now.get(changed) ?? "none",
    }),
  ];
}

/** What shapes the state, in words, the likeliest change first. */
function partsOf({ kind, keys, values, parameters }: OperatorFingerprint): ReadonlyMap<string, string> {
  return new Map([
    ["kind", kind],
    ["windows", listOf(keys.flatMap(({ name, window }) => (window === null ? [] : [`${name}: ${window}`])))],
    ["keys", listOf(keys.map(keyText))],
    [kind === "aggregate" || kind === "sessionAggregate" ? "aggregates" : "columns", listOf(values.map(valueText))],
    ...Object.entries(parameters),
  ]);
}

function keyText({ name, from, type }: KeyFingerprint): string {
  return `${from === name ? name : `${from} AS ${name}`} ${type}`;
}

function valueText({ text, takes, type }: ValueFingerprint): string {
  return `${text}${takes.length === 0 ? "" : ` of ${takes.join(", ")}`} ${type}`;
}

function listOf(texts: readonly string[]): string {
  return texts.length === 0 ? "none" : `[${texts.join(", ")}]`;
}
