import type { Chunk } from "../columnar/chunk.js";
import { concatChunks } from "../columnar/concat.js";
import { loadHyparquetWriter } from "./hyparquet-writer-adapter.js";
import { parquetElementOf } from "./parquet-element-of.js";
import { parquetValuesOf } from "./parquet-values-of.js";
import type { WritableFormat } from "./writable-format.js";

/** A row group is closed when it has this many rows; the last chunk may make it a little longer. */
const ROW_GROUP_ROWS = 131_072;

/** Parquet, compressed with Snappy. Needs the package hyparquet-writer. Zones of timestamps are not kept: their instants are. */
export const parquetWriter: WritableFormat = Object.freeze({
  name: "parquet",
  extension: "parquet",
  async encoderFor(schema) {
    const elements = schema.fields.map(parquetElementOf);
    const library = await loadHyparquetWriter();
    return (chunks) => {
      const file = library.newFile(elements);
      for (const group of rowGroups(chunks)) file.addRowGroup(concatChunks(group).columns.map(parquetValuesOf));
      return [file.finish()];
    };
  },
} satisfies WritableFormat);

function* rowGroups(chunks: readonly Chunk[]): Iterable<readonly Chunk[]> {
  let group: Chunk[] = [];
  let rows = 0;
  for (const chunk of chunks) {
    if (chunk.length === 0) continue;
    group.push(chunk);
    rows += chunk.length;
    if (rows < ROW_GROUP_ROWS) continue;
    yield group;
    group = [];
    rows = 0;
  }
  if (group.length > 0) yield group;
}
