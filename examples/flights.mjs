// Three million real flights (January to June 2001, npm package vega-datasets) replayed as a stream: a row arrives when its
// plane has landed, its event time is the departure. Delays per airport in tumbling and sliding windows, with late rows.
//
//   npm start [-- --rows 500000]
import { fileURLToPath } from "node:url";
import { makeVector, Table } from "apache-arrow";
import { avg, col, count, memorySink, Session, sum, window } from "millrace";
import { acceptedRows } from "./flights/accepted-rows.mjs";
import { FinalWindows } from "./flights/final-windows.mjs";
import { sameRows } from "./flights/same-rows.mjs";
import { Screen } from "./flights/screen.mjs";

const ROWS_PER_TRIGGER = 5_000;
const WATERMARK = "2 hours";
/** Name, length and step of the windows. */
const QUERIES = [
  { name: "tumbling", size: "1 hour", slide: "1 hour", windowsPerRow: 1 },
  { name: "sliding", size: "1 hour", slide: "15 minutes", windowsPerRow: 4 },
];

const limit = rowLimit(process.argv.slice(2));
const session = new Session();
const screen = new Screen();

const landed = await screen.phase("read, order by landing", () => readFlights());
/** @type {string[]} */
const failures = [];
for (const query of QUERIES) failures.push(...(await run(query)));
screen.end(failures);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Rows in the order in which planes landed: departure + delay + 30 minutes + distance at 7.5 miles a minute. */
async function readFlights() {
  const file = fileURLToPath(new URL("../node_modules/vega-datasets/data/flights-3m.parquet", import.meta.url));
  const flights = await session.read.parquet(file);
  const departure = col("date").cast("timestamp");
  const minutesInTheAir = col("delay").plus(30).times(60).plus(col("distance").times(8));
  const ordered = flights
    .limit(limit)
    .select(
      departure.as("departure"),
      col("origin"),
      col("delay").cast("int").as("delay"),
      departure.cast("bigint").plus(minutesInTheAir).as("landing"),
    )
    .orderBy("landing");
  return withIds(await ordered.toArrow());
}

/** Numbers the rows, so that a late row can be found again. */
function withIds(table) {
  return table.assign(new Table({ id: makeVector(Int32Array.from({ length: table.numRows }, (_, i) => i)) }));
}

/** One windowed query as a stream and as a batch; gives what went wrong. */
async function run(query) {
  const accepted = acceptedRows(landed, query);
  const streamed = await screen.phase(`stream, ${query.name} windows`, () => stream(query));
  const batch = await screen.phase(`batch, ${query.name} windows`, () =>
    delays(session.createDataFrame(landed), query).toArrow(),
  );
  const expected = await screen.phase(`batch over the rows it accepted`, () => {
    accepted.remove(streamed.late);
    return aggregated(accepted.frame(session).groupBy("window", "origin")).toArrow();
  });
  const equal = await screen.phase("compare", () => sameRows(streamed.result, expected));
  screen.result(query, { batch, streamed, equal, accepted: accepted.count });
  return equal ? [] : [`${query.name}: the streamed result differs from the batch over the accepted rows`];
}

/** Departures and delays per airport and window. */
function delays(frame, { size, slide }) {
  return aggregated(frame.withWatermark("departure", WATERMARK).groupBy(window("departure", size, slide), "origin"));
}

function aggregated(groups) {
  return groups.agg({ flights: count(), minutes: sum("delay"), average: avg("delay") });
}

async function stream(query) {
  const lateTable = `${query.name}_late`;
  const final = new FinalWindows();
  const arriving = session.readStream.option("maxRowsPerTrigger", ROWS_PER_TRIGGER).from([landed]);
  const running = await delays(arriving, query)
    .writeStream.outputMode("append")
    .queryName(query.name)
    .lateRows(memorySink(lateTable))
    .foreachBatch((batch) => final.add(batch.recordBatches()))
    .start();
  const stopWatching = screen.watch(session, running, final);
  await running.awaitTermination();
  stopWatching();
  return { result: final.table(), late: await session.table(lateTable).toArrow() };
}

function rowLimit(args) {
  const at = args.indexOf("--rows");
  return at < 0 ? 3_000_000 : Number(args[at + 1]);
}
