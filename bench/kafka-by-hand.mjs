// W1 over a topic as Node programs do it today: kafkajs, JSON.parse, and a Map keyed by a composed string. Its settings
// are the best there are: nothing committed, no partition waiting for another; fetches of 1 to 8 MiB a partition, with one
// partition at a time or with four, made at most 5 % for eachMessage, 10 % for eachBatch.
const WINDOW_MS = 10_000;
const FETCH = { maxBytesPerPartition: 8 * 2 ** 20, maxBytes: 32 * 2 ** 20, minBytes: 1, maxWaitTimeInMs: 100 };

/** Reads `records` records with a consumer of its own; `run` gets what kafkajs's `run` takes. From the first record to the last. */
async function consume(kafka, { topic, records, run }) {
  const consumer = kafka.consumer({ groupId: `bench-${process.hrtime.bigint()}`, ...FETCH });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  let begun = 0n;
  /** @type {() => void} */
  let finish = () => {};
  const finished = new Promise((resolve) => {
    finish = () => resolve(undefined);
  });
  const arrived = (count) => {
    seen += count;
    if (seen >= records) finish();
  };
  consumer.on(consumer.events.FETCH_START, () => {
    begun ||= process.hrtime.bigint();
  });
  await consumer.run({ autoCommit: false, ...run(arrived) });
  await finished;
  const nanos = Number(process.hrtime.bigint() - begun);
  await consumer.disconnect();
  return nanos / records;
}

/** Count, sum and maximum per window and key. */
class Groups {
  groups = new Map();

  add({ ts, key, value }) {
    const at = Date.parse(ts);
    const name = `${Math.floor(at / WINDOW_MS)}|${key}`;
    const group = this.groups.get(name);
    if (group === undefined) this.groups.set(name, { count: 1, sum: value, max: value });
    else {
      group.count++;
      group.sum += value;
      if (value > group.max) group.max = value;
    }
  }
}

export async function eachMessage(kafka, { topic, records }) {
  const result = new Groups();
  const nanos = await consume(kafka, {
    topic,
    records,
    run: (arrived) => ({
      partitionsConsumedConcurrently: 4,
      eachMessage: async ({ message }) => {
        result.add(JSON.parse(message.value.toString()));
        arrived(1);
      },
    }),
  });
  return { nanos, groups: result.groups };
}

export async function eachBatch(kafka, { topic, records }) {
  const result = new Groups();
  const nanos = await consume(kafka, {
    topic,
    records,
    run: (arrived) => ({
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) result.add(JSON.parse(message.value.toString()));
        arrived(batch.messages.length);
      },
    }),
  });
  return { nanos, groups: result.groups };
}

/** Nothing but reading: the bytes of every value are counted. */
export async function eachBatchRaw(kafka, { topic, records }) {
  let bytes = 0;
  const nanos = await consume(kafka, {
    topic,
    records,
    run: (arrived) => ({
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) bytes += message.value.length;
        arrived(batch.messages.length);
      },
    }),
  });
  return { nanos, bytes };
}
