import type { ApiCall } from "./api-call.js";
import { answerOffsets, coordinatorError, readOffsets } from "./api-group-offsets.js";
import type { Requester } from "./transactions.js";
import type { WireReader } from "./wire-reader.js";

const UNKNOWN_TOPIC_OR_PARTITION = 3;
const OPERATION_NOT_ATTEMPTED = 55;

/** InitProducerId. */
export function initProducer(call: ApiCall): void {
  const { from, to, cluster } = call;
  const id = from.nullableString();
  const timeoutMs = from.int32();
  const error = id === null ? call.error : coordinatorError(call, id);
  const made = error === 0 ? cluster.transactions.init(id, timeoutMs) : { error, producerId: -1, epoch: -1 };
  cluster.changed();
  to.int32(0).int16(made.error).int64(made.producerId).int16(made.epoch);
}

/** AddPartitionsToTxn: all partitions or none. */
export function addPartitionsToTransaction(call: ApiCall): void {
  const { from, to, cluster } = call;
  const by = readRequester(from);
  const topics = from.array((one) => ({ name: one.string(), partitions: one.array((each) => each.int32()) }));
  const found = topics.map((topic) => topic.partitions.map((each) => cluster.topics.get(topic.name)?.partitions[each]));
  const logs = found.flat().filter((log) => log !== undefined);
  const complete = logs.length === found.flat().length;
  const error = coordinatorError(call, by.id) || (complete ? cluster.transactions.add(by, { logs }) : 0);
  to.int32(0).array([...topics.entries()], ([index, topic]) => {
    to.string(topic.name).array([...topic.partitions.entries()], ([place, partition]) => {
      const own = found[index]![place] === undefined ? UNKNOWN_TOPIC_OR_PARTITION : OPERATION_NOT_ATTEMPTED;
      to.int32(partition).int16(error || (complete ? 0 : own));
    });
  });
}

/** AddOffsetsToTxn. */
export function addOffsetsToTransaction(call: ApiCall): void {
  const { from, to, cluster } = call;
  const by = readRequester(from);
  const group = from.string();
  to.int32(0).int16(coordinatorError(call, by.id) || cluster.transactions.add(by, { group }));
}

/** TxnOffsetCommit, at the coordinator of the group. */
export function commitTransactionOffsets(call: ApiCall): void {
  const { from, cluster } = call;
  from.string();
  const group = from.string();
  const by = { producerId: from.int64(), epoch: from.int16() };
  const topics = readOffsets(from, group);
  const error = coordinatorError(call, group) || cluster.transactions.verify(by, (one) => one.groups.has(group));
  answerOffsets(call, topics, { error, accept: (offset) => cluster.offsets.hold(by.producerId, [offset]) });
}

/** EndTxn. */
export function endTransaction(call: ApiCall): void {
  const { from, to, cluster } = call;
  const by = readRequester(from);
  const commit = from.bool();
  const error = coordinatorError(call, by.id) || cluster.transactions.end(by, commit);
  cluster.changed();
  to.int32(0).int16(error);
}

function readRequester(from: WireReader): Requester {
  return { id: from.string(), producerId: from.int64(), epoch: from.int16() };
}
