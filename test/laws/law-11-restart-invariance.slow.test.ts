import { setImmediate as nextMacrotask } from "node:timers/promises";
import { expect, test } from "vitest";
import { StreamingRefusal } from "../../src/common/millrace-error.js";
import type { QueryHandle } from "../../src/plan/engine.js";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { SinkRegistry } from "../../src/sinks/sink-registry.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { SourceRegistry } from "../../src/sources/source-registry.js";
import { LocalEngine } from "../../src/streaming/local-engine.js";
import { withoutHanging } from "../crash/run-query.js";
import { SimMachine } from "../crash/sim-machine.js";
import { World, WorldSink } from "../crash/world-sink.js";
import type { JumpingClock } from "../fakes/jumping-clock.js";
import { type CrashModel, SimFileSystem } from "../fakes/sim-file-system.js";
import { deliveriesOf, overSources } from "./cases/deliveries.js";
import { randomCase } from "./cases/generate.js";
import { type LawCase, scansOf } from "./cases/law-case.js";
import { Random } from "./cases/random.js";
import { oracleOf } from "./checks.js";
import { chunkOfRows, rowsOfChunk } from "./harness.js";
import { keyOf } from "./oracle/values.js";

const RUNS = Number(process.env["LAW_RUNS"] ?? 200);
const SEED = Number(process.env["LAW_SEED"] ?? 1);
const PARTITIONS = ["p0", "p1", "p2"];
const MODELS: readonly CrashModel[] = ["process", "power", "power-subset"];

test("law 11, restart invariance: with crashes at any operation every sink gets the batches of the uninterrupted run", async () => {
  const counts = new Map<string, number>();
  for (let run = 0; run < RUNS; run++) {
    const random = new Random(SEED * 1_000_003 + run);
    const lawCase = randomCase(random, { plan: { eventTime: 0.95 } });
    const modes: OutputMode[] = ["changelog", "complete", "update"];
    const mode = oracleOf(lawCase).appendable && random.chance(0.6) ? "append" : random.pick(modes);
    const outcome = await checkRestarts(lawCase, mode, { random, at: `LAW_SEED=${SEED}, case ${run}, ${mode}` });
    counts.set(`${mode} ${outcome}`, (counts.get(`${mode} ${outcome}`) ?? 0) + 1);
  }
  console.log(`law 11: ${RUNS} runs; ${JSON.stringify([...counts].sort())}`);
  for (const mode of ["changelog", "complete", "update", "append"]) {
    if (RUNS >= 200) expect(counts.get(`${mode} held`) ?? 0, mode).toBeGreaterThan(20);
  }
});

async function checkRestarts(
  lawCase: LawCase,
  mode: OutputMode,
  { random, at }: { random: Random; at: string },
): Promise<"held" | "refused"> {
  const whole = new Lives(lawCase, mode, new SimFileSystem());
  if ((await whole.live()) === "refused") return "refused";
  expect(whole.end, at).toBe("done");
  const { operations } = whole.files;
  let lives = new Lives(lawCase, mode, new SimFileSystem());
  const crashes: string[] = [];
  for (let crash = random.int(1, 2); crash > 0; crash--) {
    const operation = random.int(1, Math.max(1, operations >> (crashes.length * 2)));
    const model = random.pick(MODELS);
    lives.files.crashAt(operation);
    await lives.live();
    crashes.push(`${model} at ${operation}`);
    lives = lives.after(model, random.int(0, 1000));
  }
  await lives.live();
  expect(lives.end, `${at}, ${crashes.join(", then ")}`).toBe("done");
  expect(lives.batches(), `${at}, ${crashes.join(", then ")}`).toEqual(whole.batches());
  return "held";
}

function streamsOf({ plan }: LawCase): readonly MemoryStream[] {
  return scansOf(plan).map(
    ({ source }) => new MemoryStream(source.schema, { partitions: PARTITIONS, weights: !source.insertOnly }),
  );
}

/** The lives of one query, each on the disk that the one before it has left. Rows come when those before are processed. */
class Lives {
  readonly files: SimFileSystem;
  readonly #case: LawCase;
  readonly #mode: OutputMode;
  readonly #world: World;
  readonly #streams: readonly MemoryStream[];
  readonly #life: number;
  #added: number;
  end: string | null = null;

  constructor(lawCase: LawCase, mode: OutputMode, files: SimFileSystem, before: Lives | null = null) {
    this.files = files;
    this.#case = lawCase;
    this.#mode = mode;
    this.#world = before === null ? new World() : before.#world;
    this.#streams = before === null ? streamsOf(lawCase) : before.#streams;
    this.#life = before === null ? 0 : before.#life + 1;
    this.#added = before === null ? 0 : before.#added;
  }

  after(model: CrashModel, seed: number): Lives {
    return new Lives(this.#case, this.#mode, this.files.afterCrash(model, seed), this);
  }

  /** Until everything is processed, or the process dies. "refused": no such query can have a checkpoint. */
  async live(): Promise<"refused" | "lived"> {
    try {
      await withoutHanging(this.#run(), "a law's query");
      this.end = this.files.hasCrashed ? "crashed" : "done";
    } catch (error) {
      if (error instanceof StreamingRefusal) return "refused";
      this.end = this.files.hasCrashed ? "crashed" : String(error);
    }
    return "lived";
  }

  /** By batch: what the sink got, in order. */
  batches(): readonly string[] {
    return this.#world.deliveries.map(({ batch, batches }) => {
      const rows = batches.map(({ chunk, op }) => [
        rowsOfChunk(chunk).map((row) => keyOf(row)),
        chunk.weights === null ? null : [...chunk.weights],
        op === null ? null : [...op],
      ]);
      return `${batch}: ${JSON.stringify(rows)}`;
    });
  }

  async #run(): Promise<void> {
    const query = await this.#start();
    await query.processAllAvailable();
    const { script, delivery } = this.#case;
    for (; this.#added < script.length; ) {
      for (const { source, partition, part } of deliveriesOf(script[this.#added])) {
        const stream = this.#streams[source];
        const weighted = part.some(({ weight }) => weight !== 1);
        stream.addChunks([chunkOfRows(stream.schema, part, { delivery, weighted })], { partition });
      }
      this.#added++;
      await query.processAllAvailable();
    }
    await query.stop();
  }

  #start(): Promise<QueryHandle> {
    const { platform, clock } = new SimMachine(this.files, this.#life);
    const sources = new SourceRegistry();
    const sinks = new SinkRegistry();
    const registered = this.#streams.map((stream) => {
      const { factory, description } = stream.entry();
      return sources.register(factory, description);
    });
    const engine = new LocalEngine({ platform, sources, sinks, codegen: this.#case.delivery.codegen });
    const starting = engine.start({
      plan: overSources(this.#case.plan, registered),
      mode: this.#mode,
      trigger: { kind: "asSoonAsPossible" },
      name: null,
      sink: sinks.register(() => new WorldSink(this.#world)),
      lateRows: null,
      limits: { maxRowsPerTrigger: 1e6, maxBytesPerTrigger: 1e9, maxFilesPerTrigger: null },
      signal: null,
      checkpoint: {
        directory: "/state",
        fsync: true,
        retainBatches: 2,
        snapshotEvery: 2,
        standby: false,
        forceUnlock: false,
        allowSourceMove: false,
        resetSink: false,
      },
      guarantee: null,
      restart: null,
      stopTimeoutMs: 10_000,
      maxStateBytes: null,
    });
    return opened(starting, clock);
  }
}

/** More turns of the event loop than any opening takes that waits for nothing. */
const PATIENCE = 1000;

/** A lock that a power cut has torn is watched for a while before it is taken. */
async function opened<T>(starting: Promise<T>, clock: JumpingClock): Promise<T> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  starting.then(over, over);
  for (let turn = 0; !isOver; turn++) {
    await nextMacrotask();
    if (turn > PATIENCE) await clock.advance(1000);
  }
  return starting;
}
