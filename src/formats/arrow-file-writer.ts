import { tableToIPC } from "apache-arrow";
import { schemaToArrow } from "../columnar/arrow-types.js";
import { toArrowTable } from "../columnar/to-arrow.js";
import type { WritableFormat } from "./writable-format.js";

/** Arrow IPC, file format: one record batch per chunk, dictionaries decoded. */
export const arrowFileWriter: WritableFormat = Object.freeze({
  name: "arrow",
  extension: "arrow",
  async encoderFor(schema) {
    // Refuses kinds that Arrow data is not made of, before there are rows.
    schemaToArrow(schema);
    return (chunks) => [tableToIPC(toArrowTable(schema, chunks), "file")];
  },
} satisfies WritableFormat);
