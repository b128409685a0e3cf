// A program that the tests start, kill and start again: windows over files that arrive, late rows beside, on the built package.
// Arguments: the directory of everything, and options of the checkpoint as JSON.
import { setImmediate as nextMacrotask } from "node:timers/promises";
import { count, int64, jsonSink, Session, timestamp, window } from "millrace";

const [directory, options] = process.argv.slice(2);

function tell(kind, detail = null) {
  process.send({ kind, detail });
}

process.on("warning", (warning) => tell("warning", warning.message));

const session = new Session();
session.streams.addListener({ onQueryProgress: ({ batchId }) => tell("progress", batchId) });
const writer = session.readStream
  .schema({ at: timestamp(), id: int64() })
  .options({ maxFilesPerTrigger: 2, pollInterval: 5 })
  .json(`${directory}/in`)
  .withWatermark("at", "3 seconds")
  .groupBy(window("at", "5 seconds"), "id")
  .agg({ n: count() })
  .writeStream.checkpoint(`${directory}/state`, { retainBatches: 3, snapshotEvery: 3, ...JSON.parse(options ?? "{}") })
  .lateRows(jsonSink(`${directory}/late`))
  .json(`${directory}/out`);

try {
  tell("opening");
  const query = await writer.start();
  process.on("message", (request) => {
    if (request === "drain") query.drain().catch(() => {});
  });
  tell("running");
  await query.awaitTermination();
  tell("ended");
} catch (error) {
  tell("failed", `${error.code ?? "NO_CODE"} ${error.message}`);
}
// What was told is on its way before the process goes.
await nextMacrotask();
process.disconnect();
