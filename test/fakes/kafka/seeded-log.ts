import type { CodecName } from "../../../src/formats/kafka/codec-registry.js";
import type { FakeBroker } from "./fake-broker.js";
import type { FakeRecord } from "./fake-record.js";

const PRODUCERS = ["tx-a", "tx-b", "tx-c"];

/** An integer in [0, below). */
export type RandomBelow = (below: number) => number;

export function seededRandom(seed: number): RandomBelow {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/**
 * A log of three transactional producers and one without, interleaved: committed, aborted and open transactions, small and
 * large batches, null keys and keys that look like an abort marker's. Gives the random numbers that go on after it.
 */
export function writeSeededLog(
  broker: Pick<FakeBroker, "append" | "commit" | "abort">,
  log: {
    readonly topic: string;
    readonly partition: number;
    readonly seed: number;
    readonly steps: number;
    readonly codecs?: readonly CodecName[];
  },
): RandomBelow {
  const random = seededRandom(log.seed);
  const codecs = [undefined, ...(log.codecs ?? (["gzip", "snappy", "lz4", "zstd"] as const))];
  const open = new Set<string>();
  for (let step = 0; step < log.steps; step++) {
    const [producer, act] = [`${PRODUCERS[random(PRODUCERS.length)]}-${log.partition}`, random(10)];
    const records = Array.from({ length: 1 + random(random(8) === 0 ? 40 : 4) }, (_, index) =>
      recordOf(random, [step, index]),
    );
    const codec = codecs[random(codecs.length)];
    const options = codec === undefined ? {} : { codec };
    if (act < 3) broker.append(log.topic, log.partition, records, options);
    else if (act < 8 || !open.has(producer)) {
      open.add(producer);
      broker.append(log.topic, log.partition, records, { ...options, transaction: producer });
    } else {
      open.delete(producer);
      if (random(2) === 0) broker.commit(producer);
      else broker.abort(producer);
    }
  }
  return random;
}

function recordOf(random: RandomBelow, [step, index]: readonly [number, number]): FakeRecord {
  const keys = [null, new Uint8Array(4), `k${random(12)}`, ""];
  const headers = random(5) === 0 ? [["h", "1"] as const, ["h", null] as const] : [];
  const value = random(15) === 0 ? null : `${step}.${index}${"x".repeat(random(60))}`;
  return { key: keys[random(keys.length)]!, value, headers, timestamp: 1_700_000_000_000 + step * 1000 - random(5000) };
}
