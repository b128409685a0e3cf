// Kafka to Kafka in twenty lines: npm run example:kafka
//
// A shop sends orders to a topic; a query with event-time windows sends totals per country to another, each once; a third
// program shows them. KAFKA_BROKERS names brokers (host:port,host:port); without it a broker is started, which needs Java 17
// and Maven. SECONDS (default 45) says how long the shop is open. The query is order-totals.mjs.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { startBroker } from "../tools/kafka/broker.mjs";
import { produceOrders } from "./kafka-orders/order-producer.mjs";
import { startTotals } from "./kafka-orders/order-totals.mjs";
import { startShowing } from "./kafka-orders/shown-totals.mjs";

const OPEN_MS = 1000 * Number(process.env["SECONDS"] ?? 45);
const run = Date.now().toString(36);
const topics = { orders: `orders-${run}`, totals: `order-totals-${run}` };

const directory = await mkdtemp(join(tmpdir(), "millrace-orders-"));
const broker = process.env["KAFKA_BROKERS"] ? null : await ownBroker();
try {
  const brokers = process.env["KAFKA_BROKERS"]?.split(",") ?? [broker?.address ?? ""];
  await shop(new Kafka({ clientId: "orders", brokers, logLevel: logLevel.NOTHING }));
} finally {
  await broker?.remove();
  await rm(directory, { recursive: true, force: true });
}

function ownBroker() {
  console.log("No KAFKA_BROKERS: starting a broker (the first time, its 43 MB are fetched) ...");
  return startBroker({ directory: join(directory, "broker") });
}

async function shop(client) {
  await createTopics(client);
  const totals = await startTotals({
    client,
    from: topics.orders,
    to: topics.totals,
    checkpoint: join(directory, "state"),
  });
  console.log(`${topics.orders} -> ${topics.totals}: ${totals.guarantee.level} (${totals.guarantee.reason})`);
  const shown = startShowing({ client, topic: topics.totals, show: console.log });
  const watching = await shown.query;
  const sent = await produceOrders(client, { topic: topics.orders, signal: AbortSignal.timeout(OPEN_MS) });
  await totals.processAllAvailable();
  await totals.drain();
  await watching.processAllAvailable();
  await watching.stop();
  report({ sent, late: lateOf(totals), counted: shown.seen.orders });
}

async function createTopics(client) {
  const admin = client.admin();
  await admin.connect();
  const made = [
    { topic: topics.orders, numPartitions: 4 },
    { topic: topics.totals, numPartitions: 1 },
  ];
  await admin.createTopics({ topics: made, waitForLeaders: false });
  await admin.disconnect();
}

function lateOf(query) {
  return query.lateRows().reduce((sum, { total }) => sum + total, 0);
}

function report({ sent, late, counted }) {
  console.log(
    `\n${sent} orders sent = ${counted} in the totals + ${late} too late: ${sent === counted + late ? "yes" : "NO"}`,
  );
  if (sent !== counted + late) process.exitCode = 1;
}
