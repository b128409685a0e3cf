// W1 over a real topic: 1M JSON records of 120 bytes in 4 partitions, from the broker to a table in memory, beside kafkajs
// with eachMessage and eachBatch. Needs Java and Maven for the broker. Contestants run in turns, in this process.
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Session } from "millrace";
import { eachBatch, eachBatchRaw, eachMessage } from "./kafka-by-hand.mjs";
import { brokerWithEvents, RECORD_BYTES } from "./kafka-events.mjs";
import { windowed } from "./kafka-windowed.mjs";
import { quantile, spread } from "./statistics.mjs";

const RECORDS = 1_000_000;
const KEYS = 10_000;
/** The first round is warm-up (compilation) and not counted. */
const ROUNDS = 6;
/** For the broker to be done with the group that has left. */
const SETTLING_MS = 200;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

export async function kafka() {
  const { broker, kafka: client, topic } = await brokerWithEvents({ records: RECORDS, keys: KEYS });
  try {
    const results = await rounds(client, topic);
    print(results);
  } finally {
    await broker.remove();
  }
}

async function rounds(client, topic) {
  const request = { topic, records: RECORDS };
  /** @type {Record<string, number[]>} */
  const times = { millrace: [], eachMessage: [], eachBatch: [], "millrace raw": [], "eachBatch raw": [] };
  for (let round = 0; round < ROUNDS; round++) {
    const ours = await alone(() => windowed(client, request));
    const byMessage = await alone(() => eachMessage(client, request));
    const byBatch = await alone(() => eachBatch(client, request));
    requireSameGroups(ours.groups, byMessage.groups);
    requireSameGroups(ours.groups, byBatch.groups);
    times.millrace.push(ours.nanos);
    times.eachMessage.push(byMessage.nanos);
    times.eachBatch.push(byBatch.nanos);
    times["millrace raw"].push((await alone(() => raw(client, request))).nanos);
    times["eachBatch raw"].push((await alone(() => eachBatchRaw(client, request))).nanos);
  }
  return times;
}

/** Runs one contestant when the garbage of the one before is gone: each pays for its own. */
async function alone(run) {
  collectGarbage();
  await wait(SETTLING_MS);
  return run();
}

/** Nothing but reading: the records are counted. */
async function raw(client, { topic }) {
  const session = new Session();
  const begun = process.hrtime.bigint();
  const counted = await session.read.kafka({ client, subscribe: topic }).count();
  if (counted !== RECORDS) throw new Error(`read ${counted} of ${RECORDS} records`);
  return { nanos: Number(process.hrtime.bigint() - begun) / RECORDS };
}

/** Every value is a multiple of an eighth, so sums do not depend on the order of rows. */
function requireSameGroups(ours, theirs) {
  if (ours.size !== theirs.size) throw new Error(`${ours.size} groups beside ${theirs.size}`);
  for (const [name, group] of theirs) {
    const own = ours.get(name);
    if (own?.count !== group.count || own.sum !== group.sum || own.max !== group.max) {
      throw new Error(`group ${name}: ${JSON.stringify(own)} beside ${JSON.stringify(group)}`);
    }
  }
}

function print(times) {
  const counted = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.slice(1)]));
  console.log(
    `Kafka: ${RECORDS} JSON records of ${RECORD_BYTES} bytes in 4 partitions, W1 to memory; ns per record, median (min-max) of ${ROUNDS - 1} rounds`,
  );
  for (const [name, all] of Object.entries(counted)) console.log(`  ${name.padEnd(14)} ${spread(all, 0)}`);
  const ratio = (a, b) => (quantile(counted[a], 0.5) / quantile(counted[b], 0.5)).toFixed(1);
  console.log(`  eachMessage / millrace: ${ratio("eachMessage", "millrace")}`);
  console.log(`  eachBatch / millrace: ${ratio("eachBatch", "millrace")}`);
  console.log(`  raw reading, eachBatch / millrace: ${ratio("eachBatch raw", "millrace raw")}\n`);
}
