import { expect, it } from "vitest";
import type { KafkaSocketProvider } from "../../../src/clients/kafka/kafka-socket.js";
import type { SinkChoice } from "../../../src/dataframe/sink-choice.js";
import { col, count, jsonSink, MemoryStream, struct, timestamp, toJson, utf8, window } from "../../../src/index.js";
import { withoutHanging } from "../../crash/run-query.js";
import { SimMachine } from "../../crash/sim-machine.js";
import { SimFileSystem } from "../../fakes/sim-file-system.js";
import { type Mishap, MortalProvider } from "./mortal-provider.js";
import { brokerWithTopic, committedText, type HastyBroker, sinkOn } from "./sink-on-broker.js";

type Kind = "kafka" | "file";
type Death = Mishap | { readonly operation: number };

const MINUTE = 60_000;
const BATCHES = 6;

/** Rows a minute and a half apart by batch; five of them late. */
function events(): MemoryStream {
  const stream = new MemoryStream({ at: timestamp(), user: utf8() });
  for (let batch = 0; batch < BATCHES; batch++) {
    const rows = [0, 1, 2, 3].map((i) => {
      const behind = (batch * 7 + i * 5 + 1) % 4 === 3 ? 5 : 0;
      const at = new Date((batch * 1.5 + i * 0.25 - behind) * MINUTE + 3_600_000);
      return { at, user: ["ann", "bob", "cid"][(batch + i) % 3] ?? null };
    });
    stream.add(rows);
  }
  return stream as unknown as MemoryStream;
}

interface World {
  readonly files: SimFileSystem;
  readonly broker: HastyBroker;
  readonly provider: KafkaSocketProvider;
}

function sinkOf(kind: Kind, name: "out" | "late", { broker, provider }: World): SinkChoice {
  if (kind === "file") return jsonSink(`/${name}`);
  return { label: `kafka(${name})`, make: () => sinkOn(broker, { provider, options: { topic: name } }) };
}

async function live([main, late]: readonly [Kind, Kind], world: World, life: number): Promise<void> {
  const query = new SimMachine(world.files, life).session.readStream
    .memory(events())
    .withWatermark("at", "1 minute")
    .groupBy(window("at", "2 minutes"), "user")
    .agg({ n: count() })
    .select(col("user").as("key"), toJson(struct("*")).as("value"))
    .writeStream.trigger({ availableNow: true })
    .option("maxRowsPerTrigger", 4)
    .checkpoint("/state", { retainBatches: 2, snapshotEvery: 2 })
    .sink(sinkOf(main, "out", world))
    .lateRows(sinkOf(late, "late", world));
  const run = async (): Promise<void> => {
    const running = await query.start();
    expect(running.guarantee.level).toBe("exactly-once");
    await running.awaitTermination();
  };
  await withoutHanging(run());
}

/** Every row wherever it is, without the names of files. */
function contentOf({ files, broker }: Omit<World, "provider">): unknown {
  const decoder = new TextDecoder();
  const linesIn = (folder: string): readonly string[] =>
    files
      .paths()
      .filter((path) => path.startsWith(folder) && !path.split("/").some((part) => part.startsWith("_")))
      .flatMap((path) => decoder.decode(files.peek(path)).trim().split("\n"))
      .sort();
  return [committedText(broker, "out"), committedText(broker, "late"), linesIn("/out/"), linesIn("/late/")];
}

async function outcome(kinds: readonly [Kind, Kind], deaths: readonly Death[]) {
  const broker = brokerWithTopic(2);
  broker.createTopic("late", { partitions: 2 });
  let files = new SimFileSystem();
  for (const [life, death] of [...deaths, null].entries()) {
    const disk = files;
    const mishap = death !== null && "kind" in death ? death : null;
    const provider = new MortalProvider(broker.provider(), mishap, () => disk.crashAt(disk.operations + 1));
    if (death !== null && "operation" in death) disk.crashAt(death.operation);
    try {
      await live(kinds, { files, broker, provider }, life);
      const { requests } = provider;
      return { requests, operations: disk.operations, content: contentOf({ files, broker }) };
    } catch (error) {
      if (!provider.isDead && !disk.hasCrashed) throw error;
      files = files.afterCrash("process");
    }
  }
  throw new Error("the last life has no death");
}

/** Set to 1 to try every place. */
const STEP = Number(process.env["TWO_SINKS_STEP"] ?? 9);

it.each([
  ["kafka", "kafka"],
  ["kafka", "file"],
  ["file", "kafka"],
] as const)(
  "rows to %s, late rows to %s: dies anywhere, once and again; every row is in its place once",
  async (...kinds) => {
    const golden = await outcome(kinds, []);
    expect(JSON.stringify(golden.content).match(/operator/g)).toHaveLength(5);
    const deaths: Death[][] = [];
    for (let request = 1; request <= golden.requests; request += STEP) {
      for (const kind of ["dies before", "dies after", "reply lost"] as const) deaths.push([{ request, kind }]);
    }
    for (let operation = 1; operation <= golden.operations; operation += STEP) deaths.push([{ operation }]);
    for (let operation = 60; operation <= golden.operations; operation += 8 * STEP) {
      for (let request = 3; request < 40; request += 2 * STEP)
        deaths.push([{ operation }, { request, kind: "dies after" }]);
    }
    for (const each of deaths) {
      const { content } = await outcome(kinds, each);
      expect(content, JSON.stringify(each)).toEqual(golden.content);
    }
  },
);
