import { setImmediate as nextMacrotask } from "node:timers/promises";
import { SimCrash, type SimFileSystem } from "../fakes/sim-file-system.js";
import type { CrashQuery } from "./crash-queries.js";
import { SimMachine } from "./sim-machine.js";

/** How a run of a query ended. */
export type RunEnd =
  | { readonly kind: "done" }
  | { readonly kind: "crashed" }
  | { readonly kind: "failed"; readonly error: Error };

const MOST_TURNS = 20_000;

/** The same promise; it rejects when the event loop has turned so often that it must hang. */
export async function withoutHanging<T>(work: Promise<T>, what = "a query"): Promise<T> {
  let isDone = false;
  const watch = async (): Promise<never> => {
    for (let turn = 0; turn < MOST_TURNS && !isDone; turn++) await nextMacrotask();
    throw new Error(`${what} hangs`);
  };
  try {
    return await Promise.race([work, watch()]);
  } finally {
    isDone = true;
  }
}

/** One life of the program: it starts the query and waits until everything that is there has been processed. */
export async function runQuery(query: CrashQuery, files: SimFileSystem, life = 0): Promise<RunEnd> {
  return runOn(query, files, new SimMachine(files, life));
}

/** The same on a machine that may see the disk in its own way. */
export async function runOn(query: CrashQuery, files: SimFileSystem, machine: SimMachine): Promise<RunEnd> {
  try {
    await withoutHanging(lifeOf(query, machine), query.name);
    return files.hasCrashed ? { kind: "crashed" } : { kind: "done" };
  } catch (error) {
    if (files.hasCrashed) return { kind: "crashed" };
    if (error instanceof SimCrash) throw new Error("Broken invariant: a crash that the disk does not know of");
    return { kind: "failed", error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function lifeOf(query: CrashQuery, { session }: SimMachine): Promise<void> {
  const running = await query.build(session).start();
  await running.awaitTermination();
}

/** A query that died before anything was durable begins as another one: its mark in the names of files differs. */
function withoutQuery(path: string): string {
  return path.replace(/-[0-9a-f]{8}\.json$/, ".json");
}

/** What readers of the sinks' directories see, by file: names that begin with _ are not data. */
export function sinkContent(files: SimFileSystem): Readonly<Record<string, string>> {
  const isData = (path: string): boolean =>
    (path.startsWith("/out/") || path.startsWith("/late/")) && !path.split("/").some((part) => part.startsWith("_"));
  const decoder = new TextDecoder();
  return Object.fromEntries(
    files
      .paths()
      .filter(isData)
      .map((path) => [withoutQuery(path), decoder.decode(files.peek(path))]),
  );
}
