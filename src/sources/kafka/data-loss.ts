import { SourceError } from "../../common/millrace-error.js";
import { partitionName } from "./kafka-offset.js";

/** Records that a query should have read and never can. */
export interface LostRecords {
  readonly topic: string;
  /** Of the topic: another one of the same name may lose records at the same place. */
  readonly id: string;
  readonly partition: number;
  /** Where reading should have gone on. */
  readonly from: number;
  /** Where it goes on; null: nowhere. */
  readonly resumeAt: number | null;
  /** What happened, e.g. `the oldest record there is 9`. */
  readonly reason: string;
  /** How many offsets are known to be lost. */
  readonly count: number;
}

/** What the option `failOnDataLoss` says: such a loss ends the query, or is told, counted and passed over. */
export class DataLoss {
  readonly #parts: { readonly fail: boolean; readonly label: string; readonly warn: (message: string) => void };
  #records = 0;
  #events = 0;
  #reports = 0;
  /** By partition, what was told last. */
  readonly #told = new Map<string, string>();

  constructor(parts: { readonly fail: boolean; readonly label: string; readonly warn: (message: string) => void }) {
    this.#parts = parts;
  }

  /** Offsets so far that were passed over. */
  get records(): number {
    return this.#records;
  }

  /** Losses so far, also those of which nobody knows how many records they were. */
  get events(): number {
    return this.#events;
  }

  /** How often a loss was found, the same ones too. */
  get reports(): number {
    return this.#reports;
  }

  /** Once for each loss, though it is found by every look from the same place. @throws SourceError KAFKA_DATA_LOSS */
  report(lost: LostRecords): void {
    const { fail, label, warn } = this.#parts;
    const place = partitionName(lost.topic, lost.partition);
    const what = `${label} has lost records: ${place} is to be read from offset ${lost.from} on, but ${lost.reason}.`;
    if (fail) throw new SourceError("KAFKA_DATA_LOSS", what, { hint: wayOut(lost) });
    this.#reports++;
    const loss = `${lost.id}:${lost.from}`;
    if (this.#told.get(place) === loss) return;
    this.#told.set(place, loss);
    this.#events++;
    this.#records += lost.count;
    const next = lost.resumeAt === null ? "The partition is left out." : `It goes on at offset ${lost.resumeAt}.`;
    warn(`KAFKA_DATA_LOSS: ${what} ${next}`);
  }
}

function wayOut({ resumeAt }: LostRecords): string {
  const goOn = resumeAt === null ? "go on without it" : `go on at offset ${resumeAt}`;
  return `Set failOnDataLoss: false to ${goOn}, or begin elsewhere with restartFrom or a new checkpoint directory.`;
}
