/** Weight of what was seen before: two answers later a change of the data counts for most of it. */
const MEMORY = 0.5;

/** Bytes per offset, as the newest records have it: how many offsets a number of bytes is good for. */
export class AverageSize {
  readonly #guess: number;
  #bytes: number | null = null;

  /** `guess`: before anything was seen. */
  constructor(guess: number) {
    this.#guess = guess;
  }

  get bytes(): number {
    return this.#bytes ?? this.#guess;
  }

  add(bytes: number, offsets: number): void {
    if (offsets <= 0) return;
    const seen = bytes / offsets;
    this.#bytes = this.#bytes === null ? seen : this.#bytes * MEMORY + seen * (1 - MEMORY);
  }
}
