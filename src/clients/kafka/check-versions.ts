import { ADD_OFFSETS_TO_TXN } from "./api/add-offsets-to-txn.js";
import { ADD_PARTITIONS_TO_TXN } from "./api/add-partitions-to-txn.js";
import { API_VERSIONS, type ApiVersionsAnswer } from "./api/api-versions.js";
import { CREATE_TOPICS } from "./api/create-topics.js";
import { END_TXN } from "./api/end-txn.js";
import { FETCH } from "./api/fetch.js";
import { FIND_COORDINATOR } from "./api/find-coordinator.js";
import { INIT_PRODUCER_ID } from "./api/init-producer-id.js";
import { LIST_OFFSETS } from "./api/list-offsets.js";
import { METADATA } from "./api/metadata.js";
import { OFFSET_COMMIT } from "./api/offset-commit.js";
import { OFFSET_FETCH } from "./api/offset-fetch.js";
import { PRODUCE } from "./api/produce.js";
import { TXN_OFFSET_COMMIT } from "./api/txn-offset-commit.js";
import type { KafkaApi } from "./kafka-api.js";
import { KafkaError } from "./kafka-error.js";
import { accept } from "./refusal.js";

const SPOKEN: readonly Pick<KafkaApi<never, unknown>, "api" | "name" | "version">[] = [
  PRODUCE,
  FETCH,
  LIST_OFFSETS,
  METADATA,
  OFFSET_COMMIT,
  OFFSET_FETCH,
  FIND_COORDINATOR,
  API_VERSIONS,
  CREATE_TOPICS,
  INIT_PRODUCER_ID,
  ADD_PARTITIONS_TO_TXN,
  ADD_OFFSETS_TO_TXN,
  END_TXN,
  TXN_OFFSET_COMMIT,
];

/** Refuses a broker that does not speak one of the calls in the version used here. */
export function checkVersions(answer: ApiVersionsAnswer, label: string): void {
  accept(answer.error, { what: "ApiVersions", node: null });
  for (const { api, name, version } of SPOKEN) {
    const range = answer.ranges.find((other) => other.api === api);
    if (range !== undefined && range.min <= version && version <= range.max) continue;
    const theirs = range === undefined ? "not at all" : `in the versions ${range.min} to ${range.max}`;
    throw new KafkaError(
      "KAFKA_VERSION",
      `The broker understands ${name} ${theirs}, and version ${version} is needed.`,
      { place: label, hint: "Use brokers of Kafka 3.1 or newer, up to 4." },
    );
  }
}
