import { once } from "node:events";
import { watch } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Kafka } from "kafkajs";
import { vi } from "vitest";
import type { Broker } from "../../../tools/kafka/broker.mjs";
import { readTopics } from "../../../tools/kafka/read-topics.mjs";
import { Program, type ProgramOptions } from "../../crash/worker/program.js";
import { createTopic, withAdmin } from "../create-topic.js";
import { kafkaClient } from "../kafka-client.js";
import { topicName } from "../topic-name.js";
import { untilQuiet } from "../wire-reader.js";
import { type Event, EventLog } from "./event-log.js";

const PIPELINE = fileURLToPath(new URL("pipeline.mjs", import.meta.url));
const PARTITIONS = 3;
const WINDOW_MS = 5000;

interface WindowRow {
  readonly bucket: number;
  readonly start: string;
  readonly n: number;
  readonly ids: number;
}

/** The pipeline of `pipeline.mjs` with its topics: programs that run it, and what came of it. */
export class PipelineRun {
  readonly #broker: Broker;
  readonly #kafka: Kafka;
  readonly #directories: string[];
  readonly #topics: { readonly events: string; readonly windows: string };
  readonly #programs: Program[] = [];
  readonly log: EventLog;

  private constructor(parts: {
    broker: Broker;
    directory: string;
    topics: { events: string; windows: string };
    log: EventLog;
  }) {
    this.#broker = parts.broker;
    this.#kafka = kafkaClient(parts.broker);
    this.#directories = [parts.directory];
    this.#topics = parts.topics;
    this.log = parts.log;
  }

  static async open(broker: Broker, seed: number): Promise<PipelineRun> {
    const kafka = kafkaClient(broker);
    const topics = { events: topicName("events"), windows: topicName("windows") };
    for (const topic of Object.values(topics)) await createTopic(kafka, topic, { partitions: PARTITIONS });
    const directory = await mkdtemp(join(tmpdir(), "millrace-pipeline-"));
    const log = await EventLog.open(kafka, { topic: topics.events, partitions: PARTITIONS, seed });
    return new PipelineRun({ broker, directory, topics, log });
  }

  start(options: ProgramOptions = {}): Program {
    const given = { brokers: [this.#broker.address], topics: this.#topics, ...options };
    const program = new Program(this.#directory, given, PIPELINE);
    this.#programs.push(program);
    return program;
  }

  /** Programs that are started from here on use a copy of the directory, as on another machine: no lock keeps them apart. */
  async goOnInCopy(): Promise<void> {
    const copy = await mkdtemp(join(tmpdir(), "millrace-pipeline-"));
    await cp(this.#directory, copy, { recursive: true });
    this.#directories.push(copy);
  }

  /** Waits for the moment when a batch is about to be committed; for a second at most. */
  async committing(): Promise<void> {
    const limit = AbortSignal.timeout(1000);
    const watcher = watch(join(this.#directory, "state", "prepared"));
    await once(watcher, "change", { signal: limit }).catch(() => {});
    watcher.close();
  }

  async close(): Promise<void> {
    for (const program of this.#programs) await program.kill();
    await this.log.close();
    for (const directory of this.#directories) await rm(directory, { recursive: true, force: true });
  }

  /**
   * What a reader of committed records finds, counted by Kafka's own consumer: groups that are missing, that are there twice
   * or that are wrong. Every event must count once, in its window or as a late row.
   */
  async faults(): Promise<{ missing: string[]; twice: string[]; wrong: string[] }> {
    const late = await this.#lateIds();
    const expected = groupsOf(this.log.events.filter(({ id }) => !late.has(id)));
    const found = new Map<string, WindowRow>();
    const twice: string[] = [];
    await untilQuiet(this.#broker, this.#topics.windows);
    for (const { value } of await readTopics(this.#broker, "read_committed", this.#topics.windows)) {
      const row = JSON.parse(Buffer.from(value ?? "", "hex").toString()) as WindowRow;
      const group = groupName(row.bucket, row.start);
      if (found.has(group)) twice.push(group);
      found.set(group, row);
    }
    const wrong = [...found].filter(([group, { n, ids }]) => {
      const wanted = expected.get(group);
      return wanted?.n !== n || wanted.ids !== ids;
    });
    const missing = [...expected.keys()].filter((group) => !found.has(group));
    return { missing, twice, wrong: wrong.map(([group, row]) => `${group}: ${JSON.stringify(row)}`) };
  }

  /** The newest batch, as the group's offset, the compacted topic and the checkpoint tell it. */
  async markers(program: Program): Promise<{ offset: number; record: number; checkpoint: number }> {
    const commits = await readTopics(this.#broker, "read_committed", `${this.#topics.windows}.millrace-commits`);
    const record = JSON.parse(Buffer.from(commits.at(-1)?.value ?? "", "hex").toString()) as { batch: number };
    const [offset, checkpoint] = [await this.#offsetBatch(program), await this.#checkpointBatch()];
    return { offset, record: record.batch, checkpoint };
  }

  /** The program was killed between the commit of a batch and the note of it in the checkpoint. */
  async isBrokerAhead(program: Program): Promise<boolean> {
    return program.told("running") !== null && (await this.#offsetBatch(program)) > (await this.#checkpointBatch());
  }

  async #offsetBatch(program: Program): Promise<number> {
    const groupId = `millrace-${program.told("running")}-main`;
    const topics = [this.#topics.windows];
    // A broker that has just come back does not know its groups yet.
    const told = () => withAdmin(this.#kafka, (admin) => admin.fetchOffsets({ groupId, topics }));
    const [topic] = await vi.waitFor(told, { timeout: 60_000, interval: 100 });
    return Number(topic?.partitions.find(({ partition }) => partition === 0)?.offset ?? 0) - 1;
  }

  async #checkpointBatch(): Promise<number> {
    const names = await readdir(join(this.#directory, "state", "commits"));
    return Math.max(-1, ...names.map(Number).filter(Number.isInteger));
  }

  get #directory(): string {
    return this.#directories.at(-1) ?? "";
  }

  async #lateIds(): Promise<ReadonlySet<number>> {
    const directory = join(this.#directory, "late");
    const names = (await readdir(directory).catch(() => [])).filter((name) => !/^[_.]/.test(name));
    const texts = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
    const ids = texts.flatMap((text) => text.trim().split("\n")).map((line) => (JSON.parse(line) as Event).id);
    if (new Set(ids).size !== ids.length) throw new Error("late rows come twice");
    return new Set(ids);
  }
}

function groupsOf(events: readonly Event[]): ReadonlyMap<string, { n: number; ids: number }> {
  const groups = new Map<string, { n: number; ids: number }>();
  for (const { at, id, bucket } of events) {
    const start = new Date(Math.floor(Date.parse(at) / WINDOW_MS) * WINDOW_MS).toISOString();
    const group = groups.get(groupName(bucket, start)) ?? { n: 0, ids: 0 };
    groups.set(groupName(bucket, start), { n: group.n + 1, ids: group.ids + id });
  }
  return groups;
}

function groupName(bucket: number, start: string): string {
  return `${bucket} at ${new Date(start).toISOString()}`;
}
