// Orders of a web shop, as a service would send them: JSON, keyed by customer, a few of them late by some seconds.
import { Partitioners } from "kafkajs";

const COUNTRIES = ["DE", "FR", "GB", "NO", "PL", "US"];
const PRODUCTS = { kettle: 39.9, lamp: 24.5, mug: 8.75, rug: 129, teapot: 32.25 };
const ORDERS_PER_SECOND = 500;
const SENDS_PER_SECOND = 5;
const LATE_SHARE = 0.03;
const LATEST_MS = 8_000;

/** Sends orders until `signal` aborts; gives their number. */
export async function produceOrders(kafka, { topic, signal }) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  let sent = 0;
  while (!signal.aborted) {
    const messages = Array.from({ length: ORDERS_PER_SECOND / SENDS_PER_SECOND }, () => messageOf(sent++));
    await producer.send({ topic, messages });
    await new Promise((resolve) => setTimeout(resolve, 1000 / SENDS_PER_SECOND));
  }
  await producer.disconnect();
  return sent;
}

function messageOf(number) {
  const [product, price] = oneOf(Object.entries(PRODUCTS));
  const behind = Math.random() < LATE_SHARE ? Math.random() * LATEST_MS : Math.random() * 200;
  const customer = `customer-${Math.floor(Math.random() ** 2 * 400)}`;
  const order = {
    id: number,
    orderedAt: new Date(Date.now() - behind).toISOString(),
    customer,
    country: oneOf(COUNTRIES),
    product,
    amount: price * (1 + Math.floor(Math.random() * 3)),
  };
  return { key: customer, value: JSON.stringify(order) };
}

function oneOf(list) {
  return list[Math.floor(Math.random() * list.length)];
}
