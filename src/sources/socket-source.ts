import { allocateInt64 } from "../columnar/buffers.js";
import { CHUNK_ROWS } from "../columnar/chunk.js";
import { chunkOf } from "../columnar/chunk-of.js";
import type { Int64Column } from "../columnar/column.js";
import type { Options } from "../common/check-options.js";
import type { Clock } from "../common/clock.js";
import { SourceError } from "../common/millrace-error.js";
import type { Connection, Network } from "../common/network.js";
import { OptionReader } from "../common/option-reader.js";
import type { DataType, Schema } from "../types/data-type.js";
import { type BacklogProducer, BacklogSource } from "./backlog-source.js";
import { captureLogOf } from "./capture-log-of.js";
import type { ChunkBacklog } from "./chunk-backlog.js";
import { LineSplitter } from "./line-splitter.js";
import { linesColumn } from "./lines-column.js";
import type { SourceFactory } from "./source.js";
import type { SourceEntry } from "./source-registry.js";

const OPTIONS = ["host", "port", "includeTimestamp", "maxBacklogRows", "maxLineBytes", "mode", "capture"];
const MAX_LINE_BYTES = 16 << 20;
const UTF8: DataType = Object.freeze({ kind: "utf8" });
const TIMESTAMP: DataType = Object.freeze({ kind: "timestamp", zone: "UTC" });

/**
 * Options: host, port, includeTimestamp (false), maxBacklogRows, maxLineBytes (16 MiB), capture (false), and what becomes of
 * longer lines: mode "dropmalformed" counts them (the default), "failfast" ends the query.
 * Columns: `value`, and `timestamp` of the arrival.
 */
export function socketEntry(platform: { network: Network; clock: Clock }, options: Options): SourceEntry {
  const reader = new OptionReader(options, OPTIONS, "the socket source");
  const address = { host: reader.requiredText("host"), port: reader.requiredInteger("port", 1) };
  const withTimestamp = reader.boolean("includeTimestamp", false);
  const maxRows = reader.integer("maxBacklogRows", 16 * CHUNK_ROWS, 1);
  const maxLineBytes = reader.integer("maxLineBytes", MAX_LINE_BYTES, 1);
  const isStrict = reader.choice("mode", ["dropmalformed", "failfast"], "dropmalformed") === "failfast";
  const isCaptured = reader.boolean("capture", false);
  const schema = schemaOf(withTimestamp);
  const label = `socket(${address.host}:${address.port})`;
  const config: SocketConfig = { ...platform, ...address, schema, withTimestamp, maxLineBytes, isStrict };
  const open: SourceFactory["open"] = (storage = null) => {
    const capture = isCaptured ? captureLogOf(storage, schema, label) : null;
    return new BacklogSource(schema, new SocketProducer(config), { label, maxRows, capture });
  };
  return { factory: { open }, description: { label, schema, bounded: false, insertOnly: true, streaming: true } };
}

function schemaOf(withTimestamp: boolean): Schema {
  const fields = [{ name: "value", type: UTF8, nullable: false }];
  return { fields: withTimestamp ? [...fields, { name: "timestamp", type: TIMESTAMP, nullable: false }] : fields };
}

interface SocketConfig {
  readonly network: Network;
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
  readonly schema: Schema;
  readonly withTimestamp: boolean;
  readonly maxLineBytes: number;
  /** A line that is too long ends the query. */
  readonly isStrict: boolean;
}

/** Lines of text from a TCP peer. A peer that closes has ended the stream; one that breaks fails the query. */
class SocketProducer implements BacklogProducer {
  readonly #config: SocketConfig;
  readonly #splitter: LineSplitter;
  #connection: Connection | null = null;

  constructor(config: SocketConfig) {
    this.#config = config;
    this.#splitter = new LineSplitter(config.maxLineBytes);
  }

  get malformedRecords(): number {
    return this.#splitter.tooLong;
  }

  async produce(backlog: ChunkBacklog, signal: AbortSignal): Promise<void> {
    const connection = await this.#connect(signal);
    if (connection === null) return;
    this.#connection = connection;
    for await (const received of connection.chunks) {
      if (signal.aborted) return;
      this.#add(backlog, this.#splitter.push(received));
      this.#requireShortLines();
      await backlog.waitForRoom(() => 0, signal);
    }
    if (!signal.aborted) this.#add(backlog, this.#splitter.finish());
  }

  /** Lines go into the backlog as they come. */
  flush(): void {}

  async stop(): Promise<void> {
    await this.#connection?.close();
  }

  async #connect(signal: AbortSignal): Promise<Connection | null> {
    const { network, host, port } = this.#config;
    try {
      return await network.connect(host, port, signal);
    } catch (cause) {
      if (signal.aborted) return null;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SourceError("SOCKET_NOT_CONNECTED", `No connection to ${host}:${port}: ${reason}.`, {
        hint: "Start the server first, for example: nc -lk 9999.",
        cause,
      });
    }
  }

  #requireShortLines(): void {
    const { host, port, maxLineBytes, isStrict } = this.#config;
    if (!isStrict || this.#splitter.tooLong === 0) return;
    throw new SourceError(
      "SOCKET_LINE_TOO_LONG",
      `${host}:${port} has sent a line of more than ${maxLineBytes} bytes.`,
      {
        hint: 'Raise maxLineBytes, or leave such lines out with mode "dropmalformed".',
      },
    );
  }

  #add(backlog: ChunkBacklog, lines: Uint8Array): void {
    if (lines.length === 0) return;
    const value = linesColumn(lines);
    const { schema, withTimestamp, clock } = this.#config;
    const { length } = value;
    backlog.add(chunkOf(schema, withTimestamp ? [value, instants(clock.now(), length)] : [value], length));
  }
}

function instants(millis: number, length: number): Int64Column {
  const values = allocateInt64(length).fill(BigInt(Math.floor(millis)) * 1000n);
  return { layout: "int64", type: TIMESTAMP, length, nullCount: 0, validity: null, values };
}
