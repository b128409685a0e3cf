import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Random } from "../../laws/cases/random.js";

const SECOND_MS = 1000;
const ROWS_PER_FILE = 6;

/** Files of rows that move into a directory whole. Every id comes twice, with one time, in two files; some come too late. */
export class Arrivals {
  readonly #directory: string;
  readonly #random: Random;
  #waiting: { readonly at: string; readonly id: number }[] = [];
  #files = 0;
  #ids = 0;

  constructor(directory: string, seed: number) {
    this.#directory = directory;
    this.#random = new Random(seed);
  }

  /** How many ids have come, twice each once `finish` is done. */
  get ids(): number {
    return this.#ids;
  }

  async open(): Promise<void> {
    for (const name of ["in", "waiting"]) await mkdir(join(this.#directory, name), { recursive: true });
  }

  async add(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = Array.from({ length: ROWS_PER_FILE }, () => this.#row());
    await this.#write([...rows, ...this.#waiting]);
  }

  /** The second time of those that came once. */
  async finish(): Promise<void> {
    await this.#write(this.#waiting);
    this.#waiting = [];
  }

  #row(): { at: string; id: number } {
    const behind = this.#random.chance(0.15) ? this.#random.int(4, 30) : 0;
    const at = new Date((100 + this.#files * 2 - behind) * SECOND_MS).toISOString();
    return { at, id: this.#ids++ };
  }

  async #write(rows: readonly object[]): Promise<void> {
    const name = `${String(this.#files++).padStart(6, "0")}.json`;
    await writeFile(join(this.#directory, "waiting", name), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    await rename(join(this.#directory, "waiting", name), join(this.#directory, "in", name));
  }
}
