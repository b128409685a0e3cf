import { SourceError } from "../common/millrace-error.js";
import type { SourceDescription } from "../plan/plan-node.js";
import type { Source, SourceFactory } from "./source.js";

/** What a source maker hands to the registry: the recipe, and what the planner may know of it. */
export interface SourceEntry {
  readonly factory: SourceFactory;
  readonly description: Omit<SourceDescription, "id">;
}

/** Ids of sources that nobody holds any more are swept out when this many have been given since the last time. */
const SWEEP_AFTER = 1024;

/**
 * The sources of one session behind ids, so that plans stay data. A source lives as long as a plan holds its description:
 * the rows of a frame that nobody can run any more are free to go.
 */
export class SourceRegistry {
  readonly #factories = new WeakMap<SourceDescription, SourceFactory>();
  /** For plans that come back from JSON, whose descriptions are copies. */
  readonly #byId = new Map<string, WeakRef<SourceDescription>>();
  #nextId = 0;

  /** Gives the source an id; the description is what a scan node holds. */
  register(factory: SourceFactory, description: Omit<SourceDescription, "id">): SourceDescription {
    const known = Object.freeze({ id: `source-${this.#nextId++}`, ...description });
    this.#factories.set(known, factory);
    this.#byId.set(known.id, new WeakRef(known));
    if (this.#nextId % SWEEP_AFTER === 0) this.#sweep();
    return known;
  }

  /** A fresh Source for one run; one-shot inputs refuse the second. */
  open(description: SourceDescription): Source {
    const factory = this.#factories.get(description) ?? this.#factoryOf(description.id);
    if (factory === null) {
      throw new SourceError("SOURCE_UNKNOWN", `No source is registered under '${description.id}'.`, {
        hint: "Run the frame with the session that made it.",
      });
    }
    return factory.open();
  }

  #factoryOf(id: string): SourceFactory | null {
    const known = this.#byId.get(id)?.deref();
    return (known && this.#factories.get(known)) ?? null;
  }

  #sweep(): void {
    for (const [id, description] of this.#byId) if (description.deref() === undefined) this.#byId.delete(id);
  }
}
