/** A byte stream from a peer. */
export interface Connection {
  /** Chunks as they arrive; ends when the peer closes; throws a SourceError on failure. */
  readonly chunks: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface Network {
  /** Opens a TCP connection; rejects with the system's error, or when `signal` aborts. */
  connect(host: string, port: number, signal: AbortSignal): Promise<Connection>;
}
