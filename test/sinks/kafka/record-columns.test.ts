import { describe, expect, it } from "vitest";
import { recordColumnsOf, requireUpdatable } from "../../../src/sinks/kafka/record-columns.js";
import type { SinkShape } from "../../../src/sinks/sink.js";
import type { Schema } from "../../../src/types/data-type.js";
import {
  binary,
  int32,
  int64,
  list,
  required,
  schemaOf,
  struct,
  timestamp,
  utf8,
} from "../../../src/types/type-constructors.js";

const headers = list(struct({ key: required(utf8()), value: binary() }));

describe("the columns of a record", () => {
  it("are found by their names, in any order", () => {
    const schema = schemaOf({
      timestamp: timestamp(),
      value: utf8(),
      headers,
      partition: int32(),
      topic: utf8(),
      key: binary(),
    });
    expect(recordColumnsOf(schema, false)).toEqual({
      timestamp: 0,
      value: 1,
      headers: 2,
      partition: 3,
      topic: 4,
      key: 5,
    });
  });

  it("a value is enough where an option names the topic", () => {
    const columns = recordColumnsOf(schemaOf({ value: binary() }), true);
    expect(columns).toEqual({ value: 0, key: null, topic: null, partition: null, headers: null, timestamp: null });
  });

  it.each([
    [
      schemaOf({ user: utf8(), n: int64() }),
      /SINK_COLUMNS.*no column 'value'.*toJson\(struct\("\*"\)\)\.as\("value"\).*user, n/,
    ],
    [
      schemaOf({ value: utf8(), user: utf8() }),
      /SINK_COLUMNS.*no place for the column 'user'.*select\(\.\.\.\).*key, value, topic/,
    ],
    [schemaOf({ value: int64() }), /SINK_COLUMNS.*'value' is bigint.*col\("value"\)\.cast\("string"\)/],
    [schemaOf({ value: utf8(), key: int64() }), /SINK_COLUMNS.*'key' is bigint.*cast/],
    [schemaOf({ value: utf8(), partition: int64() }), /SINK_COLUMNS.*'partition' is bigint.*must be int/],
    [
      schemaOf({ value: utf8(), timestamp: timestamp(null) }),
      /SINK_COLUMNS.*'timestamp' is timestamp_ntz.*must be timestamp/,
    ],
    [schemaOf({ value: utf8(), headers: list(utf8()) }), /SINK_COLUMNS.*'headers' is array<string>.*array<struct<key/],
  ])("refuses what no record can be made of", (schema, message) => {
    expect(() => recordColumnsOf(schema, true)).toThrow(message);
  });

  it("wants a topic from somewhere", () => {
    expect(() => recordColumnsOf(schemaOf({ value: utf8() }), false)).toThrow(/SINK_COLUMNS.*which topic/);
  });
});

describe("update mode", () => {
  const schema = schemaOf({ key: utf8(), value: utf8(), topic: utf8(), partition: int32() });

  function check(change: Partial<SinkShape>, of: Schema = schema): void {
    const shape = { mode: "update" as const, schema: of, key: [0], insertOnly: false, deletes: true, ...change };
    requireUpdatable(shape, recordColumnsOf(shape.schema, true));
  }

  it("takes rows that only ever come, with and without a key", () => {
    check({ insertOnly: true, deletes: false, key: null }, schemaOf({ value: utf8() }));
  });

  it("wants a key where rows are replaced", () => {
    const keyless = schemaOf({ value: utf8() });
    expect(() => check({ key: null, deletes: false }, keyless)).toThrow(
      /SINK_COLUMNS.*no column 'key'.*outputMode\("append"\)/,
    );
    check({ key: null, deletes: false });
  });

  it("wants the key to be the rows' own where they are deleted, and to lead a tombstone to its row", () => {
    check({}, schemaOf({ key: utf8(), value: utf8() }));
    check({ key: [0, 2, 3] });
    expect(() => check({ key: [1] })).toThrow(/SINK_COLUMNS.*its key is not the column 'key'/);
    expect(() => check({ key: [0] })).toThrow(/SINK_COLUMNS.*topic of a deleted row/);
    expect(() => check({ key: [0, 2] })).toThrow(/SINK_COLUMNS.*partition of a deleted row/);
  });
});
