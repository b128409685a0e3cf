// W1 over a topic through the public API: availableNow from the earliest offsets to a table in memory.
import { count, fromJson, max, Session, sum, window } from "millrace";

/** From start() on: connecting, looking up offsets and the first trigger's planning are part of it. */
export async function windowed(client, { topic, records }) {
  const session = new Session();
  const begun = process.hrtime.bigint();
  const query = await session.readStream
    .kafka({ client, subscribe: topic, startingOffsets: "earliest" })
    .select(fromJson("value", "ts TIMESTAMP, key STRING, value DOUBLE").as("event"))
    .select("event.*")
    .withWatermark("ts", "10 seconds")
    .groupBy(window("ts", "10 seconds"), "key")
    .agg({ count: count(), sum: sum("value"), max: max("value") })
    .writeStream.outputMode("update")
    .trigger({ availableNow: true })
    .memory("w1")
    .start();
  await query.awaitTermination();
  const nanos = Number(process.hrtime.bigint() - begun) / records;
  return { nanos, groups: await groupsOf(session) };
}

async function groupsOf(session) {
  const groups = new Map();
  for (const row of await session.table("w1").collect()) {
    const start = row.window.start.getTime() / 10_000;
    groups.set(`${start}|${row.key}`, { count: row.count, sum: row.sum, max: row.max });
  }
  return groups;
}
