import { SourceError } from "../../common/millrace-error.js";
import type { DataType } from "../../types/data-type.js";
import type { Deserializer, DeserializerPlace } from "../deserializer.js";

/** A schema of a registry: reads what stands behind the header. */
export interface RegisteredSchema {
  fromBuffer(bytes: Uint8Array): unknown;
}

/** What is asked of a schema registry client; `SchemaRegistry` of @kafkajs/confluent-schema-registry is one. */
export interface SchemaRegistryClient {
  // The client's own method asks for a Buffer, which is what it gets (see asBuffer); a method is checked loosely enough.
  getSchema(id: number): Promise<{ fromBuffer(bytes: never): unknown }>;
}

export interface ConfluentWireFormatOptions<T extends DataType> {
  readonly registry: SchemaRegistryClient;
  /** Of the values: what records in Avro, JSON or Protobuf become, member by member. */
  readonly type: T;
  /** A record that has no such header, or does not fit its schema: ends the query ("fail", the default), or is NULL. */
  readonly malformed?: "fail" | "null";
}

const MAGIC = 0;
const HEADER_BYTES = 5;

/**
 * Values in the Confluent wire format: a zero byte, the id of a schema (4 bytes, big endian), and the value that the schema
 * describes. Each schema is asked for once.
 *
 * @example
 * const registry = new SchemaRegistry({ host: "http://localhost:8081" });
 * const value = confluentWireFormat({ registry, type: struct({ user: utf8(), amount: float64() }) });
 * const orders = session.readStream.kafka({ brokers: ["localhost:9092"], subscribe: "orders", valueDeserializer: value });
 */
export function confluentWireFormat<T extends DataType>(options: ConfluentWireFormatOptions<T>): Deserializer<T> {
  const schemas = new Map<number, Promise<RegisteredSchema>>();
  const schemaOf = (id: number): Promise<RegisteredSchema> => {
    const known = schemas.get(id);
    if (known !== undefined) return known;
    const asked = options.registry.getSchema(id) as Promise<RegisteredSchema>;
    schemas.set(id, asked);
    // A registry that was down may be up the next time.
    asked.catch(() => schemas.delete(id));
    return asked;
  };
  return {
    type: options.type,
    deserialize: async (rows, place) => {
      const reader = new WireReader(options.malformed ?? "fail", place);
      const known = new Map<number, RegisteredSchema>();
      for (const bytes of rows) {
        const id = bytes === null ? null : schemaIdOf(bytes);
        if (id !== null && !known.has(id)) known.set(id, await schemaOf(id));
      }
      return rows.map((bytes, row) => (bytes === null ? null : reader.read(bytes, row, known)));
    },
  };
}

/** Null where there is no header. */
function schemaIdOf(bytes: Uint8Array): number | null {
  if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC) return null;
  return new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES).getInt32(1);
}

class WireReader {
  readonly #malformed: "fail" | "null";
  readonly #place: DeserializerPlace;

  constructor(malformed: "fail" | "null", place: DeserializerPlace) {
    this.#malformed = malformed;
    this.#place = place;
  }

  read(bytes: Uint8Array, row: number, schemas: ReadonlyMap<number, RegisteredSchema>): unknown {
    const id = schemaIdOf(bytes);
    const schema = id === null ? undefined : schemas.get(id);
    if (schema === undefined) return this.#refuse(row, "it does not begin with a zero byte and a schema id");
    try {
      return schema.fromBuffer(asBuffer(bytes.subarray(HEADER_BYTES)));
    } catch (cause) {
      return this.#refuse(
        row,
        `it does not fit schema ${id}: ${cause instanceof Error ? cause.message : String(cause)}`,
      );
    }
  }

  #refuse(row: number, why: string): null {
    if (this.#malformed === "null") return null;
    throw new SourceError("WIRE_FORMAT", `Row ${row} of a chunk is not in the Confluent wire format: ${why}.`, {
      place: `column ${this.#place.column}`,
      hint: 'Use malformed: "null" to go on with NULL in its place.',
    });
  }
}

/** Libraries for Avro and Protobuf use methods that only Node's Buffer has. */
function asBuffer(bytes: Uint8Array): Uint8Array {
  const host = globalThis as { Buffer?: { from(buffer: ArrayBufferLike, at: number, length: number): Uint8Array } };
  return host.Buffer?.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) ?? bytes;
}
