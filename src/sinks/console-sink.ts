import type { Options } from "../common/check-options.js";
import { OptionReader } from "../common/option-reader.js";
import type { Terminal } from "../common/terminal.js";
import { formatTable } from "../formats/text-table.js";
import { BatchStage } from "./batch-stage.js";
import { shownChunk, shownSchema } from "./change-columns.js";
import type { SinkBatch, SinkMode } from "./sink.js";

/** Options: `numRows` (20), `truncate` (true = 20 characters, false, or a number of characters). */
export interface ConsoleOptions {
  readonly numRows?: number;
  readonly truncate?: boolean | number;
}

const RULE = "-------------------------------------------";

/** Prints every batch as a table, never wider than the terminal. */
export class ConsoleSink extends BatchStage {
  readonly label = "console";
  readonly modes: readonly SinkMode[] = ["append", "update", "complete", "changelog"];
  readonly deletes = true;
  readonly idempotent = false;
  readonly #terminal: Terminal;
  readonly #numRows: number;
  readonly #truncate: number | false;

  constructor(terminal: Terminal, given: ConsoleOptions | Options = {}) {
    super();
    const options: Options = { ...given };
    const reader = new OptionReader(options, ["numRows", "truncate"], "the console sink");
    this.#terminal = terminal;
    this.#numRows = reader.integer("numRows", 20);
    this.#truncate = truncateOption(options, reader);
  }

  protected publish(batch: number, rows: readonly SinkBatch[]): void {
    const schema = shownSchema(this.shape);
    const chunks = rows.map((part) => shownChunk(part, this.shape, schema));
    const width = this.#terminal.width();
    const table = formatTable(schema, chunks, { numRows: this.#numRows, truncate: this.#truncate, width });
    this.#terminal.write(`${RULE}\nBatch: ${batch}\n${RULE}\n${table}\n`);
  }
}

/** Spark's `truncate`: true is 20 characters, false or 0 is never. */
function truncateOption(options: Options, reader: OptionReader): number | false {
  const given = options["truncate"];
  if (given === undefined || given === true || given === "true") return 20;
  if (given === false || given === "false") return false;
  const length = reader.integer("truncate", 20);
  return length === 0 ? false : length;
}
