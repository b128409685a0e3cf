import { expect, test } from "vitest";
import { chunkOf } from "../../src/columnar/chunk-of.js";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { toObjects } from "../../src/columnar/to-objects.js";
import { foldState } from "../../src/state/fold-state.js";
import type { StateRows } from "../../src/state/state-part.js";
import { stateSchema } from "../../src/state/state-rows.js";
import { field, schema, utf8 } from "../../src/types/type-constructors.js";

const users = stateSchema([field("user", utf8())]);

/** `null` removes the slot. */
function piece(...rows: [slot: number, user: string | null][]): StateRows {
  const objects = rows.map(([slot, user]) => ({ _slot: slot, _removed: user === null, user }));
  const { columns, length } = chunkFromObjects(users, objects);
  return { schema: users, columns, length, values: {} };
}

function folded(...pieces: StateRows[]): [number, string][] {
  const { schema: of, columns, length } = foldState(pieces);
  const rows = toObjects(chunkOf(of, [...columns], length)) as { _slot: number; user: string }[];
  return rows.map(({ _slot, user }) => [_slot, user]);
}

test("the last row of a slot counts, in the order of slots", () => {
  const snapshot = piece([2, "cy"], [0, "ann"], [1, "bob"]);
  expect(folded(snapshot)).toEqual([
    [0, "ann"],
    [1, "bob"],
    [2, "cy"],
  ]);
  expect(folded(snapshot, piece([3, "dee"], [1, null]), piece([1, "eve"], [0, null]))).toEqual([
    [1, "eve"],
    [2, "cy"],
    [3, "dee"],
  ]);
});

test("nothing is left of what was removed, and of nothing", () => {
  expect(folded(piece([0, "ann"]), piece([0, null]))).toEqual([]);
  expect(folded(piece())).toEqual([]);
});

test("a table that does not begin with its slots is refused", () => {
  const { columns, length } = chunkFromObjects(schema([field("user", utf8())]), [{ user: "ann" }]);
  expect(() => foldState([{ schema: schema([field("user", utf8())]), columns, length, values: {} }])).toThrow(
    /STATE_MALFORMED/,
  );
});
