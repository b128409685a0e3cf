const QUARTER_HOUR = 900_000_000n;
/** More than there are. */
const AIRPORTS = 512;

/**
 * True when two tables of (window, origin, flights, minutes, average) hold the same rows, in any order, to the last bit.
 * @param {import("apache-arrow").Table} a @param {import("apache-arrow").Table} b
 */
export function sameRows(a, b) {
  if (a.numRows !== b.numRows) return false;
  const airports = new Airports();
  const [expected, found] = [columnsOf(a, airports), columnsOf(b, airports)];
  if (a.numRows === 0) return true;
  const first = expected.keys.reduce((least, key) => Math.min(least, key));
  const last = expected.keys.reduce((most, key) => Math.max(most, key));
  /** Row of `a` by key, plus 1; keys are dense. */
  const rowByKey = new Int32Array(last - first + 1);
  for (let i = 0; i < a.numRows; i++) {
    if (rowByKey[expected.keys[i] - first] !== 0) return false;
    rowByKey[expected.keys[i] - first] = i + 1;
  }
  for (let i = 0; i < b.numRows; i++) {
    const row = rowByKey[found.keys[i] - first];
    if (!(row > 0) || !sameValues(expected, row - 1, found, i)) return false;
    rowByKey[found.keys[i] - first] = 0;
  }
  return true;
}

function sameValues(a, row, b, other) {
  return (
    a.flights[row] === b.flights[other] &&
    a.minutes[row] === b.minutes[other] &&
    Object.is(a.average[row], b.average[other])
  );
}

/** The table as flat arrays; a key is the quarter hour in which the window starts and a number for the airport. */
function columnsOf(table, airports) {
  const rows = table.numRows;
  const columns = {
    keys: new Float64Array(rows),
    flights: new BigInt64Array(rows),
    minutes: new BigInt64Array(rows),
    average: new Float64Array(rows),
  };
  let at = 0;
  for (const batch of table.batches) {
    for (const name of ["flights", "minutes", "average"]) columns[name].set(batch.getChild(name).toArray(), at);
    const starts = batch.getChild("window").getChildAt(0).toArray();
    const { values: letters, valueOffsets } = batch.getChild("origin").data[0];
    for (let i = 0; i < batch.numRows; i++) {
      columns.keys[at++] = Number(starts[i] / QUARTER_HOUR) * AIRPORTS + airports.idOf(letters, valueOffsets[i]);
    }
  }
  return columns;
}

/** Small numbers for codes of three letters, read as bytes: a string a row would cost more than the comparison. */
class Airports {
  #ids = new Int32Array(32 ** 3);
  #count = 0;

  idOf(letters, at) {
    const code = ((letters[at] & 31) << 10) | ((letters[at + 1] & 31) << 5) | (letters[at + 2] & 31);
    if (this.#ids[code] === 0) this.#ids[code] = ++this.#count;
    return this.#ids[code] - 1;
  }
}
