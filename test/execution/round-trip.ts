import { inspect } from "node:util";
import fc from "fast-check";
import { expect } from "vitest";
import { chunkOf } from "../../src/columnar/chunk-of.js";
import { toObjects } from "../../src/columnar/to-objects.js";
import type { StatePart, StateRows } from "../../src/state/state-part.js";

/** Something that keeps state, run trigger by trigger. */
export interface Subject<Trigger> {
  readonly parts: readonly StatePart[];
  /** Everything that can be seen of it. */
  run(trigger: Trigger): unknown;
}

type Capture = readonly (StateRows | null)[];

/** After which trigger the snapshot is taken, and after how many more all is lost. */
export const anyCut = fc.record({ first: fc.nat(5), later: fc.nat(3) });

/**
 * Law 12 for one subject: what is made of a snapshot and later deltas, of deltas only, or of a late snapshot goes on like
 * the one that was never stopped, later captures included.
 */
export function expectRoundTrip<Trigger>(
  make: () => Subject<Trigger>,
  triggers: readonly Trigger[],
  { first, later }: { readonly first: number; readonly later: number },
): void {
  const kept = make();
  const fromFirst: Capture[] = [];
  const sinceStart: Capture[] = [];
  for (const [t, trigger] of triggers.slice(0, first + later + 1).entries()) {
    kept.run(trigger);
    const delta = captureOf(kept, "delta");
    sinceStart.push(delta);
    if (t === first) fromFirst.push(captureOf(kept, "snapshot"));
    if (t > first) fromFirst.push(delta);
  }
  const chains = [sinceStart, [captureOf(kept, "snapshot")], ...(fromFirst.length === 0 ? [] : [fromFirst])];
  const restored = chains.map((chain) => restoredFrom(make(), chain));
  for (const trigger of triggers.slice(first + later + 1)) {
    const expected = inspect(kept.run(trigger), { depth: null });
    const delta = textOf(captureOf(kept, "delta"));
    for (const subject of restored) {
      expect(inspect(subject.run(trigger), { depth: null })).toBe(expected);
      expect(textOf(captureOf(subject, "delta"))).toBe(delta);
    }
  }
  const whole = textOf(captureOf(kept, "snapshot"));
  for (const subject of restored) expect(textOf(captureOf(subject, "snapshot"))).toBe(whole);
}

function captureOf({ parts }: Pick<Subject<never>, "parts">, kind: "delta" | "snapshot"): Capture {
  return parts.map((part) => {
    const rows = part.capture(kind);
    // Columns that make their values when they are read would show later triggers: a spread reads them.
    return rows === null ? null : { ...rows, columns: rows.columns.map((column) => ({ ...column })) };
  });
}

function restoredFrom<Trigger>(subject: Subject<Trigger>, chain: readonly Capture[]): Subject<Trigger> {
  for (const capture of chain)
    for (const [i, part] of subject.parts.entries()) {
      const rows = capture[i];
      if (rows !== null) part.restore(rows);
    }
  return subject;
}

/** Values, -0 included, but not how columns are laid out. */
function textOf(capture: Capture): string {
  const tables = capture.map((rows) => {
    if (rows === null) return null;
    const { schema, columns, length, values } = rows;
    return { values, rows: toObjects(chunkOf(schema, columns, length), { int64: "bigint" }) };
  });
  return inspect(tables, { depth: null, maxArrayLength: null });
}
