import { QueryError } from "../common/millrace-error.js";
import { MemorySink } from "../sinks/memory-sink.js";
import type { SinkShape } from "../sinks/sink.js";
import { InMemorySource } from "../sources/in-memory-source.js";
import type { SourceEntry } from "../sources/source-registry.js";
import type { Schema } from "../types/data-type.js";
import { formatSchema } from "../types/format-type.js";
import { sameSchema } from "../types/schema.js";

/** The memory sinks of a session by name, readable as frames while their queries run and after. */
export class MemoryTables {
  readonly #sinks = new Map<string, NamedMemorySink>();

  /**
   * A sink that takes the name when its query starts; a query that is refused leaves the table of an earlier one alone.
   * While the query runs, no other one can take the name: the rows of one of them would be gone. A query that starts again
   * from its checkpoint finds the table as it left it.
   */
  sink(name: string): MemorySink {
    return new NamedMemorySink((sink) => this.#take(name, sink));
  }

  /** Gives the sink that had the name before. */
  #take(name: string, sink: NamedMemorySink): NamedMemorySink | null {
    const holder = this.#sinks.get(name) ?? null;
    if (holder?.isOpen === true) {
      throw new QueryError("NAME_IN_USE", `A running query already writes to memory under the name "${name}".`, {
        hint: "Stop it first (session.streams.active), or choose another name.",
      });
    }
    this.#sinks.set(name, sink);
    return holder;
  }

  /** @throws QueryError TABLE_NOT_FOUND when no started query writes to memory under this name. */
  entry(name: string): SourceEntry {
    const schema = this.#snapshotOf(name).schema;
    const label = `memory(${name})`;
    return {
      factory: { open: () => this.#open(name, schema) },
      description: { label, schema, bounded: true, insertOnly: true, streaming: false },
    };
  }

  #open(name: string, expected: Schema): InMemorySource {
    const { schema, chunks } = this.#snapshotOf(name);
    if (sameSchema(schema, expected)) return new InMemorySource(expected, chunks, `memory(${name})`);
    throw new QueryError("TABLE_CHANGED", `The table "${name}" has other columns now: ${formatSchema(schema)}.`, {
      hint: `Another query has taken the name; get the frame anew with session.table("${name}").`,
    });
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

class NamedMemorySink extends MemorySink {
  readonly #take: (sink: NamedMemorySink) => NamedMemorySink | null;
  #isOpen = false;

  constructor(take: (sink: NamedMemorySink) => NamedMemorySink | null) {
    super();
    this.#take = take;
  }

  /** Its query has been started and has not ended. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  override async open(query: string, sink: string, shape: SinkShape): Promise<void> {
    const before = this.#take(this);
    if (before?.serves(query, shape) === true) this.continueFrom(before);
    await super.open(query, sink, shape);
  }

  override async close(): Promise<void> {
    await super.close();
    this.#isOpen = false;
  }

  protected override opened(shape: SinkShape, isNew: boolean): void {
    super.opened(shape, isNew);
    this.#isOpen = true;
  }
}
