import { lateRowsSchema } from "../execution/operators/late-rows-schema.js";
import type { StreamRequest } from "../plan/engine.js";
import type { StreamingPlan } from "../plan/streaming-plan.js";
import type { Sink, SinkShape } from "../sinks/sink.js";
import type { SinkRegistry } from "../sinks/sink-registry.js";
import type { Schema } from "../types/data-type.js";
import { closeAll } from "./close-all.js";
import { refuseSinkMode } from "./refuse-sink-mode.js";
import { SinkWriter } from "./sink-writer.js";

/** A sink that has been chosen but not opened, and what it will be told. */
export interface PlannedSink {
  readonly sink: Sink;
  readonly name: "main" | "late";
  readonly shape: SinkShape;
}

export function mainSink(sink: Sink, plan: StreamingPlan): PlannedSink {
  const { visible, visibleKey, insertOnly, deletes } = plan.output;
  const shape = {
    mode: plan.mode,
    schema: visible,
    key: visibleKey,
    insertOnly,
    deletes: plan.mode === "update" && deletes,
  };
  return { sink, name: "main", shape };
}

/** The sink for late rows, when one is asked for; it appends. */
export function lateSink(sinks: SinkRegistry, request: StreamRequest, plan: StreamingPlan): PlannedSink | null {
  if (request.lateRows === null) return null;
  const schema = lateRowsSchema(plan);
  const sink = sinks.open(request.lateRows);
  refuseSinkMode(sink, "append");
  return { sink, name: "late", shape: { mode: "append", schema, key: null, insertOnly: true, deletes: false } };
}

export interface OpenSinks {
  readonly sink: SinkWriter;
  readonly late: { readonly writer: SinkWriter; readonly schema: Schema } | null;
}

/** Opens the sinks of a query; when one of them fails, none stays open. */
export async function openSinks(queryId: string, main: PlannedSink, late: PlannedSink | null): Promise<OpenSinks> {
  const opened: Sink[] = [];
  try {
    for (const { sink, name, shape } of late === null ? [main] : [main, late]) {
      await sink.open(queryId, name, shape);
      opened.push(sink);
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  const sink = new SinkWriter(main.sink, main.name);
  const lateWriter = late === null ? null : new SinkWriter(late.sink, late.name);
  return {
    sink,
    late: late === null || lateWriter === null ? null : { writer: lateWriter, schema: late.shape.schema },
  };
}
