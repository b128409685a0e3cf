import type { BatchHeader } from "./fake-batch-reader.js";

const OUT_OF_ORDER_SEQUENCE = 45;
const INVALID_PRODUCER_EPOCH = 47;
/** So many batches of a producer are recognised when they come again. */
const REMEMBERED = 5;

interface Producer {
  readonly epoch: number;
  readonly sent: readonly { readonly first: number; readonly last: number; readonly base: number }[];
}

/** What a partition knows of the producers that number their batches. */
export class ProducerSequences {
  readonly #producers = new Map<number, Producer>();

  static of(batches: readonly BatchHeader[]): ProducerSequences {
    const sequences = new ProducerSequences();
    for (const batch of batches) sequences.record(batch);
    return sequences;
  }

  /** The offset it has when it is here already, an error code, or null: it comes next. */
  check(batch: BatchHeader): { readonly duplicateOf: number } | { readonly error: number } | null {
    if (batch.producerId < 0) return null;
    const known = this.#producers.get(batch.producerId);
    if (known !== undefined && batch.epoch < known.epoch) return { error: INVALID_PRODUCER_EPOCH };
    const sent = known?.epoch === batch.epoch ? known.sent : [];
    const last = lastSequence(batch);
    const same = sent.find((one) => one.first === batch.sequence && one.last === last);
    if (same !== undefined) return { duplicateOf: same.base };
    return batch.sequence === next(sent.at(-1)?.last ?? -1) ? null : { error: OUT_OF_ORDER_SEQUENCE };
  }

  /** The sequence that comes next in that epoch. */
  next(producerId: number, epoch: number): number {
    const known = this.#producers.get(producerId);
    return known?.epoch === epoch ? next(known.sent.at(-1)?.last ?? -1) : 0;
  }

  record(batch: BatchHeader): void {
    if (batch.producerId < 0) return;
    const known = this.#producers.get(batch.producerId);
    const sent = known?.epoch === batch.epoch ? known.sent : [];
    const one = { first: batch.sequence, last: lastSequence(batch), base: batch.base };
    const now = batch.control ? sent : [...sent, one].slice(-REMEMBERED);
    this.#producers.set(batch.producerId, { epoch: Math.max(batch.epoch, known?.epoch ?? 0), sent: now });
  }
}

/** Sequences go on with 0 after 2^31 - 1. */
function next(sequence: number): number {
  return sequence === 2 ** 31 - 1 ? 0 : sequence + 1;
}

function lastSequence(batch: BatchHeader): number {
  return (batch.sequence + batch.count - 1) % 2 ** 31;
}
