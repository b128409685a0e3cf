import type { FieldRecord, MembersOf, TypedSchema } from "../types/type-constructors.js";
import type { Unknown } from "./frame-columns.js";

/**
 * What the compiler knows of the columns that a user gives as a schema: a record of types (`{ id: int64() }`), what
 * schemaOf made of one, or, knowing nothing, a plain Schema or DDL text.
 */
export type SchemaColumns<I> = I extends string
  ? Unknown
  : I extends TypedSchema<infer M>
    ? M
    : I extends FieldRecord
      ? MembersOf<I>
      : Unknown;
