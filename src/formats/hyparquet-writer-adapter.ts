import type { ConvertedType, SchemaElement } from "hyparquet";
import type { ColumnSource } from "hyparquet-writer";
import { packageMissing } from "./hyparquet-adapter.js";
import type {
  LogicalType,
  ParquetElement,
  ParquetNewFile,
  ParquetValues,
  ParquetWriterLibrary,
} from "./parquet-port.js";

type Parts = typeof import("hyparquet-writer");

let loading: Promise<ParquetWriterLibrary> | null = null;

/** The optional package hyparquet-writer behind the parquet port, loaded when parquet is first written. */
export function loadHyparquetWriter(): Promise<ParquetWriterLibrary> {
  loading ??= load();
  return loading;
}

async function load(): Promise<ParquetWriterLibrary> {
  try {
    const parts = await import("hyparquet-writer");
    return { newFile: (columns) => newFile(parts, columns) };
  } catch (cause) {
    loading = null;
    throw packageMissing("hyparquet-writer", "Writing parquet files", cause);
  }
}

function newFile(parts: Parts, columns: readonly ParquetElement[]): ParquetNewFile {
  const writer = new parts.ByteWriter();
  const root: SchemaElement = { name: "root", num_children: columns.length };
  const file = new parts.ParquetWriter({ writer, schema: [root, ...columns.flatMap(schemaElements)] });
  return {
    addRowGroup: (values) => {
      const columnData = columns.map((column, i) => columnSource(column, values[i]));
      void file.write({ columnData, rowGroupSize: Number.MAX_SAFE_INTEGER });
    },
    finish: () => {
      void file.finish();
      return new Uint8Array(writer.getBytes());
    },
  };
}

/** The library's dictionaries take -0 for 0, so doubles go without. */
function columnSource(column: ParquetElement, values: ParquetValues): ColumnSource {
  const source = { name: column.name, data: values as ColumnSource["data"] };
  return hasDoubles(column) ? { ...source, encoding: "PLAIN" } : source;
}

function hasDoubles({ physical, children }: ParquetElement): boolean {
  return physical === "DOUBLE" || children.some(hasDoubles);
}

/** A node and all below it, depth first, as the footer lists them. */
function schemaElements({ name, repetition, physical, logical, children }: ParquetElement): SchemaElement[] {
  const element: SchemaElement = {
    name,
    repetition_type: repetition,
    ...(physical === null ? { num_children: children.length } : { type: physical }),
    ...annotations(logical),
  };
  return [element, ...children.flatMap(schemaElements)];
}

/** The newer annotation, and the older one where there is one of the same meaning. */
function annotations(logical: LogicalType | null): Pick<SchemaElement, "logical_type" | "converted_type"> {
  if (logical === null) return {};
  if (logical.name !== "TIMESTAMP") {
    const type = logical.name as "STRING" | "DATE" | "LIST";
    return { logical_type: { type }, ...converted(type === "STRING" ? "UTF8" : type) };
  }
  const { unit = "MICROS", isAdjustedToUtc = true } = logical;
  const annotation = { logical_type: { type: "TIMESTAMP", unit, isAdjustedToUTC: isAdjustedToUtc } } as const;
  return isAdjustedToUtc ? { ...annotation, ...converted("TIMESTAMP_MICROS") } : annotation;
}

function converted(type: ConvertedType): { readonly converted_type: ConvertedType } {
  return { converted_type: type };
}
