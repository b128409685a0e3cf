import { expect, test } from "vitest";
import { count, float64, MemoryStream, Session, sum, utf8 } from "../../src/index.js";

test("a row taken back before it came still counts against the group", async () => {
  const session = new Session();
  const stream = new MemoryStream({ k: utf8(), n: float64() }, { weights: true });
  const query = await session.readStream
    .memory(stream)
    .groupBy("k")
    .agg({ rows: count(), total: sum("n") })
    .writeStream.outputMode("complete")
    .memory("totals")
    .start();
  for (const weight of [-1, 1, 1]) {
    stream.add([{ k: "a", n: 5 }], { weights: [weight] });
    await query.processAllAvailable();
  }
  expect(await session.table("totals").collect()).toEqual([{ k: "a", rows: 1, total: 5 }]);
  await query.stop();
});
