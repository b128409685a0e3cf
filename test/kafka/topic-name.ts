import { randomUUID } from "node:crypto";

/** A name of its own for each test: brokers are shared. */
export function topicName(what: string): string {
  return `${what}-${randomUUID().slice(0, 8)}`;
}
