import { expect, test } from "vitest";
import { FakeBroker } from "./fake-broker.js";
import { recordText } from "./fake-record.js";
import { RawClient } from "./raw-client.js";
import { readCommitted } from "./read-committed.js";
import { writeSeededLog } from "./seeded-log.js";

test("a reader of the log's bytes and the truth of fates agree on any log and any range", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const broker = new FakeBroker({ seed });
    const topicId = broker.createTopic("t");
    const random = writeSeededLog(broker, { topic: "t", partition: 0, seed, steps: 120 });
    if (seed % 3 === 0) broker.compact("t");
    const client = await RawClient.of(broker);
    const { stable } = broker.offsets("t", 0);
    for (let range = 0; range < 20; range++) {
      const from = random(stable + 1);
      const to = from + random(stable - from + 1);
      const seen = await readCommitted(client, { topicId, from, to, maxBytes: 1 + random(2000) });
      const truth = broker.committed("t")[0]!.filter((record) => record.offset >= from && record.offset < to);
      expect(seen.map(recordText)).toEqual(truth.map(recordText));
    }
  }
});
