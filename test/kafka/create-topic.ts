import { setTimeout as wait } from "node:timers/promises";
import { type Admin, type Kafka, KafkaJSAggregateError, KafkaJSProtocolError } from "kafkajs";

export interface TopicShape {
  readonly partitions?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

/** Makes a topic, and waits until each of its partitions has a leader. */
export async function createTopic(
  kafka: Kafka,
  topic: string,
  { partitions = 1, configs = {} }: TopicShape = {},
): Promise<void> {
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  await withAdmin(kafka, async (admin) => {
    const topics = [{ topic, numPartitions: partitions, configEntries }];
    await admin.createTopics({ topics, waitForLeaders: false }).catch(unlessThere);
    while (!(await hasLeaders(admin, topic, partitions))) await wait(20);
  });
}

export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** A request that is sent again after its answer was late finds what it has made. */
function unlessThere(error: unknown): void {
  const isThere =
    error instanceof KafkaJSAggregateError &&
    error.errors.every((one) => one instanceof KafkaJSProtocolError && one.type === "TOPIC_ALREADY_EXISTS");
  if (!isThere) throw error;
}

async function hasLeaders(admin: Admin, topic: string, partitions: number): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const found = topics[0]?.partitions ?? [];
    return found.length === partitions && found.every(({ leader }) => leader >= 0);
  } catch {
    return false;
  }
}
