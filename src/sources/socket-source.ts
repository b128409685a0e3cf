import { allocateBytes, allocateInt32, allocateInt64 } from "../columnar/buffers.js";
import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import type { BytesColumn, Column, Int64Column } from "../columnar/column.js";
import type { Options } from "../common/check-options.js";
import type { Clock } from "../common/clock.js";
import { SourceError } from "../common/millrace-error.js";
import type { Connection, Network } from "../common/network.js";
import { OptionReader } from "../common/option-reader.js";
import { repairedUtf8 } from "../formats/utf8.js";
import type { DataType, Schema } from "../types/data-type.js";
import { type BacklogProducer, BacklogSource } from "./backlog-source.js";
import type { ChunkBacklog } from "./chunk-backlog.js";
import type { SourceEntry } from "./source-registry.js";

const NEWLINE = 10;
const RETURN = 13;
const UTF8: DataType = Object.freeze({ kind: "utf8" });
const TIMESTAMP: DataType = Object.freeze({ kind: "timestamp", zone: "UTC" });

/** Options: host, port, includeTimestamp (false), maxBacklogRows. Columns: `value`, and `timestamp` of the arrival. */
export function socketEntry(platform: { network: Network; clock: Clock }, options: Options): SourceEntry {
  const reader = new OptionReader(options, ["host", "port", "includeTimestamp", "maxBacklogRows"], "the socket source");
  const address = { host: reader.requiredText("host"), port: reader.requiredInteger("port", 1) };
  const withTimestamp = reader.boolean("includeTimestamp", false);
  const maxRows = reader.integer("maxBacklogRows", 16 * CHUNK_ROWS, 1);
  const schema = schemaOf(withTimestamp);
  const label = `socket(${address.host}:${address.port})`;
  const open = (): BacklogSource =>
    new BacklogSource(schema, new SocketProducer({ ...platform, ...address, schema, withTimestamp }), {
      label,
      maxRows,
    });
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
}

/** Lines of text from a TCP peer. A peer that closes has ended the stream; one that breaks fails the query. */
class SocketProducer implements BacklogProducer {
  readonly #config: SocketConfig;
  #connection: Connection | null = null;

  constructor(config: SocketConfig) {
    this.#config = config;
  }

  async produce(backlog: ChunkBacklog, signal: AbortSignal): Promise<void> {
    const connection = await this.#connect(signal);
    if (connection === null) return;
    this.#connection = connection;
    let open = new Uint8Array(0);
    for await (const received of connection.chunks) {
      if (signal.aborted) return;
      const bytes = open.length === 0 ? received : joined(open, received);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      open = bytes.slice(end);
      this.#add(backlog, bytes.subarray(0, end));
      await backlog.waitForRoom(() => 0, signal);
    }
    if (!signal.aborted && open.length > 0) this.#add(backlog, open);
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

  #add(backlog: ChunkBacklog, lines: Uint8Array): void {
    if (lines.length === 0) return;
    const value = linesColumn(repairedUtf8(lines));
    const { schema, withTimestamp, clock } = this.#config;
    const { length } = value;
    const columns: readonly Column[] = withTimestamp ? [value, instants(clock.now(), length)] : [value];
    const chunk: Chunk = { schema, columns, length, sel: null, weights: null, partition: null, rowBounds: null };
    backlog.add(chunk);
  }
}

/** One row per line, without its newline and the return in front of it; a last line may lack the newline. */
function linesColumn(text: Uint8Array): BytesColumn {
  let length = text[text.length - 1] === NEWLINE ? 0 : 1;
  for (const byte of text) if (byte === NEWLINE) length++;
  const offsets = allocateInt32(length + 1);
  const bytes = allocateBytes(text.length);
  let row = 0;
  let end = 0;
  for (let from = 0; from < text.length; row++) {
    const newline = text.indexOf(NEWLINE, from);
    const to = newline < 0 ? text.length : newline;
    const line = text.subarray(from, to > from && text[to - 1] === RETURN ? to - 1 : to);
    bytes.set(line, end);
    end += line.length;
    offsets[row + 1] = end;
    from = to + 1;
  }
  return { layout: "bytes", type: UTF8, length, nullCount: 0, validity: null, offsets, bytes };
}

function instants(millis: number, length: number): Int64Column {
  const values = allocateInt64(length).fill(BigInt(Math.floor(millis)) * 1000n);
  return { layout: "int64", type: TIMESTAMP, length, nullCount: 0, validity: null, values };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
