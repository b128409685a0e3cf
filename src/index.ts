export type { CommitPermit } from "./checkpoint/commit-permit.js";
export { KafkaError } from "./clients/kafka/kafka-error.js";
export type { KafkaRequest, KafkaSocket, KafkaSocketProvider } from "./clients/kafka/kafka-socket.js";
export type { Clock } from "./common/clock.js";
export type { FileInfo, FileSystem } from "./common/file-system.js";
export {
  AnalysisError,
  CheckpointError,
  ExpressionError,
  FormatError,
  MillraceError,
  OptionError,
  QueryError,
  SinkError,
  SourceError,
  StreamingRefusal,
} from "./common/millrace-error.js";
export type { Connection, Network } from "./common/network.js";
export type { Platform } from "./common/platform.js";
export type { Random } from "./common/random.js";
export type { Terminal } from "./common/terminal.js";
export type { BatchFrame } from "./dataframe/batch-frame.js";
export {
  type BatchSource,
  consoleSink,
  type ForeachBatchContext,
  type ForeachBatchFunction,
  foreachBatchSink,
  foreachSink,
  memorySink,
} from "./dataframe/built-in-sinks.js";
export { type ColumnsIn, DataFrame } from "./dataframe/data-frame.js";
export type { DataFrameReader, SchemaFrameReader } from "./dataframe/data-frame-reader.js";
export type { DataFrameWriter } from "./dataframe/data-frame-writer.js";
export type {
  DataStreamReader,
  IterableReadOptions,
  RateMicroBatchOptions,
  RateOptions,
  SocketColumns,
  SocketOptions,
} from "./dataframe/data-stream-reader.js";
export type { DataStreamWriter } from "./dataframe/data-stream-writer.js";
export type { Delta, DeltaStream } from "./dataframe/delta-stream.js";
export type { CheckpointOptions, RestartOptions } from "./dataframe/durability-options.js";
export type { FileColumns } from "./dataframe/file-columns.js";
export { arrowSink, type FileSinkOptions, jsonSink, parquetSink, textSink } from "./dataframe/file-sinks.js";
export type { Unknown } from "./dataframe/frame-columns.js";
export type { GroupedData } from "./dataframe/grouped-data.js";
export type { KafkaColumns } from "./dataframe/kafka-columns.js";
export type { KafkaConnection } from "./dataframe/kafka-connection.js";
export type {
  ByKafkaPartition,
  KafkaBatchOptions,
  KafkaInstant,
  KafkaOffsets,
  KafkaStreamOptions,
} from "./dataframe/kafka-read-options.js";
export { type KafkaRecordOptions, type KafkaSinkOptions, kafkaSink } from "./dataframe/kafka-sinks.js";
export type { RowOf, RowOptions } from "./dataframe/row-of.js";
export { FrameSession, type SessionParts } from "./dataframe/session.js";
export type { SinkChoice } from "./dataframe/sink-choice.js";
export type { StateMetadataColumns, StateOptions } from "./dataframe/state-frames.js";
export type { TriggerOptions } from "./dataframe/trigger-options.js";
export type { WatermarkOptions } from "./dataframe/watermark-node.js";
export { Column } from "./expressions/column-expression.js";
export { avg, count, countDistinct, first, last, max, min, sum } from "./expressions/functions/aggregates.js";
export { fromArrowIpc, toArrowIpc } from "./expressions/functions/arrow.js";
export { col } from "./expressions/functions/col.js";
export { fromJson, toJson } from "./expressions/functions/json.js";
export { lit } from "./expressions/functions/lit.js";
export { and, not, or } from "./expressions/functions/logic.js";
export { elementAt, explode, explodeOuter, size } from "./expressions/functions/nested.js";
export { coalesce, greatest, isNaN, isNotNull, isNull, least } from "./expressions/functions/nulls.js";
export { abs, ceil, floor, negate, round } from "./expressions/functions/numbers.js";
export { sessionWindow } from "./expressions/functions/session-window.js";
export { struct } from "./expressions/functions/struct.js";
export { concat, length, lower, split, substring, trim, upper } from "./expressions/functions/text.js";
export {
  addInterval,
  dateTrunc,
  dayOfMonth,
  dayOfWeek,
  fromUtcTimestamp,
  hour,
  minute,
  month,
  now,
  quarter,
  second,
  toDate,
  toTimestamp,
  toUtcTimestamp,
  windowTime,
  year,
} from "./expressions/functions/time.js";
export { userAggregate } from "./expressions/functions/user-aggregate.js";
export { when } from "./expressions/functions/when.js";
export { window } from "./expressions/functions/window.js";
export { Session, type SessionOptions } from "./node-session.js";
export type {
  CheckpointRequest,
  Engine,
  Guarantee,
  LateRowsOfOperator,
  QueryHandle,
  QueryListener,
  QueryRegistry,
  QueryStatus,
  RestartRequest,
} from "./plan/engine.js";
export type { OutputMode } from "./plan/output-mode.js";
export type { LatePolicy, PlanNode } from "./plan/plan-node.js";
export type { HeldBackBy, QueryProgress, SourceProgress, StateOperatorProgress } from "./plan/query-progress.js";
export type { Sink, SinkBatch, SinkMode, SinkShape } from "./sinks/sink.js";
export type { SaveMode } from "./sinks/write-files.js";
export type { Deserializer, DeserializerPlace } from "./sources/deserializer.js";
export {
  type ConfluentWireFormatOptions,
  confluentWireFormat,
  type SchemaRegistryClient,
} from "./sources/kafka/confluent-wire-format.js";
export { type KafkaOffsetRange, kafkaOffsetRanges } from "./sources/kafka/kafka-offset-ranges.js";
export { type AddOptions, MemoryStream, type MemoryStreamOptions } from "./sources/memory-stream.js";
export type { LatestOffset, Offset, ReadLimit, Source, SourceFactory } from "./sources/source.js";
export { LocalEngine } from "./streaming/local-engine.js";
export type { DataType, Field, Schema } from "./types/data-type.js";
export type { SchemaInput } from "./types/schema-input.js";
export {
  binary,
  bool,
  date,
  decimal128,
  dictionary,
  duration,
  field,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  list,
  map,
  required,
  schema,
  schemaOf,
  timestamp,
  uint8,
  uint16,
  uint32,
  uint64,
  utf8,
} from "./types/type-constructors.js";
