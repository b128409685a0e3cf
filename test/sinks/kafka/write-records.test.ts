import { describe, expect, it } from "vitest";
import { chunkFromObjects } from "../../../src/columnar/from-objects.js";
import { writeRecords } from "../../../src/sinks/kafka/write-records.js";
import { type Mishap, MortalProvider } from "./mortal-provider.js";
import { brokerWithTopic, committedText, type HastyBroker, keyValue, sinkConfig } from "./sink-on-broker.js";

const ROWS = 30;

/** Batches of a few records, so that there are several requests to write them. */
async function write(broker: HastyBroker, mishap: Mishap | null = null): Promise<number> {
  const provider = new MortalProvider(broker.provider(), mishap);
  const config = sinkConfig(broker, { provider, options: { maxBatchBytes: 120 } });
  const rows = Array.from({ length: ROWS }, (_, i) => ({ key: `k${i}`, value: `${i}` }));
  await writeRecords({ ...config, schema: keyValue, id: "w", rows: async () => [chunkFromObjects(keyValue, rows)] });
  return provider.requests;
}

function keysIn(broker: HastyBroker): readonly string[] {
  return committedText(broker).flat();
}

describe("the rows of a bounded frame", () => {
  it.each(["request lost", "reply lost"] as const)("are there once whichever %s", async (kind) => {
    const requests = await write(brokerWithTopic(2));
    for (let request = 1; request <= requests; request++) {
      const broker = brokerWithTopic(2);
      await write(broker, { request, kind });
      expect(keysIn(broker).length, `request ${request}`).toBe(ROWS);
      expect(new Set(keysIn(broker)).size, `request ${request}`).toBe(ROWS);
      expect(broker.openSockets).toBe(0);
    }
  });

  it.each([
    { code: 10, name: "KAFKA_TOO_LARGE" },
    { code: 29, name: "KAFKA_DENIED" },
    { code: 42, name: "KAFKA_REFUSED" },
  ])(
    "refused half way ($name): none is there, and no transaction stays open before other writers' records",
    async ({ code, name }) => {
      const broker = brokerWithTopic(2);
      broker.fail("Produce", 3, code);
      await expect(write(broker)).rejects.toMatchObject({ code: name });
      for (const partition of [0, 1]) {
        const { stable, end } = broker.offsets("out", partition);
        expect(end).toBeGreaterThan(0);
        expect(stable).toBe(end);
      }
      expect(keysIn(broker)).toEqual([]);
      expect(broker.openSockets).toBe(0);
    },
  );
});
