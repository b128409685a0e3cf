import type { DataType } from "../types/data-type.js";

/** Where the bytes of a call come from, for errors. */
export interface DeserializerPlace {
  readonly column: string;
  /** The partition of the source, where it has some. */
  readonly partition: string | null;
}

export function isDeserializer(given: unknown): given is Deserializer {
  if (typeof given !== "object" || given === null) return false;
  return "type" in given && "deserialize" in given && typeof given.deserialize === "function";
}

/**
 * Turns a column of bytes into values of one type, for encodings that need code or knowledge from elsewhere (a schema
 * registry). Called once per chunk of a source, in the order of its rows. What must hold: the same bytes give the same
 * values whenever they are read, or a restart will not repeat itself.
 *
 * @example
 * const upperCase: Deserializer<Utf8Type> = {
 *   type: utf8(),
 *   deserialize: (rows) => rows.map((bytes) => bytes && new TextDecoder().decode(bytes).toUpperCase()),
 * };
 */
export interface Deserializer<T extends DataType = DataType> {
  /** Of the column that the values become. */
  readonly type: T;
  /**
   * One value per row, as `createDataFrame` takes it: null for NULL. A row is null where the column is NULL. The bytes may
   * be views of memory that is used again: copy what must outlive the call.
   */
  deserialize(
    rows: readonly (Uint8Array | null)[],
    place: DeserializerPlace,
  ): readonly unknown[] | Promise<readonly unknown[]>;
}
