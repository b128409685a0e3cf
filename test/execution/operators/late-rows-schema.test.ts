import { describe, expect, test } from "vitest";
import { conformLateRows } from "../../../src/execution/operators/conform-late-rows.js";
import { lateRowsSchema } from "../../../src/execution/operators/late-rows-schema.js";
import { count } from "../../../src/expressions/functions/aggregates.js";
import { window } from "../../../src/expressions/functions/window.js";
import { planStream } from "../../../src/plan/plan-stream.js";
import { int64, timestamp, utf8 } from "../../../src/types/type-constructors.js";
import { type Frame, source } from "../../plan/frame.js";
import { chunk, rowsOf, schemaOf } from "../fixtures.js";

const schemaOfLate = (frame: Frame) => lateRowsSchema(planStream(frame.plan, { mode: "changelog", sinkDeletes: true }));
const counted = (events: Frame): Frame =>
  events.watermark("at").groupBy(window("at", "5 minutes")).agg(count().as("n"));
const typesOf = ({ fields }: ReturnType<typeof schemaOfLate>): string[] =>
  fields.map(({ name, type }) => `${name} ${type.kind}`);

describe("late rows of a plan", () => {
  test("have the columns that reach the operator, and what they missed", () => {
    expect(typesOf(schemaOfLate(counted(source({ at: timestamp(), user: utf8() }))))).toEqual([
      "at timestamp",
      "user utf8",
      "window struct",
      "_operator utf8",
      "_bound timestamp",
      "_lateness int64",
    ]);
  });

  test("of several operators have the columns of all; what one does not have is NULL", () => {
    const both = counted(source({ at: timestamp(), user: utf8() })).union(
      counted(source({ at: timestamp(), amount: int64() })),
    );
    const schema = schemaOfLate(both);
    expect(typesOf(schema).slice(0, 4)).toEqual(["at timestamp", "user utf8", "window struct", "amount int64"]);
    const own = schemaOf({ amount: int64(), at: timestamp(), _operator: utf8(), _lateness: int64() });
    const conformed = conformLateRows(chunk(own, [{ amount: 3n, at: 5n, _operator: "x", _lateness: 1n }]), schema);
    expect(rowsOf(conformed)).toEqual([
      { at: 5n, user: null, window: null, amount: 3n, _operator: "x", _bound: null, _lateness: 1n },
    ]);
  });

  test("cannot have one column of two types", () => {
    const mixed = counted(source({ at: timestamp(), x: utf8() })).union(
      counted(source({ at: timestamp(), x: int64() })),
    );
    expect(() => schemaOfLate(mixed)).toThrow(/LATE_ROWS_COLUMNS.*"x" is string in one and bigint/);
  });
});
