import fc from "fast-check";
import { expect, test } from "vitest";
import { ADD_OFFSETS_TO_TXN } from "../../../src/clients/kafka/api/add-offsets-to-txn.js";
import { ADD_PARTITIONS_TO_TXN } from "../../../src/clients/kafka/api/add-partitions-to-txn.js";
import { API_VERSIONS } from "../../../src/clients/kafka/api/api-versions.js";
import { CREATE_TOPICS } from "../../../src/clients/kafka/api/create-topics.js";
import { END_TXN } from "../../../src/clients/kafka/api/end-txn.js";
import { FETCH } from "../../../src/clients/kafka/api/fetch.js";
import { FIND_COORDINATOR } from "../../../src/clients/kafka/api/find-coordinator.js";
import { INIT_PRODUCER_ID } from "../../../src/clients/kafka/api/init-producer-id.js";
import { LIST_OFFSETS } from "../../../src/clients/kafka/api/list-offsets.js";
import { METADATA } from "../../../src/clients/kafka/api/metadata.js";
import { OFFSET_COMMIT } from "../../../src/clients/kafka/api/offset-commit.js";
import { OFFSET_FETCH } from "../../../src/clients/kafka/api/offset-fetch.js";
import { PRODUCE } from "../../../src/clients/kafka/api/produce.js";
import { TXN_OFFSET_COMMIT } from "../../../src/clients/kafka/api/txn-offset-commit.js";
import type { KafkaApi } from "../../../src/clients/kafka/kafka-api.js";
import { KafkaError } from "../../../src/clients/kafka/kafka-error.js";
import type { KafkaSocketProvider } from "../../../src/clients/kafka/kafka-socket.js";
import { WireCluster } from "../../../src/clients/kafka/wire-cluster.js";
import { WireReader } from "../../../src/clients/kafka/wire-reader.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import { sendTo, topicOf } from "./kafka-lab.js";

const APIS: readonly KafkaApi<never, unknown>[] = [
  ADD_OFFSETS_TO_TXN,
  ADD_PARTITIONS_TO_TXN,
  API_VERSIONS,
  CREATE_TOPICS,
  END_TXN,
  FETCH,
  FIND_COORDINATOR,
  INIT_PRODUCER_ID,
  LIST_OFFSETS,
  METADATA,
  OFFSET_COMMIT,
  OFFSET_FETCH,
  PRODUCE,
  TXN_OFFSET_COMMIT,
];

/** Every answer of a session that uses all calls. */
async function recordedAnswers(): Promise<ReadonlyMap<string, readonly Uint8Array[]>> {
  const broker = new FakeBroker({ nodes: 2 });
  const answers = new Map<string, Uint8Array[]>(APIS.map(({ name }) => [name, []]));
  const provider: KafkaSocketProvider = {
    label: "recorded",
    openSocket: async () => {
      const socket = await broker.provider().openSocket();
      return {
        send: async (node, request) => {
          const answer = await socket.send(node, request);
          answers.get(request.name)!.push(answer.slice());
          return answer;
        },
        close: () => socket.close(),
      };
    },
  };
  const cluster = await WireCluster.open(provider, { clock: broker.clock, deadlineMs: 1000 });
  await cluster.createTopic("out", { partitions: 2, configs: {} });
  const topic = await topicOf(cluster, "out");
  const producer = cluster.producer({ transactionalId: "tx", transactionTimeoutMs: 1000 });
  await producer.fence();
  const offsets = [{ topic: "out", partition: 0, offset: 1, metadata: "m" }];
  for (const commit of [true, false]) {
    await sendTo(producer, { topic, partition: 0 }, ["a", "b"]);
    await producer.sendOffsets("g", offsets);
    await (commit ? producer.commit() : producer.abort());
  }
  await cluster.commitOffsets("g", offsets);
  await cluster.groupOffsets("g", "out", [0, 1]);
  await cluster.offsets(topic, [0, 1], { query: { kind: "latest" }, isolation: "read_committed" });
  const positions = [0, 1].map((partition) => ({ topicId: topic.id, partition, offset: 0, maxBytes: 1e6 }));
  await cluster.fetch({ positions, isolation: "read_committed", maxWaitMs: 0, minBytes: 0, maxBytes: 1e6 });
  await cluster.close();
  return answers;
}

const answers = await recordedAnswers();

/** A whole answer, or a refusal that names it. */
function decode(api: KafkaApi<never, unknown>, bytes: Uint8Array): unknown {
  const reader = new WireReader(bytes, `${api.name} answer`);
  const answer = api.decode(reader);
  reader.end();
  return answer;
}

function decodesOrRefuses(api: KafkaApi<never, unknown>, bytes: Uint8Array): void {
  try {
    decode(api, bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(KafkaError);
    expect(error).toMatchObject({ code: "KAFKA_RESPONSE", message: expect.stringContaining(`${api.name} answer`) });
  }
}

for (const api of APIS) {
  test(`${api.name}: cut off anywhere, it is refused`, () => {
    const recorded = answers.get(api.name)!;
    expect(recorded.length).toBeGreaterThan(0);
    for (const answer of recorded) {
      expect(() => decode(api, answer)).not.toThrow();
      for (let end = 0; end < answer.length; end++) {
        expect(() => decode(api, answer.subarray(0, end))).toThrow("KAFKA_RESPONSE");
      }
      expect(() => decode(api, new Uint8Array([...answer, 0]))).toThrow("1 bytes too many");
    }
  });

  test(`${api.name}: changed bytes, hostile lengths and noise are read or refused, nothing else`, () => {
    const length = fc.constantFrom([127, 255, 255, 255], [255, 255, 255, 255, 15], [128, 0, 0, 0], [255, 255]);
    const change = fc.record({ at: fc.nat(), bytes: fc.oneof(length, fc.array(fc.nat(255), { maxLength: 3 })) });
    const changed = fc
      .tuple(fc.constantFrom(...answers.get(api.name)!), fc.array(change, { minLength: 1, maxLength: 4 }))
      .map(([answer, changes]) => {
        const bytes = answer.slice();
        for (const { at, bytes: others } of changes) {
          const start = at % bytes.length;
          bytes.set(others.slice(0, bytes.length - start), start);
        }
        return bytes;
      });
    const noise = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: changed }, noise), (bytes) => decodesOrRefuses(api, bytes)),
      { numRuns: 300 },
    );
  });
}
