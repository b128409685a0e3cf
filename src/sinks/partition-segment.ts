import type { Column } from "../columnar/column.js";
import { SinkError } from "../common/millrace-error.js";
import { valueText } from "../formats/value-text.js";

/** What Hive, Spark, DuckDB and Arrow take for NULL. */
const NULL_NAME = "__HIVE_DEFAULT_PARTITION__";
/** The longest name that common file systems take. */
const LONGEST_NAME = 255;
const encoder = new TextEncoder();

/**
 * The directory `column=value` of one value of a partition column, as Hive lays tables out. Bytes other than [A-Za-z0-9_.-]
 * are percent-encoded, so that no value can leave its directory or collide with another: NULL has a name of its own, empty
 * text is `column=`.
 * @throws SinkError PARTITION_VALUE_TOO_LONG
 */
export function partitionSegment(name: string, column: Column, row: number): string {
  const isNull = column.layout === "null" || column.validity?.[row] === 0;
  const segment = `${encodedName(name)}=${isNull ? NULL_NAME : encodedValue(valueText(column, row))}`;
  if (segment.length <= LONGEST_NAME) return segment;
  throw new SinkError(
    "PARTITION_VALUE_TOO_LONG",
    `A value of the partition column '${name}' needs a directory name of ${segment.length} bytes; file systems take ${LONGEST_NAME}.`,
    { hint: "Partition by something shorter, such as a hash or a prefix of the column." },
  );
}

/** A text that reads like the name for NULL is not NULL; Windows drops a dot at the end of a name. */
function encodedValue(text: string): string {
  const encoded = percentEncoded(text);
  return encoded === NULL_NAME ? `%5F${NULL_NAME.slice(1)}` : encoded.replace(/\.$/, "%2E");
}

/** Readers skip names that begin with `_` or `.`. */
function encodedName(name: string): string {
  return percentEncoded(name).replace(/^[_.]/, (first) => (first === "_" ? "%5F" : "%2E"));
}

function percentEncoded(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]/gu, (letter) =>
    Array.from(encoder.encode(letter), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
