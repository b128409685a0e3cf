import { inspect } from "node:util";
import { expect } from "vitest";
import { chunkOf } from "../../src/columnar/chunk-of.js";
import { decodeStateFile } from "../../src/formats/state-file.js";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { type Checkpoint, Engine, rowsOfChunk, type TriggerOutput } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { NOT_APPENDABLE, orRefused } from "./refusals.js";

const PAIRS = [
  ["changelog", "complete"],
  ["append", "update"],
] as const;

for (const modes of PAIRS) {
  law({
    name: `law 12, checkpoint round trip: state that was saved and loaded is the state, for all later rows (${modes.join(", ")})`,
    generate: (random) => randomCase(random, { plan: { eventTime: 0.95 } }),
    coverage: FULL_COVERAGE,
    check(lawCase, coverage) {
      for (const mode of modes) orRefused([...NOT_APPENDABLE, "UPDATE_NO_KEY"], () => checkMode(lawCase, mode));
      if (oracleOf(lawCase).lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
    },
  });
}

/** The case decides when the snapshot is taken, and when all is lost; deltas are taken after every trigger. */
function checkMode(lawCase: LawCase, mode: OutputMode): void {
  const { script } = lawCase;
  const rows = script.flat().length;
  const last = rows % script.length;
  const first = (7 * rows) % (last + 1);
  const kept = new Engine(lawCase, { mode, durable: true });
  const plain = new Engine(lawCase, { mode });
  const chains: Checkpoint[][] = [[], []];
  for (const [t, each] of script.slice(0, last + 1).entries()) {
    // A durable plan keeps aggregates that nobody reads, which may bring rows forward.
    const sent = Multiset.of(kept.trigger(each).rows).lines();
    expect(sent, `${mode}: noting changes changes nothing`).toEqual(Multiset.of(plain.trigger(each).rows).lines());
    const delta = kept.capture("delta");
    chains[1].push(delta);
    if (t >= first) chains[0].push(t === first ? kept.capture("snapshot") : delta);
  }
  const restored = chains.map((chain) => {
    const engine = new Engine(lawCase, { mode, durable: true });
    engine.restore(chain);
    return engine;
  });
  for (const [t, each] of script.slice(last + 1).entries()) {
    const output = seenOf(kept.trigger(each));
    const later = t % 3 === 0 ? kept.capture("delta") : null;
    for (const [k, engine] of restored.entries()) {
      const where = `${mode}, ${CHAINS[k]} up to trigger ${last}, then trigger ${last + 1 + t}`;
      expect(seenOf(engine.trigger(each)), where).toEqual(output);
      if (later !== null) expectSame(engine.capture("delta"), later, `${where}: later captures`);
    }
  }
  const whole = kept.capture("snapshot");
  for (const [k, engine] of restored.entries()) expectSame(engine.capture("snapshot"), whole, `${mode}, ${CHAINS[k]}`);
}

const CHAINS = ["a snapshot and deltas", "deltas only"];

/** Batch for batch; what lies under a NULL is nobody's business. */
function seenOf({ batches, late, metrics }: TriggerOutput): string {
  const sent = batches.map(({ chunk, op }) => [rowsOfChunk(chunk), chunk.weights, op]);
  const dropped = late.map(({ operatorName, chunk }) => [operatorName, rowsOfChunk(chunk)]);
  const counts = metrics.map(({ memoryUsedBytes: _, ...each }) => each);
  return exactText({ sent, dropped, counts });
}

function expectSame(found: Checkpoint, expected: Checkpoint, where: string): void {
  if (Buffer.compare(found.state, expected.state) !== 0) expect(tablesOf(found), where).toEqual(tablesOf(expected));
  const { state: _, ...positions } = found;
  expect(positions, where).toEqual({
    watermarks: expected.watermarks,
    maxima: expected.maxima,
    batchId: expected.batchId,
  });
}

function tablesOf({ state }: Checkpoint): string {
  const tables = decodeStateFile(state).map(({ rows: { schema, columns, length, values }, ...table }) => {
    return { ...table, values, rows: rowsOfChunk(chunkOf(schema, columns, length)) };
  });
  return exactText(tables);
}

/** Tells -0 from 0, and int64 from numbers. */
function exactText(value: unknown): string {
  return inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null });
}
