// A program that the tests start, kill and start again: windows over the events of a topic, to another topic, late rows to files;
// on the built package. Arguments: the directory of everything, and as JSON the brokers, the topics and options of the checkpoint.
import { setImmediate as nextMacrotask } from "node:timers/promises";
import { count, fromJson, jsonSink, Session, struct, sum, toJson, window } from "millrace";

const [directory, given] = process.argv.slice(2);
const { brokers, topics, ...options } = JSON.parse(given);

function tell(kind, detail = null) {
  process.send({ kind, detail });
}

process.on("warning", (warning) => tell("warning", warning.message));

const session = new Session();
session.streams.addListener({ onQueryProgress: ({ batchId }) => tell("progress", batchId) });
const writer = session.readStream
  .kafka({ brokers, subscribe: topics.events, startingOffsets: "earliest", maxOffsetsPerTrigger: 60 })
  .select(fromJson("value", "at TIMESTAMP, id BIGINT, bucket BIGINT").as("event"))
  .select("event.*")
  .withWatermark("at", "3 seconds")
  .groupBy(window("at", "5 seconds"), "bucket")
  .agg({ n: count(), ids: sum("id") })
  .select("bucket", "window.start", "n", "ids")
  .select(toJson(struct("bucket", "start")).as("key"), toJson(struct("*")).as("value"))
  .writeStream.checkpoint(`${directory}/state`, { retainBatches: 3, snapshotEvery: 3, ...options })
  .lateRows(jsonSink(`${directory}/late`))
  .kafka({ brokers, topic: topics.windows });

try {
  tell("opening");
  const query = await writer.start();
  process.on("message", (request) => {
    if (request === "drain") query.drain().catch(() => {});
  });
  tell("running", query.id);
  await query.awaitTermination();
  tell("ended");
} catch (error) {
  tell("failed", `${error.code ?? "NO_CODE"} ${error.message}`);
}
// What was told is on its way before the process goes.
await nextMacrotask();
process.disconnect();
