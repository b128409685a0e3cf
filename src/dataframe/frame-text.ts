import type { Schema } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";

/** One line for a frame: `DataFrame[id: bigint, user: string]`. */
export function frameText(schema: Schema, isStreaming: boolean): string {
  const columns = schema.fields.map(({ name, type }) => `${name}: ${formatType(type)}`).join(", ");
  return `DataFrame[${columns}]${isStreaming ? " (streaming)" : ""}`;
}

/** Text as an HTML block. */
export function htmlText(text: string): string {
  return `<pre>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}</pre>`;
}
