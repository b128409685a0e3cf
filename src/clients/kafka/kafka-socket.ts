/** One request as bytes: which API in which version, and its encoded body without a header. */
export interface KafkaRequest {
  /** The protocol's number of the API, e.g. 1 for Fetch. */
  readonly api: number;
  /** For messages, e.g. `Fetch`. */
  readonly name: string;
  readonly version: number;
  /** The version is a flexible one: headers carry tagged fields, which the socket writes and skips. */
  readonly flexible: boolean;
  readonly body: Uint8Array;
  /** No answer after so long: rejects. */
  readonly timeoutMs: number;
}

/**
 * All that is asked of a Kafka client library: a way to send bytes to a broker, with addresses, TLS, SASL and reconnects
 * behind it. What an implementer must do: answers arrive whole, as the body behind the response header, in a buffer that
 * nobody else writes to; concurrent calls are fine; a broker that cannot be reached rejects within `timeoutMs`.
 */
export interface KafkaSocket {
  /** `node`: a broker's id, or null for whichever answers. Rejects with the library's or the system's error. */
  send(node: number | null, request: KafkaRequest): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens sockets: a query holds one for each of its Kafka sources and sinks. */
export interface KafkaSocketProvider {
  /** What messages say, e.g. `localhost:9092`. */
  readonly label: string;
  openSocket(): Promise<KafkaSocket>;
}
