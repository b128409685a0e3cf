import { describe, expect, it } from "vitest";
import type { KafkaTopic } from "../../../src/clients/kafka/kafka-cluster.js";
import { chunkFromObjects } from "../../../src/columnar/from-objects.js";
import { recordColumnsOf } from "../../../src/sinks/kafka/record-columns.js";
import { type RecordParts, recordPartsOf } from "../../../src/sinks/kafka/record-rows.js";
import { firstTooLarge, recordSize } from "../../../src/sinks/kafka/record-sizes.js";
import { routeRows } from "../../../src/sinks/kafka/route-rows.js";
import { rowTopics } from "../../../src/sinks/kafka/row-topics.js";
import { binary, int32, list, required, schemaOf, struct, utf8 } from "../../../src/types/type-constructors.js";

const schema = schemaOf({
  key: utf8(),
  value: utf8(),
  topic: utf8(),
  partition: int32(),
  headers: list(struct({ key: required(utf8()), value: binary() })),
});

interface Row {
  readonly key?: string;
  readonly value?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}

const NONE = { key: null, value: null, topic: null, partition: null, headers: null };

function partsOf(rows: readonly Row[]): RecordParts {
  const chunk = chunkFromObjects(
    schema,
    rows.map((row) => ({ ...NONE, ...row })),
  );
  return recordPartsOf(chunk, recordColumnsOf(schema, false));
}

function topic(name: string, partitions: number): KafkaTopic {
  return {
    name,
    id: name,
    partitions: Array.from({ length: partitions }, (_, partition) => ({ partition, leader: 1, epoch: 0 })),
  };
}

function routed(
  rows: readonly Row[],
  options: { topics?: readonly KafkaTopic[]; ids?: Int32Array; turn?: number } = {},
) {
  const { topics = [topic("out", 4)], ids = null, turn = 0 } = options;
  const unknown = (row: number, of: KafkaTopic): Error => new Error(`row ${row} of ${of.name}`);
  return routeRows(partsOf(rows), { topics, ids, turn, unknown }).map(({ topic: { name }, partition, rows: of }) => [
    `${name}-${partition}`,
    [...of],
  ]);
}

describe("where rows go", () => {
  it("by their key, as Java's clients do, in their order", () => {
    // Murmur2 in Java's own tests: "21" is -973932308, "foobar" is -790332482.
    const rows = [{ key: "21" }, { key: "foobar" }, { key: "21" }];
    expect(routed(rows, { topics: [topic("out", 10)] })).toEqual([
      ["out-0", [0, 2]],
      ["out-6", [1]],
    ]);
  });

  it("where the column 'partition' says, before any key", () => {
    const rows = [{ key: "a", partition: 3 }, { key: "a", partition: 0 }, { partition: 3 }];
    expect(routed(rows)).toEqual([
      ["out-0", [1]],
      ["out-3", [0, 2]],
    ]);
  });

  it("together, by turns, without a key", () => {
    expect(routed([{}, {}])).toEqual([["out-0", [0, 1]]]);
    expect(routed([{}, {}], { turn: 6 })).toEqual([["out-2", [0, 1]]]);
  });

  it("to partitions of the topic that each row names", () => {
    const topics = [topic("one", 1), topic("two", 2)];
    const rows = [{ partition: 0 }, { partition: 1 }, { partition: 0 }, { partition: 0 }];
    expect(routed(rows, { topics, ids: Int32Array.of(0, 1, 1, 0) })).toEqual([
      ["one-0", [0, 3]],
      ["two-0", [2]],
      ["two-1", [1]],
    ]);
  });

  it.each([4, -1])("a partition that is not there is an error: %d", (partition) => {
    expect(() => routed([{ partition: 0 }, { partition }])).toThrow("row 1 of out");
  });
});

describe("which topic a row names", () => {
  function topicsOf(rows: readonly Row[], fallback: string | null) {
    const { topic: column } = partsOf(rows);
    if (column === null) throw new Error("no row names a topic");
    const { names, ids } = rowTopics(column, fallback, (row) => new Error(`row ${row} names none`));
    return Array.from(ids ?? [], (id) => names[id]);
  }

  it("is read row by row; NULL is the option's", () => {
    const rows = [{ topic: "a" }, { topic: "b" }, {}, { topic: "a" }, { topic: "fallback" }, {}];
    expect(topicsOf(rows, "fallback")).toEqual(["a", "b", "fallback", "a", "fallback", "fallback"]);
  });

  it("has one number whoever names it: order within a partition holds", () => {
    const { topic: column } = partsOf([{}, { topic: "a" }, {}]);
    if (column === null) throw new Error("no row names a topic");
    expect(rowTopics(column, "a", () => new Error("none"))).toEqual({ names: ["a"], ids: Int32Array.of(0, 0, 0) });
  });

  it("must be said somewhere", () => {
    expect(() => topicsOf([{ topic: "a" }, {}], null)).toThrow("row 1 names none");
  });
});

describe("how much a record takes", () => {
  it("counts key, value and headers, and nothing for NULL", () => {
    const rows = [
      {},
      { key: "abc", value: "x".repeat(100) },
      {
        headers: [
          { key: "h", value: new Uint8Array(5) },
          { key: "i", value: null },
        ],
      },
    ];
    const parts = partsOf(rows);
    const least = recordSize(parts, 0);
    expect(recordSize(parts, 1) - least).toBe(103);
    expect(recordSize(parts, 2) - least).toBe(27);
    expect(firstTooLarge(parts, least + 102)).toBe(1);
    expect(firstTooLarge(parts, least + 103)).toBe(-1);
  });
});
