import { expect, test } from "vitest";
import type { KafkaSocketProvider } from "../../src/clients/kafka/kafka-socket.js";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import type { SinkBatch } from "../../src/sinks/sink.js";
import { runBatch } from "../contracts/sink-contract.js";
import { brokerWithTopic, committedText, keyValue, shape, sinkOn } from "../sinks/kafka/sink-on-broker.js";

const BATCHES = 4;

/** The nth request of an API is given up by its sender, and arrives when `later` others have. */
function straying(inner: KafkaSocketProvider, api: string, { nth, later }: { nth: number; later: number }) {
  let seen = 0;
  let wait = 0;
  let stray: (() => Promise<unknown>) | null = null;
  const openSocket: KafkaSocketProvider["openSocket"] = async () => {
    const socket = await inner.openSocket();
    return {
      close: () => socket.close(),
      send: async (node, request) => {
        if (request.name === api && ++seen === nth) {
          const late = { ...request, body: request.body.slice() };
          stray = () => socket.send(node, late);
          wait = later;
          throw Object.assign(new Error("the connection has ended"), { code: "ECONNRESET" });
        }
        if (stray !== null && wait-- === 0) {
          await stray();
          stray = null;
        }
        return socket.send(node, request);
      },
    };
  };
  return { label: "straying", openSocket };
}

function rowsOf(batch: number): SinkBatch {
  const rows = Array.from({ length: 8 }, (_, i) => ({ key: `${batch}-${i}`, value: "" }));
  return { chunk: chunkFromObjects(keyValue, rows), op: null };
}

// One that commits the half of the next transaction makes that batch fail, and come a second time.
test.each(["EndTxn", "Produce", "AddPartitionsToTxn", "TxnOffsetCommit"])(
  "a %s that arrives in the next transaction counts for nothing there",
  async (api) => {
    for (let later = 0; later < 16; later++) {
      const broker = brokerWithTopic(2);
      const provider = straying(broker.provider(), api, { nth: 2, later });
      const sink = sinkOn(broker, { provider, options: { maxBatchBytes: 130 } });
      await sink.open("q", "main", shape());
      for (let batch = 0; batch < BATCHES; batch++) await runBatch(sink, batch, [rowsOf(batch)]);
      await sink.close();
      const all = Array.from({ length: BATCHES * 8 }, (_, i) => `${i >> 3}-${i & 7}=`);
      expect(committedText(broker).flat().sort(), `after ${later} others`).toEqual(all);
    }
  },
);
