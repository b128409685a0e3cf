import { describe, expect, test } from "vitest";
import type { StreamRequest } from "../../src/plan/engine.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { int64 } from "../../src/types/type-constructors.js";
import { TestMachine } from "../fakes/test-machine.js";

function writer() {
  return new TestMachine().session.readStream.memory(new MemoryStream({ n: int64() })).writeStream;
}

/** What the engine is asked for, instead of a running query. */
async function requestOf(change: (from: ReturnType<typeof writer>) => ReturnType<typeof writer>) {
  const machine = new TestMachine();
  const frame = machine.session.readStream.memory(new MemoryStream({ n: int64() }));
  const seen: StreamRequest[] = [];
  frame.host.engine.start = (request) => {
    seen.push(request);
    return Promise.reject(new Error("only asked"));
  };
  await expect(change(frame.writeStream).console().start()).rejects.toThrow("only asked");
  return seen[0];
}

describe("what a query keeps and promises", () => {
  test("nothing is asked for by default", async () => {
    expect(await requestOf((from) => from)).toMatchObject({
      checkpoint: null,
      guarantee: null,
      restart: null,
      stopTimeoutMs: 10_000,
      maxStateBytes: null,
    });
  });

  test("methods", async () => {
    const request = await requestOf((from) =>
      from
        .checkpoint("state/n", { retainBatches: 5, standby: true })
        .guarantee("exactly-once")
        .restart({ times: 3, backoff: "5 seconds" })
        .stopTimeout("1 minute")
        .maxStateBytes(1000),
    );
    expect(request).toMatchObject({
      checkpoint: {
        directory: "state/n",
        fsync: true,
        retainBatches: 5,
        standby: true,
        forceUnlock: false,
        allowSourceMove: false,
        resetSink: false,
      },
      guarantee: "exactly-once",
      restart: { times: 3, backoffMs: 5000 },
      stopTimeoutMs: 60_000,
      maxStateBytes: 1000,
    });
  });

  test("Spark's options, which keep what a method said", async () => {
    const request = await requestOf((from) =>
      from
        .checkpoint("first", { fsync: false })
        .option("checkpointLocation", "second")
        .options({ guarantee: "at-most-once" }),
    );
    expect(request.checkpoint).toMatchObject({ directory: "second", fsync: false, retainBatches: 100 });
    expect(request.guarantee).toBe("at-most-once");
  });

  test("a wait without a unit is milliseconds; the first wait is a second unless said", async () => {
    const request = await requestOf((from) => from.checkpoint("n").restart({ times: 1 }).stopTimeout(250));
    expect(request).toMatchObject({ restart: { times: 1, backoffMs: 1000 }, stopTimeoutMs: 250 });
  });

  test.each([
    ["an empty directory", () => writer().checkpoint(" "), /OPTION_INVALID.*directory is " "/],
    ["a directory that is no text", () => writer().option("checkpointLocation", 5), /OPTION_INVALID.*directory is 5/],
    ["an unknown option", () => writer().checkpoint("n", { fsink: true } as object), /OPTION_UNKNOWN.*'fsync'/],
    ["no batch retained", () => writer().checkpoint("n", { retainBatches: 0 }), /OPTION_INVALID.*at least 1/],
    ["a fourth guarantee", () => writer().option("guarantee", "exactly"), /OPTION_INVALID.*at-most-once/],
    ["no restart at all", () => writer().restart({ times: 0 }), /OPTION_INVALID.*'times'/],
    ["a wait that is no time", () => writer().restart({ times: 1, backoff: "soon" }), /OPTION_INVALID.*backoff/],
    ["a wait in months", () => writer().stopTimeout("1 month"), /OPTION_INVALID.*stopTimeout/],
    ["a negative wait", () => writer().stopTimeout(-1), /OPTION_INVALID.*stopTimeout/],
    ["no room for state", () => writer().maxStateBytes(0), /maxStateBytes/],
  ])("%s is refused", (_what, build, message) => {
    expect(build).toThrow(message);
  });

  test("restart needs a checkpoint", async () => {
    await expect(writer().restart({ times: 1 }).console().start()).rejects.toThrow(/RESTART_WITHOUT_CHECKPOINT/);
  });
});
