import type { Session } from "../../src/index.js";
import {
  col,
  count,
  type DataStreamWriter,
  float64,
  jsonSink,
  MemoryStream,
  max,
  sessionWindow,
  sum,
  timestamp,
  utf8,
  window,
} from "../../src/index.js";

const MINUTE = 60_000;
const BATCHES = 6;
const USERS = ["ann", "bob", "cid", null];

/** A program that the crash tests run: the same input each time it is built. */
export interface CrashQuery {
  readonly name: string;
  readonly build: (session: Session) => DataStreamWriter<never>;
}

interface Event {
  readonly at: Date;
  readonly user: string | null;
  readonly amount: number;
}

/** Six batches of rows, a minute and a half apart, some of them late. */
function events(seed: number): MemoryStream<{
  at: ReturnType<typeof timestamp>;
  user: ReturnType<typeof utf8>;
  amount: ReturnType<typeof float64>;
}> {
  const stream = new MemoryStream({ at: timestamp(), user: utf8(), amount: float64() });
  for (let batch = 0; batch < BATCHES; batch++) {
    const rows: Event[] = [];
    for (let i = 0; i < 4; i++) {
      const behind = (batch * 7 + i * 5 + seed) % 4 === 3 ? 5 : 0;
      rows.push({
        at: new Date((batch * 1.5 + i * 0.25 - behind) * MINUTE + 3_600_000),
        user: USERS[(batch + i * seed) % USERS.length] ?? null,
        amount: batch + i,
      });
    }
    stream.add(rows);
  }
  return stream;
}

const OPTIONS = { retainBatches: 2, snapshotEvery: 2 };

function durable<S>(writer: DataStreamWriter<S>): DataStreamWriter<never> {
  return writer
    .trigger({ availableNow: true })
    .option("maxRowsPerTrigger", 4)
    .checkpoint("/state", OPTIONS)
    .json("/out") as unknown as DataStreamWriter<never>;
}

/** The shapes of state that there are (reliability.md 5, test 1), and a second sink. */
export const CRASH_QUERIES: readonly CrashQuery[] = [
  {
    name: "stateless",
    build: (session) =>
      durable(session.readStream.memory(events(1)).filter(col("amount").gt(1)).select("user", "amount").writeStream),
  },
  {
    name: "window aggregation",
    build: (session) =>
      durable(
        session.readStream
          .memory(events(1))
          .withWatermark("at", "1 minute")
          .groupBy(window("at", "2 minutes"), "user")
          .agg({ n: count(), total: sum("amount"), most: max("amount") }).writeStream,
      ),
  },
  {
    name: "session",
    build: (session) =>
      durable(
        session.readStream
          .memory(events(2))
          .withWatermark("at", "1 minute")
          .groupBy(sessionWindow("at", "40 seconds"), "user")
          .agg({ n: count() }).writeStream,
      ),
  },
  {
    name: "dropDuplicates",
    build: (session) =>
      durable(
        session.readStream.memory(events(3)).withWatermark("at", "2 minutes").dropDuplicates("at", "user").writeStream,
      ),
  },
  {
    name: "union of two sources",
    build: (session) =>
      durable(
        session.readStream
          .memory(events(1))
          .withWatermark("at", "1 minute")
          .union(session.readStream.memory(events(2)).withWatermark("at", "1 minute"))
          .groupBy(window("at", "2 minutes"))
          .agg({ n: count(), total: sum("amount") }).writeStream,
      ),
  },
  {
    name: "late rows to a second sink",
    build: (session) =>
      durable(
        session.readStream
          .memory(events(1))
          .withWatermark("at", "30 seconds")
          .groupBy(window("at", "1 minute"))
          .agg({ n: count() })
          .writeStream.lateRows(jsonSink("/late")),
      ),
  },
];
