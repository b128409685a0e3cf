import { AnalysisError } from "../../common/millrace-error.js";
import { parseInterval } from "../../types/interval.js";
import { checkZone } from "../../types/time-zone.js";
import { DATE_TRUNC_UNITS, isDateTruncUnit } from "../date-trunc-unit.js";
import { defineFunctions } from "../define-function.js";
import type { Argument } from "../function-definition.js";
import { refuseArguments } from "../refuse-arguments.js";
import {
  anyNullable,
  castAll,
  DATE,
  fixedRule,
  INT32,
  instant,
  optional,
  type Parameter,
  type SignatureRule,
  TIMESTAMP,
  textConstant,
  UTF8,
} from "../signature-rules.js";
import { isWindowType } from "../window-type.js";

/** Text is parsed; dates and timestamps pass as they are. */
const parsable: Parameter = { kinds: ["utf8", "date", "timestamp"], cast: null };
const dateOrInstant: Parameter = { kinds: ["date", "timestamp"], cast: null };

/** toTimestamp(value, format?) and toDate(value, format?); a format is for text only. */
function parseRule(result: typeof TIMESTAMP | typeof DATE): SignatureRule {
  return (name, args) => {
    const takes = "text, a date or a timestamp and, for text, a constant format";
    const [first, ...rest] = castAll({ name, takes, parameters: [parsable, optional(textConstant)] }, args);
    const type = first.kind === "null" ? UTF8 : first;
    if (rest.length > 0 && type.kind !== "utf8") refuseArguments({ name, takes, given: args });
    const zoned = result.kind === "timestamp" && type.kind === "timestamp" ? type : result;
    return { args: [type, ...rest], result: zoned, nullable: anyNullable(args) };
  };
}

/** A part of the UTC calendar: date or timestamp to int32. */
const datePart: SignatureRule = (name, args) => {
  const [type] = castAll({ name, takes: "a date or a timestamp", parameters: [dateOrInstant] }, args);
  return { args: [type.kind === "null" ? TIMESTAMP : type], result: INT32, nullable: anyNullable(args) };
};
const clockPart = fixedRule("a timestamp", [instant], INT32);

/** dateTrunc(unit, time, zone?): the instant at which the unit began, in UTC or in the zone. */
const dateTruncRule: SignatureRule = (name, args) => {
  const takes = "a constant unit, a timestamp and, if you like, a constant zone";
  const types = castAll({ name, takes, parameters: [textConstant, instant, optional(textConstant)] }, args);
  const unit = textOf(args[0]);
  if (unit !== null && !isDateTruncUnit(unit)) {
    throw new AnalysisError("TIME_UNIT_UNKNOWN", `dateTrunc does not know the unit "${unit}".`, {
      hint: `Use one of ${DATE_TRUNC_UNITS.join(", ")}.`,
    });
  }
  checkZoneArgument(args[2]);
  return { args: types, result: types[1], nullable: args[1].nullable };
};

const addIntervalRule: SignatureRule = (name, args) => {
  const types = castAll(
    { name, takes: "a timestamp and a constant interval", parameters: [instant, textConstant] },
    args,
  );
  parseInterval(textOf(args[1]) ?? "");
  return { args: types, result: types[0], nullable: args[0].nullable };
};

/** Interval months are not monotone: Jan 30 12:00 and Jan 31 00:00 become Feb 28 12:00 and Feb 28 00:00. */
function monotoneInterval(args: readonly Argument[]): number | null {
  return parseInterval(textOf(args[1]) ?? "").months === 0 ? 0 : null;
}

const shiftRule: SignatureRule = (name, args) => {
  const types = castAll({ name, takes: "a timestamp and a constant zone", parameters: [instant, textConstant] }, args);
  checkZoneArgument(args[1]);
  return { args: types, result: types[0], nullable: args[0].nullable };
};

const windowTimeRule: SignatureRule = (name, args) => {
  if (args.length !== 1 || !isWindowType(args[0].type))
    refuseArguments({ name, takes: "a window (a struct of start and end)", given: args });
  return { args: [args[0].type], result: args[0].type.fields[1].type, nullable: args[0].nullable };
};

const nowRule: SignatureRule = (name, args) => {
  if (args.length > 0) refuseArguments({ name, takes: "no arguments", given: args });
  return { args: [], result: TIMESTAMP, nullable: false };
};

function textOf(argument: Argument): string | null {
  return typeof argument.literal?.value === "string" ? argument.literal.value : null;
}

function checkZoneArgument(argument: Argument | undefined): void {
  if (argument === undefined) return;
  const zone = textOf(argument);
  if (zone !== null) checkZone(zone);
}

const first = (): number => 0;

export const temporal = defineFunctions({
  toTimestamp: {
    sqlNames: ["to_timestamp"],
    rule: parseRule(TIMESTAMP),
    canFail: true,
    monotoneIn: (args) => (args[0].type.kind === "utf8" ? null : 0),
    example: `toTimestamp("text", "yyyy-MM-dd HH:mm:ss")`,
  },
  toDate: {
    sqlNames: ["to_date"],
    rule: parseRule(DATE),
    canFail: true,
    monotoneIn: (args) => (args[0].type.kind === "utf8" ? null : 0),
    example: `toDate("at")`,
  },
  dateTrunc: { sqlNames: ["date_trunc"], rule: dateTruncRule, monotoneIn: () => 1, example: `dateTrunc("hour", "at")` },
  year: { sqlNames: ["year"], rule: datePart, monotoneIn: first, example: `year("at")` },
  quarter: { sqlNames: ["quarter"], rule: datePart, example: `quarter("at")` },
  month: { sqlNames: ["month"], rule: datePart, example: `month("at")` },
  dayOfMonth: { sqlNames: ["dayofmonth", "day"], rule: datePart, example: `dayOfMonth("at")` },
  // 1 = Sunday, as in Spark.
  dayOfWeek: { sqlNames: ["dayofweek"], rule: datePart, example: `dayOfWeek("at")` },
  hour: { sqlNames: ["hour"], rule: clockPart, example: `hour("at")` },
  minute: { sqlNames: ["minute"], rule: clockPart, example: `minute("at")` },
  second: { sqlNames: ["second"], rule: clockPart, example: `second("at")` },
  addInterval: {
    sqlNames: ["timestampadd"],
    rule: addIntervalRule,
    monotoneIn: monotoneInterval,
    example: `addInterval("at", "10 minutes")`,
  },
  // Wall-clock results repeat or skip an hour with summer time, so neither direction is monotone.
  fromUtcTimestamp: {
    sqlNames: ["from_utc_timestamp"],
    rule: shiftRule,
    example: `fromUtcTimestamp("at", "Europe/Berlin")`,
  },
  toUtcTimestamp: { sqlNames: ["to_utc_timestamp"], rule: shiftRule, example: `toUtcTimestamp("at", "Europe/Berlin")` },
  // The planner gives windowTime its bound (window end - 1 us) from the bound of the window's end.
  windowTime: { sqlNames: ["window_time"], rule: windowTimeRule, example: `windowTime("window")` },
  now: { sqlNames: ["now", "current_timestamp"], rule: nowRule, pure: false, example: `now()` },
});
