import type { ApiCall } from "./api-call.js";
import { leadLog } from "./partition-access.js";
import type { PartitionLog } from "./partition-log.js";
import type { WireReader } from "./wire-reader.js";

const OFFSET_OUT_OF_RANGE = 1;
const FETCH_SESSION_ID_NOT_FOUND = 70;
const UNKNOWN_TOPIC_ID = 100;
const NONE = new Uint8Array(0);

interface Position {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: number;
  readonly maxBytes: number;
}

interface Fetch {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly committed: boolean;
  readonly session: number;
  readonly topics: readonly { readonly id: string; readonly positions: readonly Position[] }[];
}

interface Part {
  readonly error: number;
  readonly log: PartitionLog | null;
  readonly position: Position;
  readonly records: Uint8Array;
}

interface Answer {
  readonly topics: readonly { readonly id: string; readonly parts: readonly Part[] }[];
  readonly bytes: number;
  readonly failed: boolean;
}

/** Fetch: waits until there are `minBytes`, or a partition has an error, or the wait is over. */
export async function fetchRecords(call: ApiCall): Promise<void> {
  const { clock } = call.cluster;
  const request = readFetch(call.from);
  const end = clock.monotonic() + request.maxWaitMs;
  let answer = collect(call, request);
  while (answer.bytes < request.minBytes && !answer.failed && clock.monotonic() < end && !call.signal.aborted) {
    await changeOrTime(call, end - clock.monotonic());
    answer = collect(call, request);
  }
  writeAnswer(call, { request, answer });
}

function readFetch(from: WireReader): Fetch {
  from.int32();
  const limits = { maxWaitMs: from.int32(), minBytes: from.int32(), maxBytes: from.int32() };
  const committed = from.int8() === 1;
  const session = from.int32();
  from.int32();
  const topics = from.array((one) => {
    const topic = { id: one.uuid(), positions: one.array(readPosition) };
    one.tags();
    return topic;
  });
  from.array((one) => {
    one.uuid();
    one.array((partition) => partition.int32());
    one.tags();
  });
  from.string();
  from.tags();
  return { ...limits, committed, session, topics };
}

function readPosition(from: WireReader): Position {
  const start = { partition: from.int32(), epoch: from.int32(), offset: from.int64() };
  from.int32();
  from.int64();
  const maxBytes = from.int32();
  from.tags();
  return { ...start, maxBytes };
}

async function changeOrTime(call: ApiCall, ms: number): Promise<void> {
  const woken = new AbortController();
  const stop = (): void => woken.abort();
  call.signal.addEventListener("abort", stop);
  await Promise.race([call.cluster.nextChange(), call.cluster.clock.sleep(ms, woken.signal)]);
  call.signal.removeEventListener("abort", stop);
  woken.abort();
}

/** In the order asked for; the first batch of all may be larger than any limit. */
function collect(call: ApiCall, request: Fetch): Answer {
  let bytes = 0;
  let failed = request.session !== 0 || request.topics.length === 0;
  const topics = request.topics.map(({ id, positions }) => ({
    id,
    parts: positions.map((position) => {
      const maxBytes = Math.min(position.maxBytes, Math.max(0, request.maxBytes - bytes));
      const limits = { maxBytes, atLeastOne: bytes === 0, committed: request.committed };
      const part = readPart(call, { id, position }, limits);
      bytes += part.records.length;
      failed ||= part.error !== 0;
      return part;
    }),
  }));
  return { topics, bytes, failed };
}

function readPart(
  call: ApiCall,
  at: { readonly id: string; readonly position: Position },
  limits: { readonly maxBytes: number; readonly atLeastOne: boolean; readonly committed: boolean },
): Part {
  const { position } = at;
  const topic = call.cluster.topicOfId(at.id);
  const missing = topic === undefined && call.error === 0;
  const log = missing ? UNKNOWN_TOPIC_ID : leadLog(call, topic, position);
  if (typeof log === "number") return { error: log, log: null, position, records: NONE };
  if (position.offset < log.start || position.offset > log.end) {
    return { error: OFFSET_OUT_OF_RANGE, log: null, position, records: NONE };
  }
  const bound = limits.committed ? log.stable : log.end;
  return { error: 0, log, position, records: log.read(position.offset, { ...limits, bound }) };
}

function writeAnswer(call: ApiCall, parts: { readonly request: Fetch; readonly answer: Answer }): void {
  const { to } = call;
  const known = parts.request.session === 0;
  to.int32(0)
    .int16(known ? 0 : FETCH_SESSION_ID_NOT_FOUND)
    .int32(0);
  to.array(known ? parts.answer.topics : [], (topic) => {
    to.uuid(topic.id)
      .array(topic.parts, (part) => writePart(call, part, parts.request.committed))
      .tags();
  });
  to.tags();
}

function writePart(call: ApiCall, part: Part, committed: boolean): void {
  const { log, records, position } = part;
  const { to } = call;
  to.int32(position.partition).int16(part.error);
  for (const offset of [log?.end, log?.stable, log?.start]) to.int64(offset ?? -1);
  // Null, not empty, for who did not ask for committed records.
  const aborted = committed && log !== null ? abortedFor(log, part) : null;
  to.array(aborted, (one) => to.int64(one.producerId).int64(one.first).tags());
  to.int32(-1).bytes(records).tags();
}

function abortedFor(log: PartitionLog, { position, records }: Part): ReturnType<PartitionLog["aborted"]> {
  return records.length === 0 ? [] : log.aborted(position.offset, records.length);
}
