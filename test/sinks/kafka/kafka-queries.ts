import { expect } from "vitest";
import type { KafkaSocketProvider } from "../../../src/clients/kafka/kafka-socket.js";
import type { Clock } from "../../../src/common/clock.js";
import type { FileSystem } from "../../../src/common/file-system.js";
import type { DataStreamWriter, Session } from "../../../src/index.js";
import { col, count, float64, MemoryStream, struct, toJson, utf8 } from "../../../src/index.js";
import { withoutHanging } from "../../crash/run-query.js";
import { SimMachine } from "../../crash/sim-machine.js";
import { type HastyBroker, sinkOn } from "./sink-on-broker.js";

const USERS = ["ann", "bob", "cid", "ann", "ann", "bob", "ann", "dan"];

function events(): MemoryStream {
  const stream = new MemoryStream({ user: utf8(), amount: float64() });
  for (const [amount, user] of USERS.entries()) stream.add([{ user, amount }]);
  return stream as unknown as MemoryStream;
}

const record = [col("user").as("key"), toJson(struct("*")).as("value")] as const;

/** Four triggers each: rows that only come; and counts that are replaced, and taken back once they are too large. */
const QUERIES = {
  append: (session: Session) =>
    session.readStream.memory(events()).select(...record).writeStream as DataStreamWriter<unknown>,
  "update with deletes": (session: Session) =>
    session.readStream
      .memory(events())
      .groupBy("user")
      .agg({ n: count() })
      .filter(col("n").lt(3))
      .select(...record)
      .writeStream.outputMode("update") as DataStreamWriter<unknown>,
};

export type QueryName = keyof typeof QUERIES;
export const QUERY_NAMES = Object.keys(QUERIES) as readonly QueryName[];

/** One life of the program; it ends when everything is written, or with the process. */
export async function live(
  name: QueryName,
  world: {
    readonly files: FileSystem;
    readonly broker: HastyBroker;
    readonly provider: KafkaSocketProvider;
    readonly clock?: Clock;
  },
  life: number,
): Promise<void> {
  const { files, broker, ...own } = world;
  const { session } = new SimMachine(files, life);
  const query = QUERIES[name](session)
    .trigger({ availableNow: true })
    .option("maxRowsPerTrigger", 2)
    .checkpoint("/state")
    .sink({ label: "kafka(out)", make: () => sinkOn(broker, own) });
  const run = async (): Promise<void> => {
    const running = await query.start();
    expect(running.guarantee.level).toBe("exactly-once");
    await running.awaitTermination();
  };
  await withoutHanging(run());
}
