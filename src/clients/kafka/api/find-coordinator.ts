import type { KafkaApi } from "../kafka-api.js";

export interface CoordinatorRequest {
  readonly kind: "group" | "transaction";
  /** The group, or the transactional id. */
  readonly key: string;
}

export interface CoordinatorAnswer {
  readonly error: number;
  readonly message: string | null;
  readonly node: number;
}

export const FIND_COORDINATOR: KafkaApi<CoordinatorRequest, CoordinatorAnswer> = {
  api: 10,
  name: "FindCoordinator",
  version: 2,
  flexible: false,
  encode: (writer, request) => {
    writer.string(request.key).int8(request.kind === "group" ? 0 : 1);
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    const answer = { error: reader.int16(), message: reader.nullableString(), node: reader.int32() };
    reader.string(); // host
    reader.int32(); // port
    return answer;
  },
};
