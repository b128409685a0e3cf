import { StreamingRefusal } from "../common/millrace-error.js";
import type { OutputMode } from "../plan/output-mode.js";
import type { Sink } from "../sinks/sink.js";

/** @throws StreamingRefusal SINK_MODE when the sink cannot take this output mode at all. */
export function refuseSinkMode(sink: Sink, mode: OutputMode): void {
  if (sink.modes.includes(mode)) return;
  throw new StreamingRefusal("SINK_MODE", `The sink ${sink.label} does not take output mode "${mode}".`, {
    place: `sink ${sink.label}`,
    hint: `Use outputMode(${sink.modes.map((known) => `"${known}"`).join(" or ")}), or another sink.`,
  });
}
