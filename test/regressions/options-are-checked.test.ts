import { expect, test } from "vitest";
import { MemoryStream, Session, timestamp, utf8, window } from "../../src/index.js";

const session = new Session();
const frame = session.createDataFrame([{ at: new Date(0), n: 1 }]);
const wrong = <T>(options: unknown): T => options as T;

test("an unknown option of withWatermark is refused, and so is an unknown late policy", () => {
  expect(() => frame.withWatermark("at", "1 minute", wrong({ idle: "1 second" }))).toThrow(/OPTION_UNKNOWN.*'idle'/);
  expect(() => frame.withWatermark("at", "1 minute", wrong({ late: "stric" }))).toThrow(
    /OPTION_VALUE.*"stric".*strict/,
  );
});

test("an unknown option of a window is refused", () => {
  expect(() => window("at", "1 hour", wrong({ starttime: "5 minutes" }))).toThrow(
    /OPTION_UNKNOWN.*Did you mean 'startTime'/,
  );
});

test("an unknown way to show rows is refused", async () => {
  await expect(frame.collect(wrong({ int64: "text" }))).rejects.toThrow(/OPTION_VALUE.*"text"/);
  await expect(frame.collect(wrong({ timestmp: "iso" }))).rejects.toThrow(/OPTION_UNKNOWN.*Did you mean 'timestamp'/);
  await expect(frame.show(5, wrong({ truncat: 3 }))).rejects.toThrow(/OPTION_UNKNOWN.*Did you mean 'truncate'/);
  await expect(frame.show(-1)).rejects.toThrow(/LIMIT/);
});

test("an unknown option of a memory stream is refused", () => {
  const columns = { at: timestamp(), user: utf8() };
  expect(() => new MemoryStream(columns, wrong({ partition: ["a"] }))).toThrow(
    /OPTION_UNKNOWN.*Did you mean 'partitions'/,
  );
  expect(() => new MemoryStream(columns).add([], wrong({ weight: [] }))).toThrow(
    /OPTION_UNKNOWN.*Did you mean 'weights'/,
  );
});

test("an interval beyond what a timestamp can be moved by is refused", () => {
  expect(() => window("at", "99999999999999999 days")).toThrow(/INTERVAL_RANGE.*too long/);
  expect(() => frame.withWatermark("at", "99999999999999999 days")).toThrow(/INTERVAL_RANGE/);
});
