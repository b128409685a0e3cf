import type { UpdateStep } from "./accumulator.js";

/** What the loop reads and writes beside the accumulators' own. */
export interface UpdateTask {
  readonly count: number;
  /** null: entry i is row i. */
  readonly rows: Int32Array | null;
  /** By entry. */
  readonly groups: Int32Array;
  /** By group: rows so far. */
  readonly rowCounts: Float64Array;
  /** By group: the last trigger that met it; and which trigger runs. */
  readonly stamps: Int32Array;
  readonly trigger: number;
  /** Groups met for the first time are appended from `length` on. */
  readonly list: Int32Array;
  readonly length: number;
  /** By group met: the entry, and how many rows the group had. */
  readonly firstEntry: Int32Array;
  readonly rowsBefore: Float64Array;
}

type UpdateLoop = (task: UpdateTask, bindings: readonly unknown[]) => number;

/**
 * One loop over the entries of a chunk that counts rows, notes groups on first touch, and updates every accumulator:
 * the arrays of a group are visited once, and a group's number and a row's are read once (performance.md 10, rule 2).
 * For rows of weight 1 that every aggregate takes.
 */
export class UpdateLoops {
  readonly #loops: GeneratedLoop[] = [];

  /** Returns the new length of the list. */
  run(task: UpdateTask, steps: readonly UpdateStep[]): number {
    const isDense = task.rows === null;
    const known = this.#loops.find((each) => each.isDense === isDense && hasCodes(each, steps));
    const { loop } = known ?? this.#add(steps, isDense);
    const bindings: unknown[] = [];
    for (const step of steps) for (const binding of step.bindings) bindings.push(binding);
    return loop(task, bindings);
  }

  #add(steps: readonly UpdateStep[], isDense: boolean): GeneratedLoop {
    const made = { isDense, codes: steps.map(({ code }) => code), loop: generate(steps, isDense) };
    this.#loops.push(made);
    return made;
  }
}

interface GeneratedLoop {
  readonly isDense: boolean;
  readonly codes: readonly string[];
  readonly loop: UpdateLoop;
}

/** Codes are few and the same objects each time, so that comparing them costs nothing. */
function hasCodes({ codes }: GeneratedLoop, steps: readonly UpdateStep[]): boolean {
  if (codes.length !== steps.length) return false;
  for (let k = 0; k < codes.length; k++) if (codes[k] !== steps[k].code) return false;
  return true;
}

function generate(steps: readonly UpdateStep[], isDense: boolean): UpdateLoop {
  let bound = 0;
  const names: string[] = [];
  const bodies = steps.map(({ code, bindings }) => {
    const first = bound;
    bound += bindings.length;
    for (let k = first; k < bound; k++) names.push(`b${k}`);
    return `{ ${code.replace(/\$(\d+)/g, (_, k: string) => `b${first + Number(k)}`)} }`;
  });
  return new Function(
    "task",
    "bindings",
    `
    const { count, rows, groups, rowCounts, stamps, trigger, list, firstEntry, rowsBefore } = task;
    const [${names.join(", ")}] = bindings;
    const from = task.length;
    let length = from;
    for (let i = 0; i < count; i++) {
      const row = ${isDense ? "i" : "rows[i]"};
      const g = groups[i];
      const before = rowCounts[g];
      rowCounts[g] = before + 1;
      if (stamps[g] !== trigger) {
        stamps[g] = trigger;
        firstEntry[length - from] = i;
        rowsBefore[length - from] = before;
        list[length++] = g;
      }
      ${bodies.join("\n      ")}
    }
    return length;`,
  ) as UpdateLoop;
}
