import { describe, expect, it } from "vitest";
import { ForeachSink } from "../../src/sinks/foreach-sink.js";
import { batchOf, runBatch, shapeOf } from "../contracts/sink-contract.js";

const rows = batchOf([
  { key: "a", n: 1n },
  { key: "b", n: null },
]);
const options = { int64: "number", timestamp: "date" } as const;

async function run(
  writer: ConstructorParameters<typeof ForeachSink>[0],
  change = {},
  op: Uint8Array | null = null,
): Promise<void> {
  const sink = new ForeachSink(writer, options);
  await sink.open("query", "sink", shapeOf("update", change));
  await runBatch(sink, 4, [{ ...rows, op }]);
}

describe("the foreach sink", () => {
  it("opens, processes each row as an object, and closes", async () => {
    const calls: unknown[] = [];
    await run({
      open: (partition, batch) => {
        calls.push(["open", partition, batch]);
        return true;
      },
      process: (row) => void calls.push(row),
      close: (error) => void calls.push(["close", error]),
    });
    expect(calls).toEqual([["open", 0, 4], { key: "a", n: 1 }, { key: "b", n: null }, ["close", null]]);
  });

  it("skips a batch that open refuses, but closes it", async () => {
    const calls: unknown[] = [];
    await run({ open: () => false, process: (row) => void calls.push(row), close: () => void calls.push("closed") });
    expect(calls).toEqual(["closed"]);
  });

  it("closes with the error of a row and fails the batch with it", async () => {
    const failure = new Error("no");
    const closed: unknown[] = [];
    const process = (): void => {
      throw failure;
    };
    await expect(run({ process, close: (error) => void closed.push(error) })).rejects.toBe(failure);
    expect(closed).toEqual([failure]);
  });

  it("tells upserts from deletes where the plan can delete", async () => {
    const seen: unknown[] = [];
    await run((row) => void seen.push(row), { deletes: true }, Uint8Array.of(0, 1));
    expect(seen).toEqual([
      { key: "a", n: 1, _op: "upsert" },
      { key: "b", n: null, _op: "delete" },
    ]);
  });
});
