const NEWLINE = 10;
const NOTHING = new Uint8Array(0);

/**
 * Bytes as they arrive, cut behind the last newline. A line that is longer than the limit is dropped as it comes, so that
 * a peer which never sends a newline cannot fill the memory.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  /** The line that has begun and has no end yet; nothing of it is kept once it is too long. */
  #open: Uint8Array[] = [];
  #openBytes = 0;
  #tooLong = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Lines that were longer than the limit; each is counted as soon as it is. */
  get tooLong(): number {
    return this.#tooLong;
  }

  /** The lines that end in `received`, with their newlines. */
  push(received: Uint8Array): Uint8Array {
    const first = received.indexOf(NEWLINE);
    if (first < 0) {
      this.#extend(received);
      return NOTHING;
    }
    const end = received.lastIndexOf(NEWLINE) + 1;
    this.#extend(received.subarray(0, first));
    const lines = this.#close(this.#withoutTooLong(received.subarray(first, end)));
    this.#extend(received.subarray(end));
    return lines;
  }

  /** The last line, which nobody has ended. */
  finish(): Uint8Array {
    return this.#close(NOTHING);
  }

  #extend(part: Uint8Array): void {
    const wasTooLong = this.#isTooLong();
    this.#openBytes += part.length;
    if (!this.#isTooLong()) {
      // A copy: these may be the last bytes of a large block.
      if (part.length > 0) this.#open.push(part.slice());
    } else if (!wasTooLong) {
      this.#open = [];
      this.#tooLong++;
    }
  }

  #isTooLong(): boolean {
    return this.#openBytes > this.#maxLineBytes;
  }

  /** The open line and what follows it, its newline first. */
  #close(following: Uint8Array): Uint8Array {
    const lines = this.#isTooLong() ? following.subarray(1) : joined([...this.#open, following]);
    this.#open = [];
    this.#openBytes = 0;
    return lines;
  }

  /** Begins with the newline of the open line; a block that is no longer than a line may be has none that is. */
  #withoutTooLong(lines: Uint8Array): Uint8Array {
    if (lines.length <= this.#maxLineBytes) return lines;
    const kept: Uint8Array[] = [];
    for (let from = 0; from < lines.length; ) {
      const to = lines.indexOf(NEWLINE, from);
      if (to - from > this.#maxLineBytes) this.#tooLong++;
      else kept.push(lines.subarray(from, to + 1));
      from = to + 1;
    }
    return joined(kept);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
