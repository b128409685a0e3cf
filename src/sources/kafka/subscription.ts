import { RE2JS, RE2JSSyntaxException } from "re2js";
import type { Options } from "../../common/check-options.js";
import { OptionError } from "../../common/millrace-error.js";
import { partitionMap } from "./partition-map.js";

/** Which topics and partitions a source reads. */
export type Subscription =
  | { readonly kind: "assign"; readonly partitions: ReadonlyMap<string, readonly number[]> }
  | { readonly kind: "subscribe"; readonly names: readonly string[] }
  | { readonly kind: "subscribePattern"; readonly pattern: string; readonly matches: (name: string) => boolean };

const WAYS = ["assign", "subscribe", "subscribePattern"] as const;

/** Exactly one of the three options. @throws OptionError */
export function subscriptionOf(options: Options, where: string): Subscription {
  const given = WAYS.filter((name) => options[name] !== undefined);
  if (given.length !== 1) {
    const what = given.length === 0 ? "none is given" : `${given.join(" and ")} are given`;
    throw new OptionError("OPTION_INVALID", `${where} needs exactly one of ${WAYS.join(", ")}; ${what}.`, {
      hint: 'Use { subscribe: "orders" }.',
    });
  }
  switch (given[0]) {
    case "assign":
      return { kind: "assign", partitions: assigned(options["assign"], where) };
    case "subscribe":
      return { kind: "subscribe", names: namesOf(options["subscribe"], where) };
    default:
      return patternOf(options["subscribePattern"], where);
  }
}

/** As labels print it. */
export function subscriptionText(subscription: Subscription): string {
  switch (subscription.kind) {
    case "assign":
      return [...subscription.partitions].map(([topic, partitions]) => `${topic}[${partitions.join()}]`).join(", ");
    case "subscribe":
      return subscription.names.join(", ");
    case "subscribePattern":
      return `/${subscription.pattern}/`;
  }
}

export function isSubscribed(subscription: Subscription, topic: string): boolean {
  switch (subscription.kind) {
    case "assign":
      return subscription.partitions.has(topic);
    case "subscribe":
      return subscription.names.includes(topic);
    case "subscribePattern":
      return subscription.matches(topic);
  }
}

/** Names to ask a cluster for; null: all. */
export function askedTopics(subscription: Subscription): readonly string[] | null {
  switch (subscription.kind) {
    case "assign":
      return [...subscription.partitions.keys()];
    case "subscribe":
      return subscription.names;
    case "subscribePattern":
      return null;
  }
}

function assigned(given: unknown, where: string): ReadonlyMap<string, readonly number[]> {
  const shape = 'topics with lists of partitions, as in {"orders":[0,1]}';
  const topics = partitionMap(given, { option: "assign", where, shape });
  const parsed = topics.map(([topic, partitions]): [string, readonly number[]] => {
    const isList = Array.isArray(partitions) && partitions.length > 0 && partitions.every(isPartition);
    if (!isList) throw new OptionError("OPTION_INVALID", `Option 'assign' of ${where} must be ${shape}.`);
    return [topic, [...new Set(partitions as readonly number[])].sort((a, b) => a - b)];
  });
  return new Map(parsed.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isPartition(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function namesOf(given: unknown, where: string): readonly string[] {
  const list = typeof given === "string" ? given.split(",").map((name) => name.trim()) : given;
  const isList =
    Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === "string" && name !== "");
  if (isList) return [...new Set(list as readonly string[])].sort();
  throw new OptionError(
    "OPTION_INVALID",
    `Option 'subscribe' of ${where} must be names of topics: "a,b" or ["a", "b"].`,
  );
}

/** The other flags mean nothing for a whole name. */
function sourceOf({ source, ignoreCase }: RegExp): string {
  return ignoreCase ? `(?i)${source}` : source;
}

/** RE2: no pattern takes more than linear time. The whole name must match, as in Spark. */
function patternOf(given: unknown, where: string): Subscription {
  const pattern = given instanceof RegExp ? sourceOf(given) : given;
  if (typeof pattern !== "string" || pattern === "") {
    throw new OptionError("OPTION_INVALID", `Option 'subscribePattern' of ${where} must be a regular expression.`);
  }
  try {
    const compiled = RE2JS.compile(pattern);
    return { kind: "subscribePattern", pattern, matches: (name) => compiled.matches(name) };
  } catch (cause) {
    if (!(cause instanceof RE2JSSyntaxException)) throw cause;
    const what = `Option 'subscribePattern' of ${where} is '${pattern}', which is not a regular expression: ${cause.message}.`;
    throw new OptionError("OPTION_INVALID", what, { hint: "Write it in RE2 syntax.", cause });
  }
}
