import { nearestName, type Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";
import { OptionReader } from "../common/option-reader.js";
import {
  isWritableFormatName,
  WRITABLE_FORMATS,
  type WritableFormatName,
  writableFormatOf,
} from "../formats/writable-format-of.js";
import type { PlanNode } from "../plan/plan-node.js";
import { type SaveMode, writeFiles } from "../sinks/write-files.js";
import type { Schema } from "../types/data-type.js";
import { requireDirectory } from "./file-sinks.js";
import type { FrameHost } from "./frame-host.js";
import { requireBounded } from "./require-bounded.js";

const MODES: readonly SaveMode[] = ["append", "overwrite", "error", "ignore"];
const OPTIONS = ["maxRowsPerFile"];

/** The frame whose rows are written. */
interface Written {
  readonly host: FrameHost;
  readonly plan: PlanNode;
  readonly schema: Schema;
}

interface WriterState {
  readonly mode: SaveMode;
  readonly format: string | null;
  readonly options: Options;
  readonly partitionBy: readonly string[];
}

const INITIAL: WriterState = { mode: "error", format: null, options: {}, partitionBy: [] };

/**
 * Writes the rows of a bounded frame as files of a directory, all or none. Immutable: every call gives a new writer.
 *
 * @example
 * await totals.write.mode("overwrite").partitionBy("day").parquet("totals/");
 */
export class DataFrameWriter {
  readonly #frame: Written;
  readonly #state: WriterState;

  constructor(frame: Written, state: WriterState = INITIAL) {
    this.#frame = frame;
    this.#state = Object.freeze(state);
  }

  /** Where files are already: "error" (the default), "append" to them, "overwrite" them once the new ones are complete, or "ignore": write nothing. */
  mode(mode: SaveMode): DataFrameWriter {
    if (MODES.includes(mode)) return this.#with({ mode });
    throw new OptionError("SAVE_MODE", `There is no mode "${String(mode)}".`, { hint: `Use ${MODES.join(", ")}.` });
  }

  /** A directory `column=value` per value of these columns, which are left out of the files. */
  partitionBy(...columns: readonly string[]): DataFrameWriter {
    return this.#with({ partitionBy: columns });
  }

  /** "json", "parquet", "arrow" or "text", for `save`. */
  format(name: string): DataFrameWriter {
    return this.#with({ format: name });
  }

  /** `maxRowsPerFile`: a file is closed when it has this many rows. */
  option(name: string, value: unknown): DataFrameWriter {
    return this.#with({ options: { ...this.#state.options, [name]: value } });
  }

  options(options: Options): DataFrameWriter {
    return this.#with({ options: { ...this.#state.options, ...options } });
  }

  /** Writes in the format that `format` names. */
  async save(directory: string): Promise<void> {
    return this.#write(requireFormat(this.#state.format), directory);
  }

  /** One JSON object per line. */
  async json(directory: string): Promise<void> {
    return this.#write("json", directory);
  }

  /** Needs the package hyparquet-writer. */
  async parquet(directory: string): Promise<void> {
    return this.#write("parquet", directory);
  }

  /** Arrow IPC, file format. */
  async arrow(directory: string): Promise<void> {
    return this.#write("arrow", directory);
  }

  /** A line per row; the frame has one column of text beside those of `partitionBy`. */
  async text(directory: string): Promise<void> {
    return this.#write("text", directory);
  }

  #write(format: WritableFormatName, directory: string): Promise<void> {
    const { host, plan, schema } = this.#frame;
    const { mode, options, partitionBy } = this.#state;
    requireBounded(plan, "write");
    return writeFiles({
      files: host.platform.files,
      path: requireDirectory(directory, "write"),
      format: writableFormatOf(format),
      mode,
      schema,
      partitionBy,
      maxRowsPerFile: new OptionReader(options, OPTIONS, "write").integer("maxRowsPerFile", null, 1),
      id: host.platform.random.uuid(),
      rows: () => host.engine.collect(plan),
    });
  }

  #with(change: Partial<WriterState>): DataFrameWriter {
    return new DataFrameWriter(this.#frame, { ...this.#state, ...change });
  }
}

function requireFormat(name: string | null): WritableFormatName {
  if (name === null) {
    throw new OptionError("FORMAT_MISSING", "save() needs a format.", { hint: 'Use format("json") and the like.' });
  }
  if (isWritableFormatName(name)) return name;
  const nearest = nearestName(name, WRITABLE_FORMATS);
  throw new OptionError("FORMAT_UNKNOWN", `No files are written in a format "${name}".`, {
    hint: nearest === null ? `Formats: ${WRITABLE_FORMATS.join(", ")}.` : `Did you mean "${nearest}"?`,
  });
}
