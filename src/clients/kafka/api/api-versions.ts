import type { KafkaApi } from "../kafka-api.js";

export interface ApiRange {
  readonly api: number;
  readonly min: number;
  readonly max: number;
}

export interface ApiVersionsAnswer {
  readonly error: number;
  readonly ranges: readonly ApiRange[];
}

export const API_VERSIONS: KafkaApi<null, ApiVersionsAnswer> = {
  api: 18,
  name: "ApiVersions",
  version: 0,
  flexible: false,
  encode: () => {},
  decode: (reader) => ({
    error: reader.int16(),
    ranges: reader.array((r) => ({ api: r.int16(), min: r.int16(), max: r.int16() })),
  }),
};
