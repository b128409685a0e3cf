import type { MemberTypes } from "./data-type.js";
import type { FieldRecord, MembersOf, TypedSchema } from "./type-constructors.js";

/**
 * What the compiler knows of the columns that a user gives as a schema: a record of types (`{ id: int64() }`), what
 * schemaOf made of one, or, knowing nothing, a plain Schema or DDL text.
 */
export type SchemaColumns<I> = I extends string
  ? MemberTypes
  : I extends TypedSchema<infer M>
    ? M
    : I extends FieldRecord
      ? MembersOf<I>
      : MemberTypes;
