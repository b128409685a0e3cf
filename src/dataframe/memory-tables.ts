import { QueryError } from "../common/millrace-error.js";
import type { MemorySink } from "../sinks/memory-sink.js";
import { InMemorySource } from "../sources/in-memory-source.js";
import type { SourceEntry } from "../sources/source-registry.js";

/** The memory sinks of a session by name, readable as frames while their queries run. */
export class MemoryTables {
  readonly #sinks = new Map<string, MemorySink>();

  /** A query that writes to a name takes it over from an earlier one. */
  register(name: string, sink: MemorySink): void {
    this.#sinks.set(name, sink);
  }

  /** @throws QueryError TABLE_NOT_FOUND when no started query writes to memory under this name. */
  entry(name: string): SourceEntry {
    const schema = this.#snapshotOf(name).schema;
    const label = `memory(${name})`;
    return {
      factory: { open: () => new InMemorySource(schema, this.#snapshotOf(name).chunks, label) },
      description: { label, schema, bounded: true, insertOnly: true, streaming: false },
    };
  }

  #snapshotOf(name: string): NonNullable<ReturnType<MemorySink["snapshot"]>> {
    const snapshot = this.#sinks.get(name)?.snapshot() ?? null;
    if (snapshot !== null) return snapshot;
    const known = [...this.#sinks.keys()];
    throw new QueryError("TABLE_NOT_FOUND", `No query writes to memory under the name "${name}".`, {
      hint: known.length === 0 ? 'Start one with writeStream.memory("name").' : `There are: ${known.join(", ")}.`,
    });
  }
}
