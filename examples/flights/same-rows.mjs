const QUARTER_HOUR = 900_000_000n;
/** 2001-01-01, so that keys fit into 32 bits. */
const FIRST_QUARTER = (BigInt(Date.UTC(2001, 0, 1)) * 1000n) / QUARTER_HOUR;
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
  const [first, last] = rangeOf(expected.keys);
  /** Row of `a` by key, plus 1; keys are dense. */
  const rowByKey = new Int32Array(last - first + 1);
  for (let i = 0; i < a.numRows; i++) {
    const key = expected.keys[i] - first;
    if (rowByKey[key] !== 0) return false;
    rowByKey[key] = i + 1;
  }
  for (let i = 0; i < b.numRows; i++) {
    const key = found.keys[i] - first;
    const row = key >= 0 && key < rowByKey.length ? rowByKey[key] : 0;
    if (row === 0 || !sameValues(expected, row - 1, found, i)) return false;
    rowByKey[key] = 0;
  }
  return true;
}

function rangeOf(keys) {
  let least = keys[0];
  let most = keys[0];
  for (const key of keys) {
    if (key < least) least = key;
    if (key > most) most = key;
  }
  return [least, most];
}

/** Bit by bit: two 32-bit halves of each 64-bit value, so that no row makes a bigint. */
function sameValues(a, row, b, other) {
  for (let column = 0; column < a.halves.length; column++) {
    const left = a.halves[column];
    const right = b.halves[column];
    if (left[2 * row] !== right[2 * other] || left[2 * row + 1] !== right[2 * other + 1]) return false;
  }
  return true;
}

/** The table as flat arrays; a key is the quarter hour in which the window starts and a number for the airport. */
function columnsOf(table, airports) {
  const rows = table.numRows;
  const columns = {
    keys: new Int32Array(rows),
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
      columns.keys[at++] =
        Number(starts[i] / QUARTER_HOUR - FIRST_QUARTER) * AIRPORTS + airports.idOf(letters, valueOffsets[i]);
    }
  }
  const halves = [columns.flights, columns.minutes, columns.average].map((values) => new Int32Array(values.buffer));
  return { keys: columns.keys, halves };
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
