import { expect, test } from "vitest";
import { count, MemoryStream, Session, timestamp, window } from "../../src/index.js";

test("append over a union names the missing watermark, not the keys", async () => {
  const session = new Session();
  const one = session.readStream.memory(new MemoryStream({ at: timestamp() })).withWatermark("at", "1 minute");
  const other = session.readStream.memory(new MemoryStream({ at: timestamp() }));
  const counts = one.union(other).groupBy(window("at", "1 minute")).agg({ n: count() });
  await expect(counts.writeStream.memory("counts").start()).rejects.toThrow(
    /APPEND_NOT_FINAL.*1 of the 2 inputs of union.*Call withWatermark\(column, delay\) on every input/,
  );
});
