import { Table } from "apache-arrow";

/** Fewer departures than this say little about an airport. */
const FEWEST_FLIGHTS = 5;

/** The windows that a stream has sent so far, each once, when no row can change it any more. */
export class FinalWindows {
  /** @type {import("apache-arrow").RecordBatch[]} */
  #batches = [];

  /** @param {import("apache-arrow").RecordBatch[]} batches */
  add(batches) {
    this.#batches.push(...batches.filter((batch) => batch.numRows > 0));
  }

  table() {
    return new Table(this.#batches);
  }

  /**
   * The airports with the worst delays in the newest closed window.
   * @param {number} count
   * @returns {string[]}
   */
  worstAirports(count) {
    const rows = this.#newestRows();
    const worst = rows.filter(({ flights }) => flights >= FEWEST_FLIGHTS).sort((a, b) => b.average - a.average);
    return worst.slice(0, count).map(({ start, origin, flights, average }) => {
      const minutes = `${average < 0 ? "" : "+"}${average.toFixed(1)}`;
      return `  ${start}  ${origin}  ${String(flights).padStart(4)} flights ${minutes.padStart(8)} min`;
    });
  }

  #newestRows() {
    const batch = this.#batches.at(-1);
    if (batch === undefined) return [];
    const rows = batch.toArray().map((row) => ({
      start: new Date(Number(row.window.start)).toISOString().slice(0, 16).replace("T", " "),
      origin: String(row.origin),
      flights: Number(row.flights),
      average: Number(row.average),
    }));
    const newest = rows
      .map(({ start }) => start)
      .sort()
      .at(-1);
    return rows.filter(({ start }) => start === newest);
  }
}
