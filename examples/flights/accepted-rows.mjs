import { Bool, makeData, makeVector, Table } from "apache-arrow";
import { and, col, not, or, window } from "millrace";

const MICROS_PER_SECOND = 1_000_000n;
const SECONDS = { "1 hour": 3600, "15 minutes": 900 };

/**
 * The rows that a windowed stream accepted: all rows, less those it reported as late. A row of a sliding window is late
 * for some windows and good for others, so there is one mark per row and window.
 */
export function acceptedRows(landed, { slide, size, windowsPerRow }) {
  const step = SECONDS[slide];
  const rows = landed.numRows;
  /** late[k][id]: the row was late for its k-th newest window. */
  const late = Array.from({ length: windowsPerRow }, () => new Uint8Array(rows));
  let missed = 0;

  return {
    get count() {
      return rows * windowsPerRow - missed;
    },

    /** Marks what the stream dropped. `dropped` has the id of each row and the window it missed. */
    remove(dropped) {
      for (const batch of dropped.batches) {
        const ids = batch.getChild("id");
        const departures = microsOf(batch.getChild("departure"));
        const starts = microsOf(batch.getChild("window").getChildAt(0));
        for (let i = 0; i < batch.numRows; i++) {
          const departure = Number(departures[i] / MICROS_PER_SECOND);
          const newest = departure - (departure % step);
          const k = (newest - Number(starts[i] / MICROS_PER_SECOND)) / step;
          late[k][ids.get(i)] = 1;
          missed++;
        }
      }
    },

    /** The accepted rows with their windows, as a bounded frame. */
    frame(session) {
      const marks = Object.fromEntries(late.map((marked, k) => [`late${k}`, booleans(marked)]));
      const marked = session.createDataFrame(landed.assign(new Table(marks)));
      const departure = col("departure").cast("bigint");
      const newest = departure.minus(departure.mod(step));
      const k = newest.minus(col("window.start").cast("bigint")).as("k");
      return marked
        .withColumn("window", window("departure", size, slide))
        .withColumn("k", k)
        .filter(isAccepted(windowsPerRow, step));
    },
  };
}

/** By how much earlier than the newest its window starts, a row has its mark. */
function isAccepted(windows, step) {
  /** @type {import("millrace").Column<unknown>[]} */
  const conditions = Array.from({ length: windows }, (_, k) => and(col("k").eq(k * step), not(col(`late${k}`))));
  return conditions.reduce((either, condition) => or(either, condition));
}

/** The microseconds of a timestamp column without a copy. */
function microsOf(vector) {
  return vector.data[0].values;
}

function booleans(marked) {
  const bits = new Uint8Array((marked.length + 7) >> 3);
  for (let i = 0; i < marked.length; i++) bits[i >> 3] |= marked[i] << (i & 7);
  return makeVector(makeData({ type: new Bool(), length: marked.length, data: bits }));
}
