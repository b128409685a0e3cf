const WIDTH = 80;
const REDRAW_MS = 200;
const PLAIN_LINE_MS = 1000;
const TOP = 5;

/** What a person sees: a view that redraws in place in a terminal, plain lines anywhere else. Never wider than 80 columns. */
export class Screen {
  #isTerminal = process.stdout.isTTY === true;
  #drawn = 0;
  #begun = performance.now();
  /** @type {[string, number][]} */
  #timings = [];

  /** Runs one phase and notes how long it took. */
  async phase(name, work) {
    const begun = performance.now();
    if (!this.#isTerminal) this.#line(`... ${name}`);
    const result = await work();
    this.#timings.push([name, (performance.now() - begun) / 1000]);
    return result;
  }

  /** Shows the progress of a running query until the returned function is called. */
  watch(session, query, final) {
    let shownAt = performance.now();
    const seen = { rows: 0, late: 0, triggers: 0, begun: performance.now() };
    const listener = {
      onQueryProgress: (progress) => {
        if (progress.id !== query.id) return;
        seen.rows += progress.numInputRows;
        seen.late += progress.numLateRows;
        seen.triggers++;
        if (performance.now() - shownAt < (this.#isTerminal ? REDRAW_MS : PLAIN_LINE_MS)) return;
        shownAt = performance.now();
        this.#show(query.name, { progress, seen, final });
      },
    };
    session.streams.addListener(listener);
    return () => {
      session.streams.removeListener(listener);
      this.#clear();
    };
  }

  result(query, { batch, streamed, equal, accepted }) {
    const late = streamed.late.numRows;
    const all = accepted + late;
    this.#line("");
    this.#line(`${query.name} windows of ${query.size}${query.slide === query.size ? "" : ` every ${query.slide}`}`);
    this.#line(`  batch over all rows     ${number(batch.numRows)} groups`);
    this.#line(`  streamed                ${number(streamed.result.numRows)} groups, each sent once, when final`);
    this.#line(`  late rows               ${number(late)} of ${number(all)} (${((100 * late) / all).toFixed(2)} %)`);
    this.#line(`  batch over the accepted rows = streamed: ${equal ? "yes, exactly" : "NO"}`);
  }

  end(failures) {
    this.#line("");
    for (const [name, seconds] of this.#timings) this.#line(`  ${name.padEnd(40)} ${seconds.toFixed(1).padStart(6)} s`);
    this.#line(`  ${"total".padEnd(40)} ${((performance.now() - this.#begun) / 1000).toFixed(1).padStart(6)} s`);
    for (const failure of failures) this.#line(`FAILED: ${failure}`);
  }

  #show(name, { progress, seen, final }) {
    const perSecond = Math.round(seen.rows / ((performance.now() - seen.begun) / 1000));
    const watermark = progress.eventTime.watermark?.slice(0, 16).replace("T", " ") ?? "none yet";
    const head = [
      `${name}: ${number(seen.rows)} rows in ${number(seen.triggers)} triggers, ${number(perSecond)} rows/s`,
      `watermark ${watermark}, ${number(seen.late)} late (row, window) pairs`,
    ];
    if (!this.#isTerminal) {
      this.#line(head.join("; "));
      return;
    }
    this.#draw([...head, "", "worst delays in the newest closed window", ...final.worstAirports(TOP)]);
  }

  #draw(lines) {
    this.#clear();
    for (const line of lines) this.#line(line);
    this.#drawn = lines.length;
  }

  #clear() {
    if (this.#drawn > 0) process.stdout.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }

  #line(text) {
    process.stdout.write(`${text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text}\n`);
  }
}

function number(value) {
  return value.toLocaleString("en-US");
}
