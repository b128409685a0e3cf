import { SourceError } from "../common/millrace-error.js";
import type { SourceDescription } from "../plan/plan-node.js";
import type { Source, SourceFactory } from "./source.js";

/** What a source maker hands to the registry: the recipe, and what the planner may know of it. */
export interface SourceEntry {
  readonly factory: SourceFactory;
  readonly description: Omit<SourceDescription, "id">;
}

/** The sources of one session behind ids, so that plans stay data. */
export class SourceRegistry {
  readonly #factories = new Map<string, SourceFactory>();
  #nextId = 0;

  /** Gives the source an id; the description is what a scan node holds. */
  register(factory: SourceFactory, description: Omit<SourceDescription, "id">): SourceDescription {
    const id = `source-${this.#nextId++}`;
    this.#factories.set(id, factory);
    return Object.freeze({ id, ...description });
  }

  /** Forgets a source whose frame nobody may run any more. */
  unregister(id: string): void {
    this.#factories.delete(id);
  }

  /** A fresh Source for one run; one-shot inputs refuse the second. */
  open(id: string): Source {
    const factory = this.#factories.get(id);
    if (factory === undefined) {
      throw new SourceError("SOURCE_UNKNOWN", `No source is registered under '${id}'.`, {
        hint: "Run the frame with the session that made it.",
      });
    }
    return factory.open();
  }
}
