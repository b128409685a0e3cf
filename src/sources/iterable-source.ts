import { CHUNK_ROWS } from "../columnar/chunk.js";
import { fromArrow } from "../columnar/from-arrow.js";
import { inferSchema } from "../columnar/from-objects.js";
import { OptionError, SourceError } from "../common/millrace-error.js";
import { OptionReader } from "../common/option-reader.js";
import type { Schema } from "../types/data-type.js";
import { BacklogSource } from "./backlog-source.js";
import { captureLogOf } from "./capture-log-of.js";
import { IterableProducer } from "./iterable-producer.js";
import { isArrowInput, type Row } from "./rows-of-input.js";
import type { SourceFactory } from "./source.js";
import type { SourceEntry } from "./source-registry.js";

/** Row objects, arrays of them, or Arrow tables, batches or IPC bytes; a Node stream in object mode is one of these. */
export type IterableInput = Iterable<unknown> | AsyncIterable<unknown>;

export interface IterableOptions {
  readonly schema?: Schema;
  /** Rows that may wait for a trigger before no more are pulled. */
  readonly maxBacklogRows?: number;
  /** Keep rows in the checkpoint before a trigger learns of them: then a restart loses and repeats nothing. */
  readonly capture?: boolean;
  /** With `capture`: told how many rows of this input are in the checkpoint, whenever more are. */
  readonly onCaptured?: (rows: number) => void;
}

const LABEL = "iterable";
const OPTIONS = ["schema", "maxBacklogRows", "capture", "onCaptured"];

/** What a session registers for any iterable. An input that can be iterated again may be run again; others run once. */
export function iterableEntry(input: IterableInput, options: IterableOptions = {}): SourceEntry {
  const reader = new OptionReader({ ...options }, OPTIONS, "the iterable source");
  const maxRows = reader.integer("maxBacklogRows", 4 * CHUNK_ROWS, 1);
  const isCaptured = reader.boolean("capture", false);
  const captured = options.onCaptured ?? null;
  if (captured !== null && !isCaptured) throw nothingCaptured();
  const { schema, open } = prepare(input, options.schema ?? null);
  const directories = new Set<string>();
  const make: SourceFactory["open"] = (storage = null) => {
    const capture = isCaptured ? captureLogOf(storage, schema, LABEL) : null;
    // What is captured comes before the input: an input that begins again would bring the same rows a second time.
    if (isCaptured && storage !== null) refuseSecond(directories, storage.directory);
    return new BacklogSource(schema, new IterableProducer(open(), schema), {
      label: LABEL,
      maxRows,
      capture,
      captured,
    });
  };
  return {
    factory: { open: make },
    description: { label: LABEL, schema, bounded: false, insertOnly: true, streaming: true },
  };
}

function nothingCaptured(): OptionError {
  const what = "onCaptured has nothing to tell: the iterable source captures nothing.";
  return new OptionError("OPTION_INVALID", what, { hint: "Add capture: true." });
}

function refuseSecond(directories: Set<string>, directory: string): void {
  if (directories.has(directory)) throw oneShot();
  directories.add(directory);
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

function prepare(input: IterableInput, given: Schema | null): { schema: Schema; open: () => AnyIterator } {
  if (!isSynchronous(input)) {
    return { schema: given ?? schemaOfReader(input), open: once(input[Symbol.asyncIterator]()) };
  }
  const iterator = input[Symbol.iterator]();
  // A second iterator that is the first one (generators, readers) goes on where the first one stands.
  const isReusable = input[Symbol.iterator]() !== iterator;
  if (given !== null) return { schema: given, open: isReusable ? () => input[Symbol.iterator]() : once(iterator) };
  const first = iterator.next();
  if (first.done === true) throw schemaRequired("It is empty, so nothing can be inferred.");
  const schema = schemaOfItem(first.value);
  if (isReusable) return { schema, open: () => input[Symbol.iterator]() };
  return { schema, open: once(withFirst(first.value, iterator)) };
}

/** Arrow's readers have both kinds of iterator, of which one works; `isSync` tells. */
function isSynchronous(input: IterableInput): input is Iterable<unknown> {
  if ("isSync" in input && typeof input.isSync === "function") return input.isSync() === true;
  return !(Symbol.asyncIterator in input);
}

function once(iterator: AnyIterator): () => AnyIterator {
  let isTaken = false;
  return () => {
    if (isTaken) throw oneShot();
    isTaken = true;
    return iterator;
  };
}

function oneShot(): SourceError {
  const what = "This iterable has been read by an earlier run and cannot be read again.";
  return new SourceError("SOURCE_ONE_SHOT", what, { hint: "Make a new frame over a new iterable." });
}

function withFirst(first: unknown, rest: Iterator<unknown>): Iterator<unknown> {
  let isFirst = true;
  return {
    next: () => {
      if (!isFirst) return rest.next();
      isFirst = false;
      return { done: false, value: first };
    },
    return: (value) => rest.return?.(value) ?? { done: true, value },
  };
}

/** Arrow's readers carry their schema before the first batch. */
function schemaOfReader(input: object): Schema {
  if ("schema" in input && typeof input.schema === "object" && input.schema !== null && "fields" in input.schema) {
    return fromArrow({ schema: input.schema, batches: [] }).schema;
  }
  throw schemaRequired("Rows that come later cannot be looked at when the frame is built.");
}

function schemaOfItem(item: unknown): Schema {
  if (isArrowInput(item)) return fromArrow(item).schema;
  if (Array.isArray(item)) return inferSchema(item);
  if (typeof item === "object" && item !== null) return inferSchema([item as Row]);
  throw new SourceError("ROWS_NOT_UNDERSTOOD", `The iterable gave ${typeof item} instead of a row object.`);
}

function schemaRequired(what: string): SourceError {
  return new SourceError("SCHEMA_REQUIRED", `The iterable has no schema. ${what}`, {
    hint: "Pass { schema: schemaOf({ ... }) }, or call .schema(...) on the reader.",
  });
}
