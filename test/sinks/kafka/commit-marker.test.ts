import { expect, it } from "vitest";
import {
  markerNames,
  markerOffset,
  markerOfOffset,
  markerOfText,
  markerRecord,
} from "../../../src/sinks/kafka/commit-marker.js";

const owner = { query: "q1", sink: "main" };
const names = markerNames(owner, { topic: "out", commitTopic: null });

it("the same query finds its markers under the same names", () => {
  expect(names).toEqual({
    transactionalId: "millrace-q1-main",
    group: "millrace-q1-main",
    offsetTopic: "out",
    commitTopic: "out.millrace-commits",
    key: "q1/main",
  });
});

it("rows that name their topics have markers in a topic of all", () => {
  const { offsetTopic, commitTopic } = markerNames(owner, { topic: null, commitTopic: null });
  expect([offsetTopic, commitTopic]).toEqual(["millrace-commits", "millrace-commits"]);
  expect(markerNames(owner, { topic: null, commitTopic: "mine" }).offsetTopic).toBe("mine");
});

it("a marker is read back from the offset, and from the record", () => {
  const marker = { batch: 41, attempt: 7 };
  expect(markerOffset(names, marker)).toMatchObject({ topic: "out", partition: 0, offset: 42 });
  expect(markerOfOffset(markerOffset(names, marker))).toEqual(marker);
  const { key, value } = markerRecord(names, marker);
  expect(new TextDecoder().decode(key?.bytes)).toBe("q1/main");
  expect(markerOfText(new TextDecoder().decode(value?.bytes))).toEqual(marker);
});

it.each([
  { offset: -1, metadata: "" },
  { offset: 42, metadata: "" },
  { offset: 42, metadata: '{"batch":40,"attempt":7}' },
  { offset: 0, metadata: '{"batch":-1,"attempt":7}' },
])("an offset that somebody else has set is no marker: %j", (offset) => {
  expect(markerOfOffset({ topic: "out", partition: 0, ...offset })).toBeNull();
});

it.each(["", "null", "{}", '{"batch":"1","attempt":1}', '{"batch":1.5,"attempt":1}', "[1,2]"])(
  "a record of something else is no marker: %s",
  (text) => {
    expect(markerOfText(text)).toBeNull();
  },
);
