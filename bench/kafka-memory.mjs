// Memory over a long read: ten queries one after the other over the same million records of a real broker, W1 to memory; what the process holds after
// each million. Flat means that nothing of what was read stays.
import { brokerWithEvents } from "./kafka-events.mjs";
import { windowed } from "./kafka-windowed.mjs";

const RECORDS = 1_000_000;
const KEYS = 10_000;
const MILLIONS = 10;

export async function kafkaMemory() {
  const { broker, kafka: client, topic } = await brokerWithEvents({ records: RECORDS, keys: KEYS });
  try {
    console.log("Kafka: memory after each million of records read, MiB");
    console.log("  million    rss   heap used   array buffers");
    for (let million = 1; million <= MILLIONS; million++) {
      await windowed(client, { topic, records: RECORDS });
      print(million, process.memoryUsage());
    }
    console.log();
  } finally {
    await broker.remove();
  }
}

function print(million, { rss, heapUsed, arrayBuffers }) {
  const [all, heap, arrays] = [rss, heapUsed, arrayBuffers].map((bytes) => (bytes / 2 ** 20).toFixed(0));
  console.log(`  ${String(million).padStart(7)} ${all.padStart(6)} ${heap.padStart(11)} ${arrays.padStart(15)}`);
}
