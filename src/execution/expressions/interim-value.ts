import { valueAt } from "../../columnar/value-at.js";
import type { Column } from "../../columnar/column.js";
import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import { ExpressionError } from "../../common/millrace-error.js";
import { parseInterval } from "../../types/interval.js";

export type Reader = (index: number) => unknown;
export function rowReader(columns: readonly Column[], row: number): Reader { return (i) => valueAt(columns[i], row); }

export function valueOf(e: ResolvedExpression, read: Reader, now: bigint): unknown {
  switch (e.kind) {
    case "column": return read(e.index);
    case "literal": return e.value;
    case "field": { const s = valueOf(e.input, read, now) as Record<string, unknown> | null; return s === null ? null : s[e.name] ?? null; }
    case "case": {
      for (const b of e.branches) if (valueOf(b.when, read, now) === true) return valueOf(b.then, read, now);
      return e.otherwise === null ? null : valueOf(e.otherwise, read, now);
    }
    case "cast": return cast(valueOf(e.input, read, now), e);
    case "call": return call(e, read, now);
  }
}
function cast(v: unknown, e: Extract<ResolvedExpression, { kind: "cast" }>): unknown {
  if (v === null) return null;
  const from = e.input.type.kind, to = e.type.kind;
  if (from === to) return v;
  if (to === "utf8") return typeof v === "number" && from === "float64" && Number.isInteger(v) ? `${v}.0` : v instanceof Uint8Array ? new TextDecoder().decode(v) : String(v);
  if (to === "binary") return new TextEncoder().encode(v as string);
  if (to === "bool") return from === "utf8" ? (v as string).trim().toLowerCase() === "true" : Number(v) !== 0;
  if (to === "float64") return Number(v);
  if (from === "date" && to === "timestamp") return BigInt(v as number) * 86400000000n;
  if (from === "timestamp" && to === "date") { const d = (v as bigint) / 86400000000n; return Number((v as bigint) % 86400000000n < 0n ? d - 1n : d); }
  if (from === "timestamp" && to === "int64") { const d = (v as bigint) / 1000000n; return (v as bigint) % 1000000n < 0n ? d - 1n : d; }
  if (to === "int64") return from === "bool" ? (v ? 1n : 0n) : typeof v === "number" ? BigInt(Math.trunc(v)) : BigInt((v as string).toString().trim());
  if (to === "int32") return from === "bool" ? (v ? 1 : 0) : Math.trunc(Number(v));
  if (to === "timestamp" && from === "utf8") return BigInt(Date.parse(`${(v as string).replace(" ", "T")}${/[Z+]/.test(v as string) ? "" : "Z"}`)) * 1000n;
  throw new ExpressionError("CAST_INVALID", `interim cast ${from} -> ${to}`);
}
const NULLSAFE = new Set(["isNull", "isNotNull", "coalesce", "and", "or", "eqNullSafe", "greatest", "least", "isin", "struct", "now"]);
// biome-ignore lint: interim
function call(e: Extract<ResolvedExpression, { kind: "call" }>, read: Reader, now: bigint): unknown {
  const a = e.args.map((x) => valueOf(x, read, now));
  if (!NULLSAFE.has(e.name) && a.some((x) => x === null)) return null;
  const [x, y] = a as [never, never];
  switch (e.name) {
    case "plus": return e.type.kind === "int64" ? BigInt.asIntN(64, (x as bigint) + (y as bigint)) : (x as number) + (y as number);
    case "minus": return e.type.kind === "int64" ? (x as bigint) - (y as bigint) : (x as number) - (y as number);
    case "times": return e.type.kind === "int64" ? (x as bigint) * (y as bigint) : (x as number) * (y as number);
    case "dividedBy": if ((y as number) === 0) throw new ExpressionError("DIVIDE_BY_ZERO", "division by zero"); return (x as number) / (y as number);
    case "mod": return (x as number) % (y as number);
    case "negate": return -(x as number);
    case "eq": case "eqNullSafe": return cmp(x, y) === 0;
    case "ne": return cmp(x, y) !== 0;
    case "lt": return cmp(x, y) < 0;
    case "le": return cmp(x, y) <= 0;
    case "gt": return cmp(x, y) > 0;
    case "ge": return cmp(x, y) >= 0;
    case "and": return a.includes(false) ? false : a.includes(null) ? null : true;
    case "or": return a.includes(true) ? true : a.includes(null) ? null : false;
    case "not": return !x;
    case "isNull": return x === null;
    case "isNotNull": return x !== null;
    case "coalesce": return a.find((v) => v !== null) ?? null;
    case "isin": return x === null ? null : a.slice(1).some((v) => v !== null && cmp(x, v) === 0) ? true : a.slice(1).includes(null) ? null : false;
    case "greatest": return a.filter((v) => v !== null).reduce((p: unknown, c) => (p === null || cmp(c, p) > 0 ? c : p), null);
    case "least": return a.filter((v) => v !== null).reduce((p: unknown, c) => (p === null || cmp(c, p) < 0 ? c : p), null);
    case "abs": return typeof x === "bigint" ? ((x as bigint) < 0n ? -(x as bigint) : x) : Math.abs(x);
    case "upper": return (x as string).toUpperCase();
    case "lower": return (x as string).toLowerCase();
    case "length": return [...(x as string)].length;
    case "concat": return a.join("");
    case "split": return (x as string).split(y as string);
    case "size": return (x as unknown[]).length;
    case "addInterval": return (x as bigint) + parseInterval(y as string).micros;
    case "windowTime": return (x as { end: bigint }).end - 1n;
    case "struct": { const o: Record<string, unknown> = {}; for (let i = 0; i < a.length; i += 2) o[a[i] as string] = a[i + 1]; return o; }
    case "now": return now;
    default: throw new Error(`interim: ${e.name}`);
  }
}
function cmp(a: unknown, b: unknown): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  if (typeof a === "number" && Number.isNaN(a)) return Number.isNaN(b as number) ? 0 : 1;
  if (typeof b === "number" && Number.isNaN(b)) return -1;
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}
