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

interface RecordColumns {
  readonly key: BinaryType | NullType;
  readonly value: BinaryType | NullType;
  readonly topic: Utf8Type;
  readonly partition: Int32Type;
  readonly offset: Int64Type;
  readonly timestamp: TimestampType | NullType;
  readonly timestampType: Int32Type;
}

interface HeaderColumns extends RecordColumns {
  readonly headers: ListType<HeaderType> | NullType;
}

type HeaderType = StructType<{ readonly key: Utf8Type; readonly value: BinaryType | NullType }>;

/** The columns of records; `headers` only where the options ask for it. */
export type KafkaColumns<O> = O extends { readonly includeHeaders: true }
  ? { readonly [N in keyof HeaderColumns]: HeaderColumns[N] }
  : O extends { readonly includeHeaders: boolean }
    ? MemberTypes
    : { readonly [N in keyof RecordColumns]: RecordColumns[N] };
