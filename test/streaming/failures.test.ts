import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Chunk } from "../../src/columnar/chunk.js";
import type { DataFrame } from "../../src/dataframe/data-frame.js";
import { DataFrame as Frame } from "../../src/dataframe/data-frame.js";
import type { SinkChoice } from "../../src/dataframe/sink-choice.js";
import { count } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { lit } from "../../src/expressions/functions/lit.js";
import { MemorySink } from "../../src/sinks/memory-sink.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import type { LatestOffset, Offset, Source } from "../../src/sources/source.js";
import { InterruptWatch } from "../../src/streaming/interrupt-watch.js";
import { int64, schemaOf } from "../../src/types/type-constructors.js";
import { settle, TestMachine, until } from "../fakes/test-machine.js";

const columns = { n: int64() };
const one = () => new MemoryStream(columns).add([{ n: 1 }]);
const boom = () => Promise.reject(new Error("boom"));

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", onUnhandled);
});
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled).toEqual([]);
});

/** A source of which single calls can be made to fail; counts how often it was closed. */
class BrokenSource implements Source {
  readonly schema = schemaOf(columns);
  readonly replayable = true;
  readonly label = "broken";
  closed = 0;

  constructor(readonly failing: Partial<Source>) {}

  async initialOffset(): Promise<Offset> {
    return this.failing.initialOffset?.() ?? 0;
  }
  async latestOffset(from: Offset, ...rest: [Parameters<Source["latestOffset"]>[1]]): Promise<LatestOffset> {
    return this.failing.latestOffset?.(from, ...rest) ?? { offset: from, behind: [], ended: false };
  }
  read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    return this.failing.read?.(from, to, signal) ?? none();
  }
  changed(from: Offset, signal: AbortSignal): Promise<void> {
    return (
      this.failing.changed?.(from, signal) ??
      new Promise((resolve) => signal.addEventListener("abort", () => resolve()))
    );
  }
  async commit(to: Offset): Promise<void> {
    await this.failing.commit?.(to);
  }
  async close(): Promise<void> {
    this.closed++;
    await this.failing.close?.();
  }
}

async function* none(): AsyncIterable<Chunk> {}

function frameOver(machine: TestMachine, source: Source): DataFrame {
  const { host } = machine.session.range(1);
  const description = { label: source.label, schema: source.schema, bounded: false, insertOnly: true, streaming: true };
  return new Frame(host, { kind: "scan", source: host.sources.register({ open: () => source }, description) });
}

type FailingCalls = Partial<Record<"open" | "begin" | "write" | "commit" | "abort" | "close", () => Promise<never>>>;

/** A memory sink of which single calls fail. */
class BrokenSink extends MemorySink {
  closed = 0;
  aborted = 0;
  readonly #failing: FailingCalls;

  constructor(failing: FailingCalls) {
    super();
    this.#failing = failing;
  }
  override async open(...given: Parameters<MemorySink["open"]>): Promise<void> {
    await this.#failing.open?.();
    return super.open(...given);
  }
  override async begin(...given: Parameters<MemorySink["begin"]>): Promise<void> {
    await this.#failing.begin?.();
    return super.begin(...given);
  }
  override async write(...given: Parameters<MemorySink["write"]>): Promise<void> {
    await this.#failing.write?.();
    return super.write(...given);
  }
  override async commit(...given: Parameters<MemorySink["commit"]>): Promise<void> {
    await this.#failing.commit?.();
    return super.commit(...given);
  }
  override async abort(...given: Parameters<MemorySink["abort"]>): Promise<void> {
    this.aborted++;
    await this.#failing.abort?.();
    return super.abort(...given);
  }
  override async close(): Promise<void> {
    this.closed++;
    await this.#failing.close?.();
    return super.close();
  }
}

const sinkChoice = (sink: MemorySink): SinkChoice => ({ label: "broken", make: () => sink });

describe("a failure reaches the handle, and everything is closed", () => {
  const later: Source["latestOffset"] = async (from) => ({ offset: Number(from) + 1, behind: [], ended: false });
  const cases: readonly (readonly [string, Partial<Source>])[] = [
    ["initialOffset", { initialOffset: boom }],
    ["latestOffset", { latestOffset: boom }],
    ["changed", { changed: boom }],
    [
      "changed, without a promise",
      {
        changed: () => {
          throw new Error("boom");
        },
      },
    ],
    [
      "read",
      {
        latestOffset: later,
        // biome-ignore lint/correctness/useYield: fails before the first chunk
        read: async function* () {
          throw new Error("boom");
        },
      },
    ],
    ["commit", { latestOffset: later, commit: boom }],
    ["close", { latestOffset: async (from) => ({ offset: from, behind: [], ended: true }), close: boom }],
  ];
  test.each(cases)("of a source: %s", async (_name, failing) => {
    const machine = new TestMachine();
    const source = new BrokenSource(failing);
    const sink = new BrokenSink({});
    const query = await frameOver(machine, source).writeStream.sink(sinkChoice(sink)).start();
    await expect(query.awaitTermination()).rejects.toThrow("boom");
    await expect(query.processAllAvailable()).rejects.toThrow("boom");
    expect(query.exception?.message).toBe("boom");
    expect(query.status.message).toBe("Failed");
    expect([query.isActive, source.closed, sink.closed, machine.keptAlive]).toEqual([false, 1, 1, 0]);
    expect(machine.session.streams.active).toEqual([]);
    await query.stop();
  });

  test.each(["begin", "write", "commit", "close"] as const)("of a sink: %s", async (call) => {
    const machine = new TestMachine();
    const sink = new BrokenSink({ [call]: boom, abort: boom });
    const query = await machine.session.readStream.memory(one()).writeStream.sink(sinkChoice(sink)).start();
    if (call === "close") {
      await query.processAllAvailable();
      await query.stop();
    }
    await expect(query.awaitTermination()).rejects.toThrow("boom");
    const isLast = call === "close";
    expect([sink.closed, sink.aborted, query.recentProgress.length]).toEqual([1, isLast ? 0 : 1, isLast ? 1 : 0]);
  });

  test("while a sink opens: the start rejects and nothing stays open", async () => {
    const machine = new TestMachine();
    const source = new BrokenSource({});
    const [main, late] = [new BrokenSink({}), new BrokenSink({ open: boom })];
    const writer = frameOver(machine, source)
      .writeStream.queryName("q")
      .sink(sinkChoice(main))
      .lateRows(sinkChoice(late));
    await expect(writer.start()).rejects.toThrow("boom");
    expect([source.closed, main.closed, machine.keptAlive, machine.interruptListeners.size]).toEqual([1, 1, 0, 0]);
    expect(machine.session.streams.active).toEqual([]);
  });

  test("of an expression: it names its place", async () => {
    const machine = new TestMachine();
    const frame = machine.session.readStream
      .memory(one().add([{ n: 0 }]))
      .select(lit(1).dividedBy(col("n")).as("share"));
    const query = await frame.writeStream.memory("t").start();
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: "DIVIDE_BY_ZERO" });
    expect(query.exception).toMatchObject({ place: expect.stringContaining("n") });
    expect(await machine.session.table("t").collect()).toEqual([]);
  });

  test("of foreachBatch: what the user threw", async () => {
    const machine = new TestMachine();
    const mine = new TypeError("mine");
    const query = await machine.session.readStream
      .memory(one())
      .writeStream.foreachBatch(() => {
        throw mine;
      })
      .start();
    await expect(query.awaitTermination()).rejects.toBe(mine);
    expect(query.exception).toBe(mine);
  });

  test("something thrown that is no error", async () => {
    const machine = new TestMachine();
    const query = await machine.session.readStream
      .memory(one())
      .writeStream.foreachBatch(() => Promise.reject("text"))
      .start();
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: "QUERY_FAILED", cause: "text" });
  });

  test("that nobody waits for stays with the handle", async () => {
    const machine = new TestMachine();
    const query = await machine.session.readStream.memory(one()).writeStream.foreachBatch(boom).start();
    await until(() => !query.isActive);
    expect(query.exception?.message).toBe("boom");
  });

  test("of a peer that cannot be reached, or breaks", async () => {
    const machine = new TestMachine();
    const start = () => machine.session.readStream.socket({ host: "h", port: 1 }).writeStream.console().start();
    machine.network.refuse = new Error("refused");
    await expect((await start()).awaitTermination()).rejects.toMatchObject({ code: "SOCKET_NOT_CONNECTED" });
    machine.network.refuse = null;
    const query = await start();
    machine.network.peer.fail(new Error("reset"));
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: "SOURCE_FAILED" });
  });
});

describe("stopping", () => {
  test("by an AbortSignal, before and while it runs", async () => {
    const machine = new TestMachine();
    const aborter = new AbortController();
    const writer = machine.session.readStream.memory(one()).writeStream.memory("t").signal(aborter.signal);
    const query = await writer.start();
    await query.processAllAvailable();
    aborter.abort();
    expect(await query.awaitTermination()).toBe(true);
    const second = await writer.start();
    expect(await second.awaitTermination()).toBe(true);
    expect(second.recentProgress).toEqual([]);
  });

  test("by SIGINT: all queries at once, with one listener for the session", async () => {
    const machine = new TestMachine();
    let started = 0;
    const start = () => machine.session.readStream.memory(one()).writeStream.memory(`t${started++}`).start();
    const queries = await Promise.all(Array.from({ length: 12 }, start));
    expect(machine.interruptListeners.size).toBe(1);
    await queries[0].stop();
    expect(machine.interruptListeners.size).toBe(1);
    machine.interrupt();
    expect(machine.interruptListeners.size).toBe(0);
    expect(await Promise.all(queries.map((query) => query.awaitTermination()))).toEqual(queries.map(() => true));
    expect(machine.keptAlive).toBe(0);
    const again = await start();
    expect(machine.interruptListeners.size).toBe(1);
    await again.stop();
    expect(machine.interruptListeners.size).toBe(0);
  });

  test("within a trigger: no half of it reaches the sink", async () => {
    const machine = new TestMachine();
    const stream = new MemoryStream(columns);
    const aborter = new AbortController();
    const chunks = stream
      .add([{ n: 1 }])
      .add([{ n: 2 }])
      .unitsOf("0")
      .flatMap((unit) => unit.chunks);
    const source = new BrokenSource({
      latestOffset: async () => ({ offset: 1, behind: [], ended: false }),
      // Stops in the middle, as a source does that sees the signal.
      read: async function* () {
        yield chunks[0];
        aborter.abort();
      },
    });
    const sink = new MemorySink();
    const query = await frameOver(machine, source).writeStream.sink(sinkChoice(sink)).signal(aborter.signal).start();
    expect(await query.awaitTermination()).toBe(true);
    expect(query.exception).toBeNull();
    expect(sink.snapshot()?.chunks).toEqual([]);
  });

  test("waits for the batch function that runs, and keeps its failure", async () => {
    const machine = new TestMachine();
    let fail = (_error: Error): void => {};
    const query = await machine.session.readStream
      .memory(one())
      .writeStream.foreachBatch(() => new Promise((_, reject) => (fail = reject)))
      .start();
    await until(() => query.status.isTriggerActive);
    let isStopped = false;
    const stopped = query.stop().then(() => {
      isStopped = true;
    });
    await settle();
    expect(isStopped).toBe(false);
    fail(new Error("too late"));
    await stopped;
    await expect(query.awaitTermination()).rejects.toThrow("too late");
  });

  test("while nobody takes the deltas", async () => {
    const machine = new TestMachine();
    const deltas = await machine.session.readStream.memory(one()).writeStream.deltas();
    await until(() => deltas.query.status.isTriggerActive);
    await settle();
    await deltas.query.stop();
    const rest: unknown[] = [];
    for await (const delta of deltas) rest.push(delta);
    expect(rest).toEqual([]);
  });

  test("a source whose changed rejects because it is no longer asked is no failure", async () => {
    const machine = new TestMachine();
    const changed: Source["changed"] = (_from, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const query = await frameOver(machine, new BrokenSource({ changed })).writeStream.memory("t").start();
    await query.processAllAvailable();
    await query.processAllAvailable();
    await query.stop();
    expect(await query.awaitTermination()).toBe(true);
  });
});

describe("a refusal comes before anything is opened", () => {
  test("and leaves a table of that name alone", async () => {
    const machine = new TestMachine();
    const { session } = machine;
    const query = await session.readStream.memory(one()).writeStream.memory("t").start();
    await query.processAllAvailable();
    const source = new BrokenSource({});
    await expect(frameOver(machine, source).agg({ n: count() }).writeStream.memory("t").start()).rejects.toMatchObject({
      code: expect.any(String),
      hint: expect.any(String),
    });
    expect(await session.table("t").collect()).toEqual([{ n: 1 }]);
    expect(source.closed).toBe(0);
    await query.stop();
  });

  test("a source that cannot run a second time; the ones before it are closed", async () => {
    const machine = new TestMachine();
    const rows = (function* () {
      yield { n: 1 };
    })();
    const once = machine.session.readStream.schema(columns).from(rows);
    await (await once.writeStream.memory("t").start()).awaitTermination();
    const source = new BrokenSource({});
    const both = frameOver(machine, source).union(once).writeStream.memory("t");
    await expect(both.start()).rejects.toMatchObject({ code: "SOURCE_ONE_SHOT" });
    expect([source.closed, machine.keptAlive]).toEqual([1, 0]);
  });

  test("a sink that cannot take the mode", async () => {
    const machine = new TestMachine();
    class AppendOnly extends MemorySink {
      override readonly modes = ["append"] as const;
    }
    const writer = machine.session.readStream.memory(one()).writeStream.sink(sinkChoice(new AppendOnly()));
    await expect(writer.outputMode("changelog").start()).rejects.toMatchObject({ code: "SINK_MODE" });
  });

  test("unknown sinks, formats, modes", async () => {
    const { writeStream } = new TestMachine().session.readStream.memory(one());
    await expect(writeStream.start()).rejects.toMatchObject({ code: "SINK_MISSING" });
    await expect(writeStream.format("consol").start()).rejects.toThrow(/Did you mean "console"\?/);
    await expect(writeStream.memory().start()).rejects.toMatchObject({ code: "SINK_NAME" });
    await expect(writeStream.format("memory").option("x", 1).queryName("q").start()).rejects.toMatchObject({
      code: "OPTION_UNKNOWN",
    });
    expect(() => writeStream.outputMode("all" as never)).toThrow(/OUTPUT_MODE/);
  });
});

test("an interrupt while stopping is the process's own", () => {
  const listeners: (() => void)[] = [];
  const watch = new InterruptWatch((stop) => {
    listeners.push(stop);
    return () => void listeners.splice(listeners.indexOf(stop), 1);
  });
  let stops = 0;
  const forget = watch.add(() => stops++);
  listeners[0]();
  expect([stops, listeners.length]).toEqual([1, 0]);
  forget();
  watch.add(() => stops++)();
  expect(listeners).toEqual([]);
});
