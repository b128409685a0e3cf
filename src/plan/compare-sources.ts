import type { CheckpointError } from "../common/millrace-error.js";
import type { PlanFingerprint, SourceFingerprint } from "./plan-fingerprint.js";
import { cannotContinue } from "./restart-error.js";

/** Where a source of the new plan begins. */
export interface SourceMatch {
  readonly source: string;
  /** 'continue': at the offset that the checkpoint has for it. 'initial': at its own first offset, being new or moved. */
  readonly from: "continue" | "initial";
}

interface SourceVerdict {
  readonly errors: readonly CheckpointError[];
  readonly warnings: readonly string[];
  readonly matches: readonly SourceMatch[];
}

interface Pair {
  readonly before: SourceFingerprint;
  readonly after: SourceFingerprint;
}

export function compareSources(
  old: PlanFingerprint,
  current: PlanFingerprint,
  allow: { readonly sourceMove: boolean },
): SourceVerdict {
  const pairs = current.sources.flatMap((after): readonly Pair[] => {
    const before = old.sources.find(({ id }) => id === after.id);
    return before === undefined ? [] : [{ before, after }];
  });
  const moved = pairs.filter(isMoved);
  const inSet = setErrors(old.sources, current.sources);
  const inSources = [...(allow.sourceMove ? [] : moved.map(moveError)), ...pairs.flatMap(schemaErrors)];
  return {
    // When it is not clear which source is which, what differs between them says nothing.
    errors: inSet.length > 0 ? inSet : inSources,
    warnings: [
      ...removed(old.sources, current.sources).map(
        ({ id }) => `Source "${id}" is no longer in the query: its offsets are forgotten, what came of it stays.`,
      ),
      ...(allow.sourceMove ? moved.map(moveWarning) : []),
    ],
    matches: current.sources.map(({ id }) => {
      const pair = pairs.find(({ after }) => after.id === id);
      return { source: id, from: pair === undefined || isMoved(pair) ? "initial" : "continue" };
    }),
  };
}

/** Only names say which source is which after one has come, gone or changed its place. */
function setErrors(
  old: readonly SourceFingerprint[],
  current: readonly SourceFingerprint[],
): readonly CheckpointError[] {
  const change = { what: "The list of sources", old: listOf(old), new: listOf(current) };
  if (old.some((before) => current.some((after) => before.id === after.id && !isSameKind({ before, after })))) {
    return [cannotContinue("SOURCE_SET_CHANGED", change, 'give the new source a name("...") of its own')];
  }
  if ([...old, ...current].every(({ isNamed }) => isNamed)) return [];
  const isSame = idsOf(old) === idsOf(current) && !isReordered(unnamed(old), unnamed(current));
  const way = 'give every source a name("...") from the first start of a query on';
  return isSame ? [] : [cannotContinue("SOURCE_SET_CHANGED", change, way)];
}

function idsOf(sources: readonly SourceFingerprint[]): string {
  return sources.map(({ id }) => id).join();
}

function unnamed(sources: readonly SourceFingerprint[]): readonly string[] {
  return sources.filter(({ isNamed }) => !isNamed).map(labelOf);
}

/** The same places in another order. */
function isReordered(old: readonly string[], current: readonly string[]): boolean {
  return old.join() !== current.join() && [...old].sort().join() === [...current].sort().join();
}

function isSameKind({ before, after }: Pair): boolean {
  return before.kind === after.kind;
}

function isMoved({ before, after }: Pair): boolean {
  return isSameKind({ before, after }) && before.place !== after.place;
}

function removed(
  old: readonly SourceFingerprint[],
  current: readonly SourceFingerprint[],
): readonly SourceFingerprint[] {
  return old.filter(({ id }) => current.every((after) => after.id !== id));
}

function moveError({ before, after }: Pair): CheckpointError {
  return cannotContinue(
    "SOURCE_MOVED",
    { what: `The place of source "${after.id}"`, old: labelOf(before), new: labelOf(after) },
    "set allowSourceMove: true to begin at the start offsets of the new place",
  );
}

function moveWarning({ before, after }: Pair): string {
  return `Source "${after.id}" was ${labelOf(before)} and is ${labelOf(after)}: it begins at its start offsets.`;
}

/** A column may come when rows without it can have NULL there; order means nothing, names do. */
function schemaErrors({ before, after }: Pair): readonly CheckpointError[] {
  const columns = new Map(after.columns.map((column) => [column.name, column]));
  const known = new Set(before.columns.map(({ name }) => name));
  const changes = before.columns.flatMap((column) => {
    const now = columns.get(column.name);
    const isFine = now !== undefined && now.type === column.type && (now.nullable || !column.nullable);
    return isFine ? [] : [{ name: column.name, old: columnText(column), new: columnText(now) }];
  });
  const added = after.columns
    .filter(({ name, nullable }) => !known.has(name) && !nullable)
    .map((column) => ({ name: column.name, old: columnText(undefined), new: columnText(column) }));
  return [...changes, ...added].map((change) =>
    cannotContinue("SOURCE_SCHEMA_CHANGED", {
      ...change,
      what: `Column "${change.name}" of source "${after.id}" (${labelOf(after)})`,
    }),
  );
}

function columnText(column: SourceFingerprint["columns"][number] | undefined): string {
  return column === undefined ? "not there" : `${column.type}${column.nullable ? "" : " not null"}`;
}

function listOf(sources: readonly SourceFingerprint[]): string {
  return `[${sources.map((source) => `${source.id}: ${labelOf(source)}`).join(", ")}]`;
}

function labelOf({ kind, place }: SourceFingerprint): string {
  return place === null ? kind : `${kind}(${place})`;
}
