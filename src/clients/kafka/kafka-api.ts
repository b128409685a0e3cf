import type { WireReader } from "./wire-reader.js";
import type { WireWriter } from "./wire-writer.js";

/** One call of the protocol in the one version that is spoken here. Versions are those that Kafka 3.1 and 4 both know. */
export interface KafkaApi<Q, R> {
  readonly api: number;
  readonly name: string;
  readonly version: number;
  readonly flexible: boolean;
  encode(writer: WireWriter, request: Q): void;
  /** Reads the whole answer; what is inconsistent in it is refused through `reader.damaged`. */
  decode(reader: WireReader): R;
}
