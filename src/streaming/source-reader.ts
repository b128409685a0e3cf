import type { Chunk } from "../columnar/chunk.js";
import type { ReadLimits, SourceDescription } from "../plan/plan-node.js";
import { type LatestOffset, type Offset, type ReadLimit, type Source, UNLIMITED } from "../sources/source.js";

/** What one trigger takes from one source: the range (from, to], as the offset log will hold it. */
export interface OffsetRange {
  readonly from: Offset;
  readonly to: Offset;
  /** Offsets are opaque: equal as JSON text means that there is nothing between them. */
  readonly hasNewRows: boolean;
  readonly behind: readonly string[];
  /** The source has nothing after `to`, ever. */
  readonly ended: boolean;
}

/** One source of a running query: where it stands and what it has delivered. */
export class SourceReader {
  readonly description: SourceDescription;
  readonly source: Source;
  #offset: Offset = null;
  /** JSON text of `#offset`; and what nextRange has found last, whose text commit need not make again. */
  #text = JSON.stringify(null);
  #found: { readonly offset: Offset; readonly text: string } = { offset: null, text: this.#text };
  #ended = false;
  #target: { readonly offset: Offset } | null = null;

  constructor(description: SourceDescription, source: Source) {
    this.description = description;
    this.source = source;
  }

  /** Everything up to here has been processed. */
  get offset(): Offset {
    return this.#offset;
  }

  /** True once a trigger has processed the end of a source that has ended for ever. */
  get ended(): boolean {
    return this.#ended;
  }

  /** `saved`: where an earlier run stood; null for a source that it did not have, or that cannot go back there. */
  async open(saved: { readonly offset: Offset; readonly ended: boolean } | null = null): Promise<void> {
    // A replayable source is not asked where it would begin: that place may not exist any more.
    if (saved === null || !this.source.replayable) return this.#moveTo(await this.source.initialOffset());
    this.#moveTo(saved.offset);
    this.#ended = saved.ended;
  }

  /** A logged range, to be read again; nothing where that cannot be: those rows are lost, as `guarantee` says. */
  loggedRange(range: Omit<OffsetRange, "hasNewRows">): OffsetRange {
    if (!this.source.replayable) return { ...range, from: this.#offset, to: this.#offset, hasNewRows: false };
    return { ...range, hasNewRows: JSON.stringify(range.from) !== JSON.stringify(range.to) };
  }

  /** availableNow, drain: what is there at this moment is all this run will read. The first target stands. */
  async fixTarget(): Promise<void> {
    if (this.#target !== null) return;
    const latest = await this.source.latestOffset(this.#offset, UNLIMITED);
    this.#target = { offset: latest.offset };
  }

  /** `limit` is the query's; the source's own limits come first. */
  async nextRange(limit: ReadLimit): Promise<OffsetRange> {
    const own = limit === UNLIMITED ? limit : withOwnLimits(limit, this.description.limits);
    const bounded = this.#target === null ? own : { ...own, until: this.#target.offset };
    const latest: LatestOffset = await this.source.latestOffset(this.#offset, bounded);
    const from = this.#offset;
    const to = latest.offset;
    if (to !== this.#found.offset) this.#found = { offset: to, text: JSON.stringify(to) };
    const hasNewRows = to !== from && this.#found.text !== this.#text;
    return { from, to, hasNewRows, behind: latest.behind, ended: latest.ended };
  }

  read(range: OffsetRange, signal: AbortSignal): AsyncIterable<Chunk> {
    return this.source.read(range.from, range.to, signal);
  }

  close(): Promise<void> {
    return this.source.close();
  }

  /** The trigger that read `range` is done. */
  commit(range: OffsetRange): Promise<void> {
    this.#moveTo(range.to);
    this.#ended = range.ended;
    return this.source.commit(range.to);
  }

  #moveTo(offset: Offset): void {
    this.#text = offset === this.#found.offset ? this.#found.text : JSON.stringify(offset);
    this.#offset = offset;
  }
}

function withOwnLimits(limit: ReadLimit, own: ReadLimits | undefined): ReadLimit {
  if (own === undefined) return limit;
  return {
    ...limit,
    maxRows: own.maxRowsPerTrigger ?? limit.maxRows,
    maxBytes: own.maxBytesPerTrigger ?? limit.maxBytes,
  };
}
