import type { ApiCall } from "./api-call.js";
import { type BatchHeader, hasSoundCrc, readBatchHeader, readBatchRecords } from "./fake-batch-reader.js";
import { stampAppendTime } from "./fake-batch-writer.js";
import type { StoredRecord } from "./fake-record.js";
import type { FakeTopic } from "./fake-topic.js";
import { PLAIN } from "./fates.js";
import { leadLog } from "./partition-access.js";
import type { PartitionLog } from "./partition-log.js";

const CORRUPT_MESSAGE = 2;
const MESSAGE_TOO_LARGE = 10;
const INVALID_REQUIRED_ACKS = 21;
const INVALID_TIMESTAMP = 32;
const TRANSACTIONAL_ID_AUTHORIZATION_FAILED = 53;
const INVALID_RECORD = 87;

interface Outcome {
  readonly error: number;
  readonly base: number;
  readonly appendTime?: number;
  readonly start?: number;
  /** Which records of the batch are to blame. */
  readonly bad?: readonly number[];
  readonly message?: string;
}

interface Sent {
  readonly topic: string;
  readonly partition: number;
  readonly records: Uint8Array;
  readonly acks: number;
  readonly transactionalId: string | null;
}

interface Place {
  readonly topic: FakeTopic;
  readonly partition: number;
  readonly log: PartitionLog;
}

/** Produce: one batch per partition. */
export function produce(call: ApiCall): void {
  const { from, to } = call;
  const transactionalId = from.nullableString();
  const acks = from.int16();
  from.int32();
  const topics = from.array((one) => ({
    name: one.string(),
    partitions: one.array((each) => ({ partition: each.int32(), records: each.nullableBytes() ?? new Uint8Array(0) })),
  }));
  to.array(topics, (topic) => {
    to.string(topic.name).array(topic.partitions, ({ partition, records }) => {
      writeOutcome(call, partition, outcomeOf(call, { topic: topic.name, partition, records, acks, transactionalId }));
    });
  });
  to.int32(0);
  call.cluster.changed();
}

function writeOutcome(call: ApiCall, partition: number, outcome: Outcome): void {
  call.to
    .int32(partition)
    .int16(outcome.error)
    .int64(outcome.base)
    .int64(outcome.appendTime ?? -1)
    .int64(outcome.start ?? -1)
    .array(outcome.bad ?? [], (index, to) => to.int32(index).string(`record ${index} is not valid`))
    .string(outcome.message ?? null);
}

function outcomeOf(call: ApiCall, sent: Sent): Outcome {
  const topic = call.cluster.topics.get(sent.topic);
  const log = leadLog(call, topic, { partition: sent.partition, epoch: -1 });
  if (typeof log === "number") return { error: log, base: -1 };
  if (sent.acks !== -1 && sent.acks !== 1) return { error: INVALID_REQUIRED_ACKS, base: -1 };
  return append(call, { topic: topic!, partition: sent.partition, log }, sent);
}

function append(call: ApiCall, place: Place, { records: bytes, transactionalId }: Sent): Outcome {
  const batch = wholeBatch(bytes);
  if (typeof batch === "string") return { error: INVALID_RECORD, base: -1, message: batch };
  if (!hasSoundCrc(bytes)) return { error: CORRUPT_MESSAGE, base: -1, message: "the crc does not match" };
  if (bytes.length > place.topic.maxBatchBytes) return { error: MESSAGE_TOO_LARGE, base: -1, message: "too large" };
  if (batch.transactional && transactionalId === null)
    return { error: TRANSACTIONAL_ID_AUTHORIZATION_FAILED, base: -1 };
  const sequence = place.log.sequences.check(batch);
  if (sequence !== null && "error" in sequence) return { error: sequence.error, base: -1 };
  if (sequence !== null) return { error: 0, base: sequence.duplicateOf, start: place.log.start };
  const unverified = batch.transactional ? transactionError(call, place, batch) : 0;
  if (unverified !== 0) return { error: unverified, base: -1 };
  const records = readBatchRecords(bytes);
  return badRecords(call, place, records) ?? store(call, place, { bytes, batch, records });
}

/** What is wrong with the bytes, or their header. */
function wholeBatch(bytes: Uint8Array): BatchHeader | string {
  if (bytes.length < 61) return "not a whole batch";
  const batch = readBatchHeader(bytes);
  if (batch.magic !== 2) return `magic ${batch.magic}`;
  if (batch.size !== bytes.length) return "there must be one batch per partition, and a whole one";
  if (batch.base !== 0 || batch.control) return "a base offset, or a control batch";
  return batch.count > 0 && batch.last === batch.count - 1 ? batch : "the offsets are not those of its records";
}

function transactionError(call: ApiCall, place: Place, batch: BatchHeader): number {
  return call.cluster.transactions.verify(batch, (transaction) => transaction.logs.has(place.log));
}

function badRecords(call: ApiCall, place: Place, records: readonly StoredRecord[]): Outcome | null {
  const where = (isBad: (record: StoredRecord) => boolean): number[] =>
    [...records.keys()].filter((index) => isBad(records[index]!));
  const keyless = place.topic.compacted ? where((record) => record.key === null) : [];
  if (keyless.length > 0)
    return { error: INVALID_RECORD, base: -1, bad: keyless, message: "no key in a compacted topic" };
  const most = call.cluster.clock.now() + place.topic.maxAheadMs;
  const late = where((record) => record.timestamp > most);
  return late.length > 0
    ? { error: INVALID_TIMESTAMP, base: -1, bad: late, message: "timestamps in the future" }
    : null;
}

function store(
  call: ApiCall,
  place: Place,
  sent: { readonly bytes: Uint8Array; readonly batch: BatchHeader; readonly records: readonly StoredRecord[] },
): Outcome {
  const { topic, log, partition } = place;
  const { cluster } = call;
  const now = cluster.clock.now();
  const stored = log.append(topic.stampsAppendTime ? stampAppendTime(sent.bytes, now) : sent.bytes);
  log.sequences.record(stored);
  const records = sent.records.map((record) => ({
    ...record,
    offset: record.offset + stored.base,
    timestamp: topic.stampsAppendTime ? now : record.timestamp,
  }));
  const fate = sent.batch.transactional ? cluster.transactions.ofProducer(sent.batch.producerId)!.fate : PLAIN;
  cluster.fates.add(topic.logName(partition), records, fate);
  return { error: 0, base: stored.base, start: log.start, ...(topic.stampsAppendTime ? { appendTime: now } : {}) };
}
