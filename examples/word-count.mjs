// The classical word count over a socket, in the three classical output modes.
//
//   node examples/word-count.mjs [complete | update | append] [port]
//
// Write lines to it from another terminal with `nc -lk 9999`. Append counts nothing that could still change, so it
// prints the words themselves.
import { col, count, explode, Session, split } from "millrace";

const [mode = "complete", port = "9999"] = process.argv.slice(2);
const outputMode = /** @type {import("millrace").OutputMode} */ (mode);

const session = new Session();
const lines = session.readStream.socket({ host: "localhost", port: Number(port) });
const words = lines.select(explode(split(col("value"), " ")).as("word"));
const result = mode === "append" ? words : words.groupBy("word").agg({ count: count() });

const query = await result.writeStream.outputMode(outputMode).console().start();
await query.awaitTermination();
