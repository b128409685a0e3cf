import { fieldAt, tableField, targetAt, vectorField, vectorLength } from "./flatbuffer.js";

const MAX_DEPTH = 64;

interface Walk {
  readonly view: DataView;
  /** What may still be visited: no sound schema has more tables and text than bytes. */
  budget: number;
}

/**
 * Walks the flatbuffer of a schema before apache-arrow's reader does: that one believes every length and offset, and runs
 * for as long as a broken one says.
 * @param schema position of the Schema table
 * @throws RangeError where the schema leads outside its bytes, or round in circles, or to values of another byte order
 */
export function checkIpcSchema(view: DataView, schema: number): void {
  const endiannessAt = fieldAt(view, schema, 0);
  if (endiannessAt !== 0 && view.getInt16(endiannessAt, true) !== 0)
    throw new RangeError("values are stored with the high byte first");
  const walk = { view, budget: view.byteLength };
  checkFields(walk, { table: schema, index: 1, depth: 0 });
  checkKeyValues(walk, schema, 2);
}

function checkFields(walk: Walk, at: { table: number; index: number; depth: number }): void {
  if (at.depth > MAX_DEPTH) throw new RangeError(`types are nested more than ${MAX_DEPTH} deep`);
  forEachTable(walk, at, (field) => {
    checkText(walk, field, 0);
    checkFields(walk, { table: field, index: 5, depth: at.depth + 1 });
    checkKeyValues(walk, field, 6);
  });
}

/** Custom metadata: tables of two texts. */
function checkKeyValues(walk: Walk, table: number, index: number): void {
  forEachTable(walk, { table, index }, (pair) => {
    checkText(walk, pair, 0);
    checkText(walk, pair, 1);
  });
}

function forEachTable(
  walk: Walk,
  { table, index }: { table: number; index: number },
  check: (at: number) => void,
): void {
  const { view } = walk;
  const vector = vectorField(view, table, { index, elementBytes: 4 });
  const count = vectorLength(view, vector);
  for (let i = 0; i < count; i++) {
    spend(walk, 1);
    check(targetAt(view, vector + 4 * i));
  }
}

function checkText(walk: Walk, table: number, index: number): void {
  const text = tableField(walk.view, table, index);
  if (text !== 0) spend(walk, walk.view.getUint32(text, true));
}

function spend(walk: Walk, count: number): void {
  walk.budget -= count;
  if (walk.budget < 0) throw new RangeError("the schema names more than its bytes can hold");
}
