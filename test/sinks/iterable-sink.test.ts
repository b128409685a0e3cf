import { describe, expect, it } from "vitest";
import { IterableSink } from "../../src/sinks/iterable-sink.js";
import { batchOf, runBatch, shapeOf } from "../contracts/sink-contract.js";

const part = batchOf([{ key: "a", n: 1n }]);

async function opened(onReturn = () => {}): Promise<IterableSink> {
  const sink = new IterableSink(onReturn);
  await sink.open("query", "sink", shapeOf("append"));
  return sink;
}

/** Whether a promise has settled after everything that can run has run. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  await new Promise(setImmediate);
  return settled;
}

describe("the iterable sink", () => {
  it("makes a commit wait until the consumer has taken the batch", async () => {
    const sink = await opened();
    const commit = runBatch(sink, 3, [part]);
    expect(await hasSettled(commit)).toBe(false);
    expect((await sink.next()).value).toMatchObject({ batchId: 3, batches: [part] });
    await commit;
  });

  it("hands over at once where the consumer waits, and leaves out batches that change nothing", async () => {
    const sink = await opened();
    const next = sink.next();
    await runBatch(sink, 0, []);
    await runBatch(sink, 1, [part]);
    expect((await next).value).toMatchObject({ batchId: 1 });
  });

  it("stops the query when the consumer leaves the loop, and lets the waiting commit go", async () => {
    let returned = 0;
    const sink = await opened(() => {
      returned++;
    });
    const first = runBatch(sink, 0, [part]);
    for await (const batch of sink) {
      expect(batch.batchId).toBe(0);
      break;
    }
    await first;
    await runBatch(sink, 1, [part]);
    expect(returned).toBe(1);
  });

  it("ends the loop when the query ends, after the last batch was taken", async () => {
    const sink = await opened();
    const seen: number[] = [];
    const loop = (async () => {
      for await (const batch of sink) seen.push(batch.batchId);
    })();
    await runBatch(sink, 0, [part]);
    await runBatch(sink, 1, [part]);
    await sink.close();
    sink.end(null);
    await loop;
    expect(seen).toEqual([0, 1]);
  });

  it("gives the query's error to the consumer once", async () => {
    const sink = await opened();
    const failure = new Error("broken");
    const waiting = sink.next();
    sink.end(failure);
    await expect(waiting).rejects.toBe(failure);
    expect((await sink.next()).done).toBe(true);
    const late = await opened();
    late.end(failure);
    await expect(late.next()).rejects.toBe(failure);
    expect((await late.next()).done).toBe(true);
  });

  it("lets a commit go when the query is stopped", async () => {
    const sink = await opened();
    const commit = runBatch(sink, 0, [part]);
    await new Promise(setImmediate);
    sink.interrupt();
    await commit;
    expect((await sink.next()).done).toBe(true);
  });
});
