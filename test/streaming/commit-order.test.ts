import { describe, expect, it } from "vitest";
import { commitOrderOf, type GuaranteeFacts } from "../../src/streaming/derive-guarantee.js";

const FILES = { label: "json", idempotent: true, durable: true };
const MEMORY = { label: "memory", idempotent: true, durable: false };
const FUNCTION = { label: "foreachBatch", idempotent: false, durable: false };
const REPLAYABLE = { label: "files", replayable: true };
const LOSSY = { label: "socket", replayable: false };

const CASES: readonly [string, Pick<GuaranteeFacts, "sources" | "sinks"> & Partial<GuaranteeFacts>, string][] = [
  ["a sink that knows what it has", { sources: [REPLAYABLE], sinks: [FILES] }, "adoptable"],
  ["one that knows it in its process", { sources: [REPLAYABLE], sinks: [MEMORY] }, "adoptable"],
  ["one that cannot tell", { sources: [REPLAYABLE], sinks: [FUNCTION] }, "deliver-first"],
  ["one that cannot tell beside one that knows", { sources: [REPLAYABLE], sinks: [FUNCTION, FILES] }, "adoptable"],
  ["rows that cannot come again", { sources: [LOSSY], sinks: [FUNCTION] }, "deliver-first"],
  ["some that can and some that cannot", { sources: [LOSSY, REPLAYABLE], sinks: [FUNCTION] }, "commit-first"],
  ["the same with files for late rows", { sources: [LOSSY, REPLAYABLE], sinks: [FUNCTION, FILES] }, "commit-first"],
  ["the same where every sink knows", { sources: [LOSSY, REPLAYABLE], sinks: [FILES, FILES] }, "adoptable"],
  ["what was asked for", { sources: [REPLAYABLE], sinks: [FILES], asked: "at-most-once" }, "commit-first"],
];

describe("the order of commits", () => {
  it.each(CASES)("for %s", (_, facts, order) => {
    expect(commitOrderOf({ hasCheckpoint: true, asked: null, ...facts })).toBe(order);
  });
});
