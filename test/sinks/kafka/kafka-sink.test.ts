import { describe, expect, it } from "vitest";
import { chunkFromObjects } from "../../../src/columnar/from-objects.js";
import type { SinkBatch } from "../../../src/sinks/sink.js";
import { permitOf, runBatch, stage } from "../../contracts/sink-contract.js";
import { brokerWithTopic, committedText, keyValue, shape, sinkOn } from "./sink-on-broker.js";

function rows(...pairs: readonly (readonly [key: string | null, value: string | null])[]): SinkBatch {
  return {
    chunk: chunkFromObjects(
      keyValue,
      pairs.map(([key, value]) => ({ key, value })),
    ),
    op: null,
  };
}

describe("a trigger", () => {
  it("is one transaction: nothing before the commit, everything after it", async () => {
    const broker = brokerWithTopic();
    const sink = sinkOn(broker);
    await sink.open("q", "main", shape());
    expect(await stage(sink, { batch: 0, attempt: 0 }, [rows(["a", "1"], ["b", "2"])])).toBe(
      "2 records for kafka(out)",
    );
    expect(broker.appended("out")[0]).toEqual([]);
    await sink.commit(permitOf(0, 0));
    expect(committedText(broker)).toEqual([["a=1", "b=2"]]);
    await sink.close();
    expect(broker.openSockets).toBe(0);
  });
});
