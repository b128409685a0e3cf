import type { Deserializer } from "../sources/deserializer.js";
import type {
  BinaryType,
  Int32Type,
  Int64Type,
  ListType,
  MemberTypes,
  NullType,
  StructType,
  TimestampType,
  Utf8Type,
} from "../types/data-type.js";

interface RecordColumns<O> {
  readonly key: BytesOr<O, "keyDeserializer">;
  readonly value: BytesOr<O, "valueDeserializer">;
  readonly topic: Utf8Type;
  readonly partition: Int32Type;
  readonly offset: Int64Type;
  readonly timestamp: TimestampType | NullType;
  readonly timestampType: Int32Type;
}

interface HeaderColumns<O> extends RecordColumns<O> {
  readonly headers: ListType<HeaderType> | NullType;
}

/** Of the type of its deserializer, where there is one. */
type BytesOr<O, Name extends string> =
  | NullType
  | (O extends { readonly [N in Name]: Deserializer<infer T> } ? T : BinaryType);

type HeaderType = StructType<{ readonly key: Utf8Type; readonly value: BinaryType | NullType }>;

/** The columns of records; `headers` only where the options ask for it. */
export type KafkaColumns<O> = O extends { readonly includeHeaders: true }
  ? { readonly [N in keyof HeaderColumns<O>]: HeaderColumns<O>[N] }
  : O extends { readonly includeHeaders: boolean }
    ? MemberTypes
    : { readonly [N in keyof RecordColumns<O>]: RecordColumns<O>[N] };
