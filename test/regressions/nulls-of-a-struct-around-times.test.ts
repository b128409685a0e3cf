import * as arrow from "apache-arrow";
import { expect, it } from "vitest";
import { fromArrow } from "../../src/columnar/from-arrow.js";
import { col, count, MemoryStream, Session, window } from "../../src/index.js";

const ROWS = 3000;

/** A struct that is NULL in every third row, around times in milliseconds that are not; what lies under a NULL is far ahead. */
function events(): arrow.Table {
  const millis = BigInt64Array.from({ length: ROWS }, (_, i) => BigInt(i % 3 === 0 ? 900_000_000 : 10 * i));
  const type = new arrow.TimestampMillisecond("UTC");
  const fields = [new arrow.Field("at", type, false)];
  const nullBitmap = new Uint8Array(Math.ceil(ROWS / 8));
  for (let i = 0; i < ROWS; i++) if (i % 3 !== 0) nullBitmap[i >> 3] = (nullBitmap[i >> 3] ?? 0) | (1 << (i & 7));
  const data = arrow.makeData({
    type: new arrow.Struct(fields),
    length: ROWS,
    nullCount: ROWS / 3,
    nullBitmap,
    children: [arrow.makeData({ type, length: ROWS, data: millis })],
  });
  return new arrow.Table({ s: new arrow.Vector([data]) });
}

it("times in a struct that is NULL have no window and move no watermark", async () => {
  const session = new Session();
  const table = events();
  const stream = new MemoryStream(fromArrow(table).schema);
  stream.add(table);
  const frame = session.readStream
    .memory(stream)
    .select(col("s.at").as("at"))
    .withWatermark("at", "1 second")
    .groupBy(window("at", "10 seconds"))
    .agg({ n: count() });
  const query = await frame.writeStream.outputMode("complete").memory("counts").start();
  await query.processAllAvailable();
  expect(query.lastProgress?.eventTime.max).toBe("1970-01-01T00:00:29.990Z");
  const counts = await session.table("counts").collect();
  expect(counts.map((row) => row["n"])).toEqual([666, 667, 667]);
  await query.stop();
});
