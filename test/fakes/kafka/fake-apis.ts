import type { ApiHandler } from "./api-call.js";
import { fetchRecords } from "./api-fetch.js";
import { commitOffsets, fetchOffsets } from "./api-group-offsets.js";
import { listOffsets } from "./api-list-offsets.js";
import { produce } from "./api-produce.js";
import { createTopics, describeTopics, findCoordinator } from "./api-topics.js";
import {
  addOffsetsToTransaction,
  addPartitionsToTransaction,
  commitTransactionOffsets,
  endTransaction,
  initProducer,
} from "./api-transactions.js";

export interface FakeApi {
  readonly name: string;
  readonly key: number;
  /** The one version that is spoken here. */
  readonly version: number;
  readonly flexible: boolean;
  /** What Kafka 4 says that it takes. */
  readonly range: readonly [min: number, max: number];
  readonly handle: ApiHandler;
}

/** All but ApiVersions, which answers from this table. */
export const FAKE_APIS: readonly FakeApi[] = [
  { name: "Produce", key: 0, version: 8, flexible: false, range: [0, 13], handle: produce },
  { name: "Fetch", key: 1, version: 13, flexible: true, range: [4, 18], handle: fetchRecords },
  { name: "ListOffsets", key: 2, version: 5, flexible: false, range: [1, 11], handle: listOffsets },
  { name: "Metadata", key: 3, version: 12, flexible: true, range: [0, 13], handle: describeTopics },
  { name: "OffsetCommit", key: 8, version: 7, flexible: false, range: [2, 10], handle: commitOffsets },
  { name: "OffsetFetch", key: 9, version: 7, flexible: true, range: [1, 10], handle: fetchOffsets },
  { name: "FindCoordinator", key: 10, version: 2, flexible: false, range: [0, 6], handle: findCoordinator },
  { name: "CreateTopics", key: 19, version: 4, flexible: false, range: [2, 7], handle: createTopics },
  { name: "InitProducerId", key: 22, version: 1, flexible: false, range: [0, 6], handle: initProducer },
  {
    name: "AddPartitionsToTxn",
    key: 24,
    version: 1,
    flexible: false,
    range: [0, 5],
    handle: addPartitionsToTransaction,
  },
  { name: "AddOffsetsToTxn", key: 25, version: 1, flexible: false, range: [0, 4], handle: addOffsetsToTransaction },
  { name: "EndTxn", key: 26, version: 1, flexible: false, range: [0, 5], handle: endTransaction },
  { name: "TxnOffsetCommit", key: 28, version: 2, flexible: false, range: [0, 5], handle: commitTransactionOffsets },
];

export const API_VERSIONS = { name: "ApiVersions", key: 18, version: 0, range: [0, 4] } as const;
