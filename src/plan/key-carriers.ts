import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import { isWindowType } from "../expressions/window-type.js";
import { isLosslessCast } from "./lossless-cast.js";
import type { EdgeProperties } from "./properties.js";

/** How the columns of a projection hold a key of its input. */
export interface Carriers {
  /** Output ordinals that together determine the key columns that are not missing, and nothing else. */
  readonly carriers: readonly number[];
  /** Key columns (input ordinals) that no output column holds. */
  readonly missing: readonly number[];
}

/**
 * Keys survive alias, lossless casts, and struct(...) or toJson(struct(...)) of exactly key columns (DESIGN 4.3). A window
 * also survives as its start or its end, a session as both.
 */
export function carriersOf(
  key: readonly number[],
  columns: readonly ResolvedExpression[],
  input: EdgeProperties,
): Carriers {
  const held = columns.map((column) => heldBy(column));
  const carriers = new Set<number>();
  const missing: number[] = [];
  for (const column of key) {
    const found = findCarriers(column, { key, held, input });
    if (found === null) missing.push(column);
    else for (const carrier of found) carriers.add(carrier);
  }
  return { carriers: [...carriers].sort((a, b) => a - b), missing };
}

/** What an output column holds without loss: whole input columns, and members of struct columns ("2.1"). null = something else. */
type Held = readonly string[] | null;

interface Search {
  readonly key: readonly number[];
  readonly held: readonly Held[];
  readonly input: EdgeProperties;
}

function findCarriers(column: number, search: Search): readonly number[] | null {
  const whole = carrierOf(`${column}`, search);
  if (whole !== null) return [whole];
  const start = carrierOf(`${column}.0`, search);
  const end = carrierOf(`${column}.1`, search);
  if (search.input.windows.has(column) && (start ?? end) !== null) return [start ?? end ?? 0];
  return start !== null && end !== null ? [start, end] : null;
}

/** The column that holds `path`, alone or packed with other key columns only; alone is better. */
function carrierOf(path: string, { key, held }: Search): number | null {
  const alone = held.findIndex((paths) => paths !== null && paths.length === 1 && paths[0] === path);
  if (alone >= 0) return alone;
  const packed = held.findIndex(
    (paths) => paths?.includes(path) === true && paths.every((each) => key.includes(Number.parseInt(each, 10))),
  );
  return packed >= 0 ? packed : null;
}

function heldBy(expression: ResolvedExpression): Held {
  switch (expression.kind) {
    case "column":
      return [`${expression.index}`];
    case "field":
      return isBoundMember(expression.input) ? [`${expression.input.index}.${expression.index}`] : null;
    case "cast":
      return isLosslessCast(expression.input.type, expression.type) ? heldBy(expression.input) : null;
    case "call":
      return heldByCall(expression);
    // A constant takes nothing from what it is packed with.
    case "literal":
      return [];
    default:
      return null;
  }
}

/** Windows and sessions are never NULL, so their members make up the whole. */
function isBoundMember(input: ResolvedExpression): input is Extract<ResolvedExpression, { kind: "column" }> {
  return input.kind === "column" && !input.nullable && isWindowType(input.type);
}

function heldByCall({ name, args }: Extract<ResolvedExpression, { kind: "call" }>): Held {
  if (name === "toJson" && args.length === 1) return heldBy(args[0]);
  if (name !== "struct") return null;
  const members = args.filter((_, i) => i % 2 === 1).map(heldBy);
  return members.some((member) => member === null) ? null : members.flatMap((member) => member ?? []);
}
