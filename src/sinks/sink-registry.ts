import { SinkError } from "../common/millrace-error.js";
import type { SinkReference } from "../plan/engine.js";
import type { Sink } from "./sink.js";

/** The sinks of one session behind ids, so that requests stay data. */
export class SinkRegistry {
  readonly #makers = new Map<string, () => Sink>();

  register(make: () => Sink): SinkReference {
    const id = `sink-${this.#makers.size}`;
    this.#makers.set(id, make);
    return Object.freeze({ id });
  }

  /** The Sink of one run. */
  open(id: string): Sink {
    const make = this.#makers.get(id);
    if (make === undefined) throw new SinkError("SINK_UNKNOWN", `No sink is registered under '${id}'.`);
    return make();
  }
}
