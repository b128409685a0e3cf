import fc from "fast-check";
import { expect, it } from "vitest";
import type { OutputMode, QueryHandle } from "../../src/index.js";
import { count, int64, MemoryStream, max, sum, timestamp, utf8, window } from "../../src/index.js";
import { withoutHanging } from "../crash/run-query.js";
import { SimMachine } from "../crash/sim-machine.js";
import { World, WorldSink } from "../crash/world-sink.js";
import { rowsOf } from "../fakes/rows-of.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";

const ROWS = 60;
const MINUTE = 60_000;
/** Every run makes a few hundred; a stop that comes too late is none. */
const MOST_OPERATIONS = 150;
const MODES: readonly OutputMode[] = ["update", "append", "complete"];
const USERS = ["ann", "bob", null];

interface Row {
  readonly at: Date;
  readonly user: string | null;
  readonly n: bigint;
}

/** One run of the program: how many more rows there are, how many a trigger takes, and at which operation it is stopped. */
interface Run {
  readonly arriving: number;
  readonly maxRows: number;
  readonly stopAt: number | null;
}

/** A minute apart, up to five minutes out of order: a watermark ten minutes behind makes none of them late. */
const ROW_LIST = fc.array(fc.record({ behind: fc.integer({ min: 0, max: 300 }), user: fc.constantFrom(...USERS) }), {
  minLength: ROWS,
  maxLength: ROWS,
});
const RUNS = fc.array(
  fc.record({
    arriving: fc.integer({ min: 0, max: 25 }),
    maxRows: fc.integer({ min: 1, max: 20 }),
    stopAt: fc.option(fc.integer({ min: 1, max: MOST_OPERATIONS }), { nil: null }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** A query over rows that come bit by bit, and the place where its results stay. */
class Program {
  readonly #stream = new MemoryStream({ at: timestamp(), user: utf8(), n: int64() });
  readonly #files = new SimFileSystem();
  readonly #world = new World();
  readonly #mode: OutputMode;
  #lives = 0;

  constructor(mode: OutputMode) {
    this.#mode = mode;
  }

  add(rows: readonly Row[]): void {
    if (rows.length > 0) this.#stream.add(rows);
  }

  /** Tells whether the stop came before the end. */
  async live({ maxRows, stopAt }: Omit<Run, "arriving">): Promise<boolean> {
    let running: QueryHandle | null = null;
    let isStopped = false;
    const last = this.#files.operations + (stopAt ?? Number.POSITIVE_INFINITY);
    this.#files.onOperation = ({ number, kind }) => {
      if (kind === "read" || kind === "names" || number < last || running === null || isStopped) return;
      isStopped = true;
      void running.stop();
    };
    running = await withoutHanging(this.#start(maxRows));
    await withoutHanging(running.awaitTermination());
    return isStopped;
  }

  /** What the results add up to. */
  content(): readonly string[] {
    const deliveries = this.#world.deliveries.map(({ batches }) => rowsOf(batches.map(({ chunk }) => chunk)));
    const shown = this.#mode === "complete" ? deliveries.slice(-1).flat() : deliveries.flat();
    const keyed = new Map(shown.map((row) => [`${row["start"]} ${row["user"]}`, row]));
    const rows = this.#mode === "update" ? [...keyed.values()] : shown;
    return rows.map((row) => Object.values(row).join(" ")).sort();
  }

  #start(maxRows: number): Promise<QueryHandle> {
    return new SimMachine(this.#files, this.#lives++).session.readStream
      .memory(this.#stream)
      .withWatermark("at", "10 minutes")
      .groupBy(window("at", "4 minutes"), "user")
      .agg({ n: count(), total: sum("n"), most: max("n") })
      .select("window.start", "user", "n", "total", "most")
      .writeStream.outputMode(this.#mode)
      .trigger({ availableNow: true })
      .option("maxRowsPerTrigger", maxRows)
      .checkpoint("/state", { retainBatches: 3, snapshotEvery: 3 })
      .sink({ label: "world", make: () => new WorldSink(this.#world) })
      .start();
  }
}

for (const mode of MODES) {
  it(`${mode}: many short runs with any limits and stops give what one run gives`, async () => {
    let stops = 0;
    await fc.assert(
      fc.asyncProperty(ROW_LIST, RUNS, async (list, runs) => {
        const rows = list.map(({ behind, user }, i): Row => {
          return { at: new Date(i * MINUTE + 3_600_000 - behind * 1000), user, n: BigInt(i) };
        });
        const whole = new Program(mode);
        whole.add(rows);
        await whole.live({ maxRows: ROWS, stopAt: null });
        const split = new Program(mode);
        let added = 0;
        for (const run of [...runs, { arriving: ROWS, maxRows: 7, stopAt: null }]) {
          split.add(rows.slice(added, added + run.arriving));
          added += run.arriving;
          if (await split.live(run)) stops++;
        }
        expect(split.content()).toEqual(whole.content());
        expect(whole.content().length).toBeGreaterThan(10);
      }),
      { numRuns: 25, seed: 1 },
    );
    expect(stops).toBeGreaterThan(25);
  });
}
