import { allocateBytes } from "../../columnar/buffers.js";
import { OutputLimit } from "../../common/compression.js";

/** Bytes that are being decompressed: memory grows with them, up to a limit. */
export class BoundedOutput {
  bytes: Uint8Array;
  at = 0;
  readonly #maxBytes: number;

  /** `expected`: how many there will probably be. */
  constructor(expected: number, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.bytes = allocateBytes(Math.min(maxBytes, expected));
  }

  /** Room for up to `count` more, or as many as the limit allows; says where it ends. */
  makeRoom(count: number): number {
    const end = Math.min(this.at + count, this.#maxBytes);
    if (end > this.bytes.length) {
      const larger = allocateBytes(Math.min(this.#maxBytes, Math.max(end, 2 * this.bytes.length)));
      larger.set(this.bytes.subarray(0, this.at));
      this.bytes = larger;
    }
    return end;
  }

  /** The error for bytes that go beyond the room of `makeRoom`: too many altogether, or else what `otherwise` says. */
  beyond(end: number, otherwise: string): Error {
    return end === this.#maxBytes ? new OutputLimit(`more than ${end} bytes`) : new Error(otherwise);
  }

  written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }
}
