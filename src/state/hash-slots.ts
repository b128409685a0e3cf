/**
 * Open addressing over [hash, id + 1] pairs with linear probing; id + 1 = 0 marks a free slot. At most half of the
 * slots are taken. Removing shifts later entries back, so there are no tombstones and probing never degrades.
 */
export class HashSlots {
  /** Pairs; the length is a power of two. Replaced when the table grows: read it again after `insert`. */
  pairs: Int32Array;
  #taken = 0;

  constructor(pairs = 64) {
    this.pairs = new Int32Array(pairs * 2);
  }

  get taken(): number {
    return this.#taken;
  }

  get bytes(): number {
    return this.pairs.byteLength;
  }

  /** The id must not be there. */
  insert(hash: number, id: number): void {
    if ((this.#taken + 1) * 4 > this.pairs.length) this.reserve(1);
    put(this.pairs, hash, id + 1);
    this.#taken++;
  }

  /** Makes room for so many more. */
  reserve(count: number): void {
    let length = this.pairs.length;
    while ((this.#taken + count) * 4 > length) length *= 2;
    if (length > this.pairs.length) this.#growTo(length);
  }

  remove(hash: number, id: number): void {
    const pairs = this.pairs;
    const mask = pairs.length - 1;
    let hole = (hash << 1) & mask;
    while (pairs[hole + 1] !== id + 1) hole = (hole + 2) & mask;
    closeHole(pairs, hole);
    this.#taken--;
  }

  /** candidates[i] = the first id whose hash is hashes[i], or -1: keys are not compared. */
  candidates(hashes: Int32Array, count: number, candidates: Int32Array): void {
    const pairs = this.pairs;
    const mask = pairs.length - 1;
    for (let i = 0; i < count; i++) {
      const hash = hashes[i];
      let slot = (hash << 1) & mask;
      let taken = pairs[slot + 1];
      while (taken !== 0 && pairs[slot] !== hash) {
        slot = (slot + 2) & mask;
        taken = pairs[slot + 1];
      }
      candidates[i] = taken - 1;
    }
  }

  #growTo(length: number): void {
    const old = this.pairs;
    this.pairs = new Int32Array(length);
    for (let slot = 0; slot < old.length; slot += 2) {
      if (old[slot + 1] !== 0) put(this.pairs, old[slot], old[slot + 1]);
    }
  }
}

function put(pairs: Int32Array, hash: number, taken: number): void {
  const mask = pairs.length - 1;
  let slot = (hash << 1) & mask;
  while (pairs[slot + 1] !== 0) slot = (slot + 2) & mask;
  pairs[slot] = hash;
  pairs[slot + 1] = taken;
}

/** Moves back every later entry of the run that the hole would cut off from its home slot (Knuth 6.4, algorithm R). */
function closeHole(pairs: Int32Array, start: number): void {
  const mask = pairs.length - 1;
  let hole = start;
  let slot = (hole + 2) & mask;
  while (pairs[slot + 1] !== 0) {
    const home = (pairs[slot] << 1) & mask;
    if (((slot - home) & mask) >= ((slot - hole) & mask)) {
      pairs[hole] = pairs[slot];
      pairs[hole + 1] = pairs[slot + 1];
      hole = slot;
    }
    slot = (slot + 2) & mask;
  }
  pairs[hole] = 0;
  pairs[hole + 1] = 0;
}
