import { describe, expect, it } from "vitest";
import { WireCluster } from "../../../src/clients/kafka/wire-cluster.js";
import { chunkFromObjects } from "../../../src/columnar/from-objects.js";
import type { KafkaSink } from "../../../src/sinks/kafka/kafka-sink.js";
import type { SinkBatch } from "../../../src/sinks/sink.js";
import { permitOf, runBatch, stage } from "../../contracts/sink-contract.js";
import {
  brokerWithTopic,
  committedText,
  type HastyBroker,
  keyValue,
  type SinkOptions,
  shape,
  sinkOn,
} from "./sink-on-broker.js";

const GROUP = "millrace-q-main";
const COMMITS = "out.millrace-commits";

function row(value: string): SinkBatch {
  return { chunk: chunkFromObjects(keyValue, [{ key: "k", value }]), op: null };
}

async function opened(broker: HastyBroker, change: SinkOptions = {}, sinkId = "main"): Promise<KafkaSink> {
  const sink = sinkOn(broker, change);
  await sink.open("q", sinkId, shape());
  return sink;
}

/** A cluster that has batches 0 to 2 of the query, by attempts 0 to 2. */
async function afterThreeBatches(): Promise<HastyBroker> {
  const broker = brokerWithTopic();
  const sink = await opened(broker);
  for (const batch of [0, 1, 2]) await runBatch(sink, batch, [row(`${batch}`)], batch);
  await sink.close();
  return broker;
}

const THREE = [["k=0", "k=1", "k=2"]];

describe("what the cluster has", () => {
  it("is told by the group's offset, without reading a record", async () => {
    const broker = await afterThreeBatches();
    const sink = await opened(broker);
    expect(await sink.committed()).toEqual({ batch: 2, attempt: 2 });
    expect(broker.count("Fetch")).toBe(0);
  });

  it("is told by the compacted topic when the offset has expired, compacted or not, among other queries' records", async () => {
    for (const isCompacted of [false, true]) {
      const broker = await afterThreeBatches();
      broker.append(COMMITS, 0, [{ key: "other/main", value: '{"batch":9,"attempt":9}' }]);
      broker.append(COMMITS, 0, [{ key: "q/main", value: '{"batch":3,"attempt":3}' }], { transaction: "aborted" });
      broker.abort("aborted");
      if (isCompacted) broker.compact(COMMITS);
      broker.expireGroup(GROUP);
      const sink = await opened(broker);
      expect(await sink.committed()).toEqual({ batch: 2, attempt: 2 });
      await runBatch(sink, 2, [row("again")], 2);
      await runBatch(sink, 3, [row("3")], 3);
      expect(committedText(broker)).toEqual([["k=0", "k=1", "k=2", "k=3"]]);
    }
  });

  it("is told by the compacted topic when somebody has moved the group's offset", async () => {
    const broker = await afterThreeBatches();
    const cluster = await WireCluster.open(broker.provider(), { clock: broker.clock, deadlineMs: 1000 });
    await cluster.commitOffsets(GROUP, [{ topic: "out", partition: 0, offset: 1, metadata: "" }]);
    expect(await (await opened(broker)).committed()).toEqual({ batch: 2, attempt: 2 });
  });

  it("waits for another query's open transaction, behind which the record may stand", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker);
    broker.append(COMMITS, 0, [{ key: "other/main", value: "" }], { transaction: "other" });
    await runBatch(sink, 0, [row("0")]);
    broker.expireGroup(GROUP);
    let asked = 0;
    broker.onRequest = ({ api }) => {
      if (api === "ListOffsets" && ++asked === 5) broker.abort("other");
    };
    expect(await (await opened(broker)).committed()).toEqual({ batch: 0, attempt: 0 });
    expect(asked).toBeGreaterThan(4);
  });

  it("and says so when that does not end", async () => {
    const broker = brokerWithTopic();
    await runBatch(await opened(broker), 0, [row("0")]);
    broker.append(COMMITS, 0, [{ key: "other/main", value: "" }], { transaction: "other" });
    broker.expireGroup(GROUP);
    await expect(opened(broker)).rejects.toThrow(/SINK_MARKER_UNREADABLE.*out\.millrace-commits.*open transaction/);
    expect(broker.openSockets).toBe(1);
  });
});

describe("no marker at all", () => {
  async function withoutMarkers(): Promise<HastyBroker> {
    const broker = await afterThreeBatches();
    broker.expireGroup(GROUP);
    broker.deleteTopic(COMMITS);
    return broker;
  }

  it("a query that has been there before is refused: to write a batch twice must not happen", async () => {
    const broker = await withoutMarkers();
    const sink = await opened(broker);
    expect(await sink.committed()).toBeNull();
    await expect(sink.begin(3, 3)).rejects.toThrow(
      /SINK_MARKER_MISSING.*Batch 3 comes next.*millrace-q-main.*out\.millrace-commits.*sink kafka\(out\), batch 3.*resetSink: true.*new checkpoint/,
    );
    expect(committedText(broker)).toEqual(THREE);
  });

  it("unless it is told to go on: then the next batch leaves markers again", async () => {
    const broker = await withoutMarkers();
    const sink = await opened(broker, { resetSink: true });
    await runBatch(sink, 3, [row("3")], 3);
    expect(await (await opened(broker)).committed()).toEqual({ batch: 3, attempt: 3 });
  });

  it("a sink for late rows begins with the first of them", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker, {}, "late");
    await runBatch(sink, 5, [row("late")]);
    expect(await (await opened(broker, {}, "late")).committed()).toEqual({ batch: 5, attempt: 0 });
  });
});

describe("two runs", () => {
  it("whoever has been taken over from commits nothing, and does not take over again", async () => {
    const broker = brokerWithTopic();
    const zombie = await opened(broker);
    await stage(zombie, { batch: 0, attempt: 0 }, [row("zombie")]);
    const successor = await opened(broker);
    await expect(zombie.commit(permitOf(0, 0))).rejects.toThrow(/SINK_CONFLICT.*taken over.*batch 0/);
    await expect(zombie.begin(0, 0)).rejects.toThrow(/SINK_CONFLICT/);
    await runBatch(successor, 0, [row("0")], 1);
    expect(committedText(broker)).toEqual([["k=0"]]);
  });

  it("the marker is read behind the fence: before it, what it says may still change", async () => {
    const broker = brokerWithTopic();
    const { clock } = broker;
    const predecessor = await opened(broker);
    await stage(predecessor, { batch: 0, attempt: 0 }, [row("0")]);
    const cluster = await WireCluster.open(broker.provider(), { clock, deadlineMs: 1000 });
    const read = async () => (await cluster.groupOffsets(GROUP, "out", [0]))[0]?.offset;
    const tooEarly = await read();
    await predecessor.commit(permitOf(0, 0));
    await cluster.producer({ transactionalId: GROUP, transactionTimeoutMs: 1000 }).fence();
    // Who believed the first answer would write batch 0 again.
    expect([tooEarly, await read()]).toEqual([-1, 1]);
    const successor = await opened(broker);
    expect(await successor.committed()).toEqual({ batch: 0, attempt: 0 });
  });

  it("a transaction that its run did not come to end is taken back by the next one", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker);
    await stage(sink, { batch: 0, attempt: 0 }, [row("0")]);
    broker.onReply = ({ api }) => {
      if (api === "TxnOffsetCommit") broker.kill(1);
    };
    await expect(sink.commit(permitOf(0, 0))).rejects.toThrow(/KAFKA_/);
    broker.onReply = null;
    broker.restart(1);
    expect(broker.appended("out")[0]).toHaveLength(1);
    expect(committedText(broker)).toEqual([[]]);
    const next = await opened(broker);
    expect(await next.committed()).toBeNull();
    await runBatch(next, 0, [row("0")], 1);
    expect(committedText(broker)).toEqual([["k=0"]]);
  });
});

describe("a commit whose answer does not come", () => {
  it("is an error, and found to be done by the next run", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker);
    await stage(sink, { batch: 0, attempt: 4 }, [row("0")]);
    broker.onReply = ({ api }) => {
      if (api === "EndTxn") broker.kill(1);
    };
    await expect(sink.commit(permitOf(0, 4))).rejects.toThrow(/KAFKA_UNREACHABLE|KAFKA_STALLED/);
    broker.onReply = null;
    broker.restart(1);
    const next = await opened(broker);
    expect(await next.committed()).toEqual({ batch: 0, attempt: 4 });
    await runBatch(next, 0, [row("0")], 4);
    expect(committedText(broker)).toEqual([["k=0"]]);
  });

  it("leaves a sink that can be used again, with what it has found out", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker);
    await stage(sink, { batch: 0, attempt: 0 }, [row("0")]);
    broker.onReply = ({ api }) => {
      if (api === "EndTxn") broker.kill(1);
    };
    await expect(sink.commit(permitOf(0, 0))).rejects.toThrow(/KAFKA_/);
    broker.onReply = null;
    broker.restart(1);
    await sink.abort(0);
    await runBatch(sink, 0, [row("0")], 0);
    await runBatch(sink, 1, [row("1")], 0);
    expect(committedText(broker)).toEqual([["k=0", "k=1"]]);
  });
});

describe("a sink that has rested", () => {
  it("for longer than brokers remember producers has another one, and writes on", async () => {
    const broker = await afterThreeBatches();
    const sink = await opened(broker);
    const fences = broker.count("InitProducerId");
    await runBatch(sink, 3, [row("3")]);
    expect(broker.count("InitProducerId")).toBe(fences);
    broker.clock.pass(7 * 24 * 3_600_000);
    await runBatch(sink, 4, [row("4")]);
    expect(broker.count("InitProducerId")).toBe(fences + 1);
    expect(committedText(broker)).toEqual([["k=0", "k=1", "k=2", "k=3", "k=4"]]);
  });

  it("finds out that another run has written meanwhile", async () => {
    const broker = await afterThreeBatches();
    const sink = await opened(broker);
    await runBatch(await opened(broker), 3, [row("3")], 9);
    broker.clock.pass(7 * 24 * 3_600_000);
    await expect(runBatch(sink, 3, [row("again")], 8)).rejects.toThrow(/SINK_CONFLICT.*attempt 9.*attempt 8/);
    expect(committedText(broker)).toEqual([["k=0", "k=1", "k=2", "k=3"]]);
  });
});
