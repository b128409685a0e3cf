import { expect, test } from "vitest";
import { nodePlatform } from "../../src/common/node-platform.js";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { MemorySink } from "../../src/sinks/memory-sink.js";
import { SinkRegistry } from "../../src/sinks/sink-registry.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { SourceRegistry } from "../../src/sources/source-registry.js";
import { LocalEngine } from "../../src/streaming/local-engine.js";
import { deliveriesOf, overSources } from "./cases/deliveries.js";
import { randomCase } from "./cases/generate.js";
import { type LawCase, scansOf } from "./cases/law-case.js";
import { Random } from "./cases/random.js";
import { oracleOf } from "./checks.js";
import { chunkOfRows, rowsOfChunk } from "./harness.js";
import { Multiset } from "./multiset.js";

const RUNS = Number(process.env["LAW_RUNS"] ?? 200);
const SEED = Number(process.env["LAW_SEED"] ?? 1);
const PARTITIONS = ["p0", "p1", "p2"];

test("laws 3 and 6 for queries: what a memory sink holds after each trigger is what the model says", async () => {
  for (let run = 0; run < RUNS; run++) {
    const lawCase = randomCase(new Random(SEED * 1_000_003 + run), { plan: { eventTime: 0.95 } });
    const modes: OutputMode[] = oracleOf(lawCase).appendable
      ? ["changelog", "complete", "append"]
      : ["changelog", "complete"];
    for (const mode of modes) await checkQuery(lawCase, mode, `LAW_SEED=${SEED}, case ${run}, ${mode}`);
  }
});

async function checkQuery(lawCase: LawCase, mode: OutputMode, at: string): Promise<void> {
  const sources = new SourceRegistry();
  const sinks = new SinkRegistry();
  const streams = scansOf(lawCase.plan).map(
    ({ source }) => new MemoryStream(source.schema, { partitions: PARTITIONS, weights: !source.insertOnly }),
  );
  const entries = streams.map((stream) => stream.entry());
  const plan = overSources(
    lawCase.plan,
    entries.map(({ factory, description }) => sources.register(factory, description)),
  );
  const sink = new MemorySink();
  const engine = new LocalEngine({ platform: nodePlatform, sources, sinks, codegen: lawCase.delivery.codegen });
  const query = await engine.start({
    plan,
    mode,
    trigger: { kind: "asSoonAsPossible" },
    name: null,
    sink: sinks.register(() => sink),
    lateRows: null,
    limits: { maxRowsPerTrigger: 1e6, maxBytesPerTrigger: 1e9, maxFilesPerTrigger: null },
    signal: null,
    checkpoint: null,
    guarantee: null,
    restart: null,
    stopTimeoutMs: 10_000,
    maxStateBytes: null,
  });
  const oracle = oracleOf(lawCase);
  for (const [t, rows] of lawCase.script.entries()) {
    for (const { source, partition, part } of deliveriesOf(rows)) {
      const weighted = part.some(({ weight }) => weight !== 1);
      streams[source].addChunks([chunkOfRows(streams[source].schema, part, { delivery: lawCase.delivery, weighted })], {
        partition,
      });
    }
    await query.processAllAvailable();
    const expected = mode === "append" ? oracle.appended(t) : oracle.result(t);
    // Before the first trigger with data nothing has been sent, not even the row of a global aggregate.
    if (lawCase.script.slice(0, t + 1).every((each) => each.length === 0)) continue;
    expect(held(sink).lines(), `${at}, trigger ${t}`).toEqual(Multiset.of(expected).lines());
  }
  await query.stop();
}

function held(sink: MemorySink): Multiset {
  const chunks = sink.snapshot()?.chunks ?? [];
  return Multiset.of(
    chunks.flatMap((chunk) =>
      rowsOfChunk(chunk).map((row, i) => ({ row, weight: chunk.weights === null ? 1 : chunk.weights[i] })),
    ),
  );
}
