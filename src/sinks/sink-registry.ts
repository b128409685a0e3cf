import { SinkError } from "../common/millrace-error.js";
import type { SinkReference } from "../plan/engine.js";
import type { Sink } from "./sink.js";

/** The sinks of one session behind ids, so that requests stay data. A sink lives as long as somebody holds its reference. */
export class SinkRegistry {
  readonly #makers = new WeakMap<SinkReference, () => Sink>();
  #nextId = 0;

  register(make: () => Sink): SinkReference {
    const reference = Object.freeze({ id: `sink-${this.#nextId++}` });
    this.#makers.set(reference, make);
    return reference;
  }

  /** The Sink of one run. */
  open(reference: SinkReference): Sink {
    const make = this.#makers.get(reference);
    if (make === undefined) throw new SinkError("SINK_UNKNOWN", `No sink is registered under '${reference.id}'.`);
    return make();
  }
}
