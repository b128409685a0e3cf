// Seeded faults that the laws must find. Each mutation replaces one piece of text in one file of a copy of the tree; the
// laws then run on the copy with a fixed seed. Prints which law found which fault; fails when fewer than LEAST are found,
// or when a text to replace is no longer there. `npm run mutants [number …]` runs some of them.
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const LEAST = 9;
const RUNS = "120";
const SEED = "1";

const MUTATIONS = [
  {
    name: "the late test uses the new bound instead of the old one",
    file: "src/execution/lower-plan.ts",
    from: "const watermarks = () => this.#state.watermarks;",
    to: `const watermarks = () => this.#trackers.map(({ maxByPartition, node: { delay } }) =>
      [...maxByPartition.values()].reduce((a, b) => (b > a ? b : a), NO_BOUND + delay) - delay);`,
  },
  {
    name: "a group is final when its time is at the bound",
    file: "src/state/time-buckets.ts",
    from: "this.#heap[0] < bound",
    to: "this.#heap[0] <= bound",
  },
  {
    name: "a session that only touches another one stays apart",
    file: "src/execution/aggregate/session-store.ts",
    from: "this.#starts[list.items[to]] <= end",
    to: "this.#starts[list.items[to]] < end",
  },
  {
    name: "a sum over NULLs alone is 0",
    file: "src/execution/aggregate/integer-sum-accumulator.ts",
    from: "length: range.count, nullCount, validity, values",
    to: "length: range.count, nullCount: nullCount * 0, validity: nullCount < 0 ? validity : null, values",
  },
  {
    name: "first takes the last value",
    file: "src/execution/aggregate/arrival-accumulator.ts",
    from: "this.#isLast ? sequence > kept : sequence < kept",
    to: "sequence > kept",
  },
  {
    name: "a group id that is used again keeps the old group's sums",
    file: "src/execution/aggregate/accumulator-set.ts",
    from: "for (const { accumulator } of this.#members) accumulator.clear(groups, count);",
    to: "",
  },
  {
    name: "min takes a value that goes for one that comes",
    file: "src/execution/aggregate/retracting-extreme-accumulator.ts",
    from: "this.#values.add(entries, args[0]);",
    to: "this.#values.add({ ...entries, weights: null }, args[0]);",
  },
  {
    name: "the window kernel reads rows that are not selected",
    file: "src/execution/operators/window-kernels.ts",
    from: "const at = 2 * (sel === null ? i : sel[i]);",
    to: "const at = 2 * i;",
  },
  {
    name: "windows before 1970 round the wrong way",
    file: "src/execution/operators/window-kernels.ts",
    from: "start = Math.floor((time - offset) / size) * size + offset;",
    to: "start = Math.trunc((time - offset) / size) * size + offset;",
  },
  {
    name: "no tombstone when a group becomes empty",
    file: "src/execution/output/update-encoder.ts",
    from: "if (known !== NONE && isLoss) continue;",
    to: "if (isLoss) continue;",
  },
];

const COPIED = ["src", "test", "package.json", "tsconfig.json", "vitest.config.ts"];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const run = promisify(execFile);

/** One copy for all, so that every mutation meets the same tree. */
function copyTree() {
  const tree = mkdtempSync(join(tmpdir(), "millrace-mutants-"));
  for (const entry of COPIED) cpSync(join(root, entry), join(tree, entry), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  return tree;
}

function replaceOnce(text, from, to, file) {
  if (text.split(from).length !== 2)
    throw new Error(`${file}: this text stands there ${text.split(from).length - 1} times, not once: ${from}`);
  return text.replace(from, () => to);
}

/** The names of the laws that fail on a tree. */
async function failingLaws(tree) {
  const report = join(tree, "report.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const args = [
    vitest,
    "run",
    "--project",
    "fast",
    "test/laws",
    "--testTimeout=600000",
    "--reporter=json",
    `--outputFile=${report}`,
  ];
  const env = { ...process.env, LAW_RUNS: RUNS, LAW_SEED: SEED, LAW_SHRINK: "0" };
  await run(process.execPath, args, { cwd: tree, env, maxBuffer: 2 ** 28 }).catch(() => undefined);
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  const tests = testResults.flatMap(({ assertionResults, name, status }) =>
    assertionResults.length > 0 || status === "passed" ? assertionResults : [{ status: "failed", title: name }],
  );
  return [...new Set(tests.filter(({ status }) => status === "failed").map(({ title }) => lawOf(title)))];
}

function lawOf(title) {
  return /^law \d+/.exec(title)?.[0] ?? title;
}

async function lawsAgainst(tree, { file, from, to }) {
  const path = join(tree, file);
  const original = readFileSync(path, "utf8");
  writeFileSync(path, replaceOnce(original, from, to, file));
  try {
    return await failingLaws(tree);
  } finally {
    writeFileSync(path, original);
  }
}

async function runMutations(tree, mutations) {
  const unmutated = await failingLaws(tree);
  if (unmutated.length > 0) throw new Error(`The laws fail without a mutation: ${unmutated.join(", ")}`);
  let found = 0;
  for (const mutation of mutations) {
    const laws = await lawsAgainst(tree, mutation);
    if (laws.length > 0) found++;
    console.log(`${mutation.number}. ${mutation.name}: ${laws.length === 0 ? "NOT FOUND" : laws.join(", ")}`);
  }
  console.log(`${found} of ${mutations.length} found.`);
  if (found < Math.min(LEAST, mutations.length)) process.exitCode = 1;
}

const wanted = process.argv.slice(2).map(Number);
const chosen = MUTATIONS.map((mutation, i) => ({ ...mutation, number: i + 1 })).filter(
  ({ number }) => wanted.length === 0 || wanted.includes(number),
);
const tree = copyTree();
try {
  await runMutations(tree, chosen);
} finally {
  rmSync(tree, { recursive: true, force: true });
}
