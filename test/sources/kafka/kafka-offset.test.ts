import { describe, expect, it } from "vitest";
import { offsetOf, positionOf, rangesBetween } from "../../../src/sources/kafka/kafka-offset.js";
import { splitOffsets, type Track } from "../../../src/sources/kafka/track.js";
import type { Offset } from "../../../src/sources/source.js";

describe("an offset of a Kafka source", () => {
  it("has one text for one place, whatever topics are called", () => {
    const topics = {
      constructor: { id: "c", offsets: [1] },
      __proto__x: { id: "p", offsets: [null, 2] },
      "10": { id: "n", offsets: [3] },
    };
    const offset = { topics, again: "x", begins: { constructor: [0] } };
    const text = JSON.stringify(offsetOf(positionOf(offset)));
    expect(JSON.stringify(offsetOf(positionOf(JSON.parse(text))))).toBe(text);
    expect(JSON.parse(text)).toEqual(offset);
    const tricky = JSON.parse('{"topics":{"__proto__":{"id":"p","offsets":[4]}}}') as Offset;
    expect([...positionOf(tricky).topics.keys()]).toEqual(["__proto__"]);
    expect(JSON.stringify(offsetOf(positionOf(tricky)))).toBe(JSON.stringify(tricky));
  });

  it.each([
    null,
    1,
    "x",
    [],
    {},
    { topics: 1 },
    { topics: { a: 1 } },
    { topics: { a: { id: "x", offsets: [-1] } } },
    { topics: { a: { id: "x", offsets: [1.5] } } },
    { topics: {}, again: 1 },
  ])("is not %j", (offset) => {
    expect(() => positionOf(offset as Offset)).toThrow("OFFSET_INVALID");
  });

  it("makes ranges by name and number; a partition must have a beginning", () => {
    const from = positionOf({ topics: { b: { id: "b", offsets: [1, 5] }, a: { id: "old", offsets: [7] } } });
    const to = positionOf({
      topics: { b: { id: "b", offsets: [4, 5, 2] }, a: { id: "new", offsets: [2] } },
      begins: { a: [0], b: [null, null, 1] },
    });
    expect(
      rangesBetween(from, to).map(({ topic, partition, from, to }) => `${topic}-${partition} ${from}-${to}`),
    ).toEqual(["a-0 0-2", "b-0 1-4", "b-2 1-2"]);
    const lost = positionOf({ topics: { c: { id: "c", offsets: [3] } } });
    expect(() => rangesBetween(from, lost)).toThrow("OFFSET_INVALID");
  });
});

describe("splitting offsets over partitions", () => {
  const track = (available: number): Track => ({
    topic: "t",
    id: "t",
    partition: 0,
    leader: 1,
    begin: 100,
    isExplicit: false,
    latest: 100 + available,
    cap: 100 + available,
  });
  const taken = (available: readonly number[], most: number) =>
    splitOffsets(available.map(track), most).map((end) => end - 100);

  it("follows the volume that waits, takes all there is room for, and starves nobody", () => {
    expect(taken([10, 20, 0], 30)).toEqual([10, 20, 0]);
    expect(taken([900, 100, 1, 0], 10)).toEqual([8, 1, 1, 0]);
    expect(taken([5, 5], 1)).toEqual([1, 1]);
    expect(taken([5, 5], 0)).toEqual([0, 0]);
    expect(taken([5, 7], Number.POSITIVE_INFINITY)).toEqual([5, 7]);
  });
});
