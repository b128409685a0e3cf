import { withoutClientOptions } from "../../clients/kafka/kafka-client-options.js";
import type { IsolationLevel } from "../../clients/kafka/kafka-cluster.js";
import type { Options } from "../../common/check-options.js";
import { MillraceError, OptionError } from "../../common/millrace-error.js";
import { OptionReader } from "../../common/option-reader.js";
import { fixedMicros, type IntervalInput, parseInterval } from "../../types/interval.js";
import type { ColumnDeserializers } from "../deserialize-columns.js";
import { type Deserializer, isDeserializer } from "../deserializer.js";
import { endChoice, type OffsetChoice, type RestartChoice, restartChoice, startChoice } from "./offset-choice.js";
import { type Subscription, subscriptionOf } from "./subscription.js";

/** What a Kafka source has been asked for, checked. Lengths of time are milliseconds. */
export interface KafkaSourceConfig {
  readonly subscription: Subscription;
  readonly start: OffsetChoice;
  /** Null: a stream, which has no end. */
  readonly end: OffsetChoice | null;
  readonly restart: RestartChoice | null;
  readonly maxOffsetsPerTrigger: number | null;
  readonly minOffsetsPerTrigger: number | null;
  readonly maxTriggerDelayMs: number;
  readonly failOnDataLoss: boolean;
  readonly includeHeaders: boolean;
  readonly isolation: IsolationLevel;
  readonly metadataMaxAgeMs: number;
  readonly stallTimeoutMs: number;
  readonly maxFetchBytes: number;
  readonly maxPartitionFetchBytes: number;
  readonly commitOffsetsToGroup: string | null;
  readonly damaged: "fail" | "skip";
  readonly checkCrcs: boolean;
  readonly deserializers: ColumnDeserializers;
}

const COMMON = [
  "assign",
  "subscribe",
  "subscribePattern",
  "startingOffsets",
  "startingTimestamp",
  "startingOffsetsByTimestamp",
  "startingOffsetsByTimestampStrategy",
  "failOnDataLoss",
  "includeHeaders",
  "isolationLevel",
  "stallTimeout",
  "maxFetchBytes",
  "maxPartitionFetchBytes",
  "damaged",
  "checkCrcs",
  "keyDeserializer",
  "valueDeserializer",
] as const;
const OF_STREAMS = [
  "restartFrom",
  "maxOffsetsPerTrigger",
  "minOffsetsPerTrigger",
  "maxTriggerDelay",
  "metadataMaxAge",
  "commitOffsetsToGroup",
] as const;
const OF_BATCHES = ["endingOffsets", "endingTimestamp", "endingOffsetsByTimestamp"] as const;

const MIB = 1 << 20;
const MAX_FETCH_BYTES = 32 * MIB;
const MAX_PARTITION_FETCH_BYTES = 8 * MIB;
const MICROS_PER_MS = 1000n;

/** @throws OptionError for what is unknown, missing or out of range, by name */
export function kafkaSourceConfig(given: Options, streaming: boolean): KafkaSourceConfig {
  const where = "the Kafka source";
  refuseOtherKind(given, { streaming, where });
  const own = withoutClientOptions(given);
  const reader = new OptionReader(own, [...COMMON, ...(streaming ? OF_STREAMS : OF_BATCHES)], where);
  const group = reader.text("commitOffsetsToGroup", null);
  if (group === "") throw new OptionError("OPTION_INVALID", `Option 'commitOffsetsToGroup' of ${where} is empty.`);
  return {
    subscription: subscriptionOf(own, where),
    start: startChoice(own, where, streaming),
    end: streaming ? null : endChoice(own, where),
    restart: restartChoice(own, where),
    maxOffsetsPerTrigger: reader.integer("maxOffsetsPerTrigger", null, 1),
    minOffsetsPerTrigger: reader.integer("minOffsetsPerTrigger", null, 1),
    maxTriggerDelayMs: duration(own, { name: "maxTriggerDelay", fallback: "15 minutes", where }),
    failOnDataLoss: reader.boolean("failOnDataLoss", true),
    includeHeaders: reader.boolean("includeHeaders", false),
    isolation: reader.choice("isolationLevel", ["read_committed", "read_uncommitted"], "read_committed"),
    metadataMaxAgeMs: duration(own, { name: "metadataMaxAge", fallback: "30 seconds", where }),
    stallTimeoutMs: duration(own, { name: "stallTimeout", fallback: "2 minutes", where }),
    maxFetchBytes: reader.integer("maxFetchBytes", MAX_FETCH_BYTES, 1),
    maxPartitionFetchBytes: reader.integer("maxPartitionFetchBytes", MAX_PARTITION_FETCH_BYTES, 1),
    commitOffsetsToGroup: group,
    damaged: reader.choice("damaged", ["fail", "skip"], "fail"),
    checkCrcs: reader.boolean("checkCrcs", true),
    deserializers: deserializersOf(own, where),
  };
}

function deserializersOf(own: Options, where: string): ColumnDeserializers {
  const by: Record<string, Deserializer> = {};
  for (const column of ["key", "value"]) {
    const name = `${column}Deserializer`;
    const given = own[name];
    if (given === undefined) continue;
    if (!isDeserializer(given)) {
      throw new OptionError("OPTION_INVALID", `Option '${name}' of ${where} is no deserializer.`, {
        hint: "Give an object with a type and a function deserialize(rows), such as confluentWireFormat(...).",
      });
    }
    by[column] = given;
  }
  return by;
}

/** A right option at the wrong reader: the nearest name would lead astray. */
function refuseOtherKind(given: Options, { streaming, where }: { streaming: boolean; where: string }): void {
  const others: readonly string[] = streaming ? OF_BATCHES : OF_STREAMS;
  const name = Object.keys(given).find((option) => others.includes(option) && given[option] !== undefined);
  if (name === undefined) return;
  throw new OptionError(
    "OPTION_INVALID",
    `Option '${name}' of ${where} is for ${streaming ? "batches" : "streams"} only.`,
    { hint: streaming ? "A stream has no end: use read.kafka(...) for a range." : "Use readStream.kafka(...)." },
  );
}

/** Text like "15 minutes" or, as Spark has it, "15m"; or milliseconds (as text, too); more than nothing. */
function duration(options: Options, option: { name: string; fallback: string; where: string }): number {
  const given = options[option.name] ?? option.fallback;
  const input = intervalInput(given);
  try {
    const micros = input === null ? 0n : fixedMicros(parseInterval(input), option.name);
    if (micros >= MICROS_PER_MS) return Number(micros / MICROS_PER_MS);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
  }
  const wanted = 'a length of time, as "30 seconds" or milliseconds';
  throw new OptionError(
    "OPTION_INVALID",
    `Option '${option.name}' of ${option.where} must be ${wanted}, not '${String(given)}'.`,
  );
}

function intervalInput(given: unknown): IntervalInput | null {
  if (typeof given === "number" && Number.isFinite(given)) return given;
  if (typeof given !== "string") return null;
  return /^\d+$/.test(given.trim()) ? Number(given) : given.replace(/(\d)\s*m$/i, "$1 minutes");
}
