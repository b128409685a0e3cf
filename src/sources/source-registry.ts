import { SourceError } from "../common/millrace-error.js";
import type { SourceDescription } from "../plan/plan-node.js";
import type { Source, SourceFactory, SourceStorage } from "./source.js";

/** What a source maker hands to the registry: the recipe, and what the planner may know of it. */
export interface SourceEntry {
  readonly factory: SourceFactory;
  readonly description: Omit<SourceDescription, "id">;
}

/**
 * The sources of one session behind their descriptions, so that plans stay data. A source lives as long as a plan holds
 * its description: the rows of a frame that nobody can run any more are free to go. It is the description itself that
 * counts, not its id, which another session gives too: a plan of that session must not read rows of this one.
 */
export class SourceRegistry {
  readonly #factories = new WeakMap<SourceDescription, SourceFactory>();
  #nextId = 0;

  /** Gives the source an id; the description is what a scan node holds. */
  register(factory: SourceFactory, description: Omit<SourceDescription, "id">): SourceDescription {
    const known = Object.freeze({ id: `source-${this.#nextId++}`, ...description });
    this.#factories.set(known, factory);
    return known;
  }

  /** Another description of a source: by another name, it is the same. */
  alias(known: SourceDescription, other: SourceDescription): void {
    const factory = this.#factories.get(known);
    if (factory !== undefined) this.#factories.set(other, factory);
  }

  /** A fresh Source for one run; one-shot inputs refuse the second. */
  open(description: SourceDescription, storage: SourceStorage | null = null): Source {
    const factory = this.#factories.get(description);
    if (factory !== undefined) return factory.open(storage);
    throw new SourceError("SOURCE_UNKNOWN", `This session does not know the source ${description.label}.`, {
      hint: "Run a frame with the session that made it, and join frames of one session only.",
    });
  }
}
