import type { KafkaSocket } from "../../../src/clients/kafka/kafka-socket.js";
import { FAKE_APIS } from "./fake-apis.js";
import type { FakeBroker } from "./fake-broker.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

export interface RawFetch {
  readonly topicId: string;
  readonly offset: number;
  readonly partition?: number;
  readonly node?: number;
  readonly epoch?: number;
  readonly committed?: boolean;
  readonly maxBytes?: number;
  readonly minBytes?: number;
  readonly maxWaitMs?: number;
}

export interface RawFetched {
  readonly error: number;
  readonly end: number;
  readonly stable: number;
  readonly start: number;
  readonly aborted: readonly (readonly [producerId: number, first: number])[] | null;
  readonly records: Uint8Array;
}

export interface RawBatch {
  readonly topic: string;
  readonly partition?: number;
  readonly batch: Uint8Array;
  readonly node?: number;
  readonly acks?: number;
  readonly transactionalId?: string;
}

/** Asks a broker, a fake one or not, one thing at a time, with nothing retried. */
export class RawClient {
  readonly #socket: KafkaSocket;
  readonly #timeoutMs: number;

  private constructor(socket: KafkaSocket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
  }

  static async of(broker: Pick<FakeBroker, "provider">, timeoutMs = 1000): Promise<RawClient> {
    return new RawClient(await broker.provider().openSocket(), timeoutMs);
  }

  /** Node 1 unless said. */
  async ask(name: string, write: (to: WireWriter) => unknown, node: number | null = 1): Promise<WireReader> {
    const api = FAKE_APIS.find((one) => one.name === name)!;
    const to = new WireWriter(api.flexible);
    write(to);
    return new WireReader(await this.bytes(name, to.done(), node), api.flexible);
  }

  bytes(name: string, body: Uint8Array, node: number | null = 1): Promise<Uint8Array> {
    const { key, version, flexible } = FAKE_APIS.find((one) => one.name === name)!;
    return this.#socket.send(node, { api: key, name, version, flexible, body, timeoutMs: this.#timeoutMs });
  }

  close(): Promise<void> {
    return this.#socket.close();
  }

  async fetch(asked: RawFetch): Promise<RawFetched> {
    const maxBytes = asked.maxBytes ?? 1 << 20;
    const answer = await this.ask("Fetch", (to) => writeFetch(to, { ...asked, maxBytes }), asked.node);
    answer.int32();
    answer.int16();
    answer.int32();
    const [topic] = answer.array((one) => {
      one.uuid();
      const parts = one.array(readFetched);
      one.tags();
      return parts;
    });
    return topic![0]!;
  }

  async listOffset(
    topic: string,
    timestamp: number,
    more: { readonly committed?: boolean; readonly node?: number; readonly epoch?: number } = {},
  ): Promise<{ error: number; timestamp: number; offset: number }> {
    const write = (to: WireWriter): WireWriter =>
      to
        .int32(-1)
        .int8(more.committed ? 1 : 0)
        .array([topic], (name) => {
          to.string(name).array([0], (part) =>
            to
              .int32(part)
              .int32(more.epoch ?? -1)
              .int64(timestamp),
          );
        });
    const answer = await this.ask("ListOffsets", write, more.node);
    answer.int32();
    const [parts] = answer.array((one) => {
      one.string();
      return one.array((part) => {
        part.int32();
        const found = { error: part.int16(), timestamp: part.int64(), offset: part.int64() };
        part.int32();
        return found;
      });
    });
    return parts![0]!;
  }

  async produce(sent: RawBatch): Promise<{ error: number; base: number; bad: number[]; appendTime: number }> {
    const write = (to: WireWriter): WireWriter =>
      to
        .string(sent.transactionalId ?? null)
        .int16(sent.acks ?? -1)
        .int32(1000)
        .array([sent.topic], (name) => {
          to.string(name).array([sent.partition ?? 0], (part) => to.int32(part).bytes(sent.batch));
        });
    const answer = await this.ask("Produce", write, sent.node);
    const [parts] = answer.array((one) => {
      one.string();
      return one.array((part) => {
        part.int32();
        const outcome = { error: part.int16(), base: part.int64(), appendTime: part.int64() };
        part.int64();
        const bad = part.array((record) => {
          const index = record.int32();
          record.nullableString();
          return index;
        });
        part.nullableString();
        return { ...outcome, bad };
      });
    });
    return parts![0]!;
  }

  async groupOffset(group: string, topic: string): Promise<{ error: number; offset: number; metadata: string | null }> {
    const write = (to: WireWriter): WireWriter =>
      to
        .string(group)
        .array([topic], (name) =>
          to
            .string(name)
            .array([0], (part) => to.int32(part))
            .tags(),
        )
        .bool(true)
        .tags();
    const answer = await this.ask("OffsetFetch", write);
    answer.int32();
    const [parts] = answer.array((one) => {
      one.string();
      const all = one.array((part) => {
        part.int32();
        const offset = part.int64();
        part.int32();
        const found = { offset, metadata: part.nullableString(), error: part.int16() };
        part.tags();
        return found;
      });
      one.tags();
      return all;
    });
    const error = answer.int16();
    return parts?.[0] ?? { error, offset: -1, metadata: null };
  }

  async initProducer(
    id: string | null,
    timeoutMs = 60_000,
  ): Promise<{ error: number; producerId: number; epoch: number }> {
    const answer = await this.ask("InitProducerId", (to) => to.string(id).int32(timeoutMs));
    answer.int32();
    return { error: answer.int16(), producerId: answer.int64(), epoch: answer.int16() };
  }

  /** AddPartitionsToTxn for partition 0, AddOffsetsToTxn, TxnOffsetCommit of partition 0, or EndTxn: the error code. */
  async transaction(by: { id: string; producerId: number; epoch: number }, step: TransactionStep): Promise<number> {
    const requester = (to: WireWriter): WireWriter => to.string(by.id).int64(by.producerId).int16(by.epoch);
    if ("topic" in step) {
      const answer = await this.ask("AddPartitionsToTxn", (to) =>
        requester(to).array([step.topic], (name) => to.string(name).array([0], (part) => to.int32(part))),
      );
      return partitionError(answer);
    }
    if ("commit" in step) return plainError(await this.ask("EndTxn", (to) => requester(to).bool(step.commit)));
    if (!("offset" in step))
      return plainError(await this.ask("AddOffsetsToTxn", (to) => requester(to).string(step.group)));
    const answer = await this.ask("TxnOffsetCommit", (to) => {
      to.string(by.id).string(step.group).int64(by.producerId).int16(by.epoch);
      writeOffset(to, step.of, step.offset);
    });
    return partitionError(answer);
  }

  async commitOffset(group: string, topic: string, offset: number): Promise<number> {
    const answer = await this.ask("OffsetCommit", (to) => {
      to.string(group).int32(-1).string("").string(null);
      writeOffset(to, topic, offset);
    });
    return partitionError(answer);
  }
}

export type TransactionStep =
  | { readonly topic: string }
  | { readonly group: string }
  | { readonly group: string; readonly of: string; readonly offset: number }
  | { readonly commit: boolean };

function writeOffset(to: WireWriter, topic: string, offset: number): void {
  to.array([topic], (name) => {
    to.string(name).array([0], (part) => to.int32(part).int64(offset).int32(-1).string(`at ${offset}`));
  });
}

function plainError(answer: WireReader): number {
  answer.int32();
  return answer.int16();
}

function partitionError(answer: WireReader): number {
  answer.int32();
  const [parts] = answer.array((one) => {
    one.string();
    return one.array((part) => {
      part.int32();
      return part.int16();
    });
  });
  return parts![0]!;
}

function writeFetch(to: WireWriter, asked: RawFetch & { readonly maxBytes: number }): void {
  to.int32(-1)
    .int32(asked.maxWaitMs ?? 0)
    .int32(asked.minBytes ?? 0)
    .int32(asked.maxBytes)
    .int8(asked.committed === false ? 0 : 1)
    .int32(0)
    .int32(-1)
    .array([asked.topicId], (id) => {
      to.uuid(id).array([asked.partition ?? 0], (part) => {
        to.int32(part)
          .int32(asked.epoch ?? -1)
          .int64(asked.offset);
        to.int32(-1).int64(-1).int32(asked.maxBytes).tags();
      });
      to.tags();
    })
    .array([], () => {})
    .string("")
    .tags();
}

function readFetched(part: WireReader): RawFetched {
  part.int32();
  const offsets = { error: part.int16(), end: part.int64(), stable: part.int64(), start: part.int64() };
  const aborted = part.nullableArray((one) => {
    const entry = [one.int64(), one.int64()] as const;
    one.tags();
    return entry;
  });
  part.int32();
  const records = part.nullableBytes() ?? new Uint8Array(0);
  part.tags();
  return { ...offsets, aborted, records };
}
