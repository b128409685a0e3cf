/**
 * True when two tables of (window, origin, flights, minutes, average) hold the same rows, in any order, to the last bit.
 * @param {import("apache-arrow").Table} a @param {import("apache-arrow").Table} b
 */
export function sameRows(a, b) {
  if (a.numRows !== b.numRows) return false;
  const expected = new Map();
  for (const [key, values] of rowsOf(a)) expected.set(key, values);
  if (expected.size !== a.numRows) return false;
  for (const [key, [flights, minutes, average]] of rowsOf(b)) {
    const found = expected.get(key);
    if (found === undefined || found[0] !== flights || found[1] !== minutes || !Object.is(found[2], average)) return false;
  }
  return true;
}

/** Airport codes have no blank, so start and code make a key. */
function* rowsOf(table) {
  for (const batch of table.batches) {
    const starts = batch.getChild("window").getChildAt(0).data[0].values;
    const [origin, flights, minutes, average] = ["origin", "flights", "minutes", "average"].map((name) => batch.getChild(name));
    for (let i = 0; i < batch.numRows; i++) {
      yield [`${starts[i]} ${origin.get(i)}`, [flights.get(i), minutes.get(i), average.get(i)]];
    }
  }
}
