import { allocateBytes, allocateInt32 } from "../columnar/buffers.js";
import type { BytesColumn, Column, ListColumn, StructColumn } from "../columnar/column.js";
import { unreachable } from "../common/unreachable.js";
import type { DataType } from "../types/data-type.js";
import { isoTimestamp } from "../types/iso-text.js";
import { encodeBase64 } from "./base64.js";
import { ByteWriter } from "./byte-writer.js";
import { javaDouble } from "./java-double.js";
import type { SelectedRows } from "./selected-rows.js";
import { dateText } from "./time-text.js";

const UTF8: DataType = Object.freeze({ kind: "utf8" });
const HEX = "0123456789abcdef";
const SHORT_ESCAPES = new Map([
  [8, 98],
  [9, 116],
  [10, 110],
  [12, 102],
  [13, 114],
  [34, 34],
  [92, 92],
]);

/**
 * toJson: one JSON text per row, aligned with the physical rows, as Spark writes it: NULL fields of structs are left out, NULL elements are
 * `null`, doubles as 1.0E10, NaN and infinities as text, timestamps in ISO 8601, binary as base64. A NULL row stays NULL.
 */
export function formatJsonColumn(column: Column, rows: SelectedRows): BytesColumn {
  const { length } = column;
  const writer = new JsonWriter();
  const offsets = allocateInt32(length + 1);
  let filled = 0;
  for (let i = 0; i < rows.count; i++) {
    const row = rows.sel === null ? i : rows.sel[i];
    offsets.fill(writer.out.length, filled, row + 1);
    filled = row + 1;
    if (!isNull(column, row)) writer.value(column, row);
  }
  offsets.fill(writer.out.length, filled, length + 1);
  const { nullCount } = column;
  const validity = column.layout === "null" ? allocateBytes(length) : column.validity;
  return { layout: "bytes", type: UTF8, length, nullCount, validity, offsets, bytes: writer.out.bytes };
}

function isNull(column: Column, row: number): boolean {
  return column.layout === "null" || column.validity?.[row] === 0;
}

class JsonWriter {
  readonly out = new ByteWriter();
  /** `"name":` of every field of every struct met, escaped once. */
  readonly #names = new Map<DataType, readonly Uint8Array[]>();

  value(column: Column, row: number): void {
    if (isNull(column, row)) this.out.text("null");
    else this.#present(column, row);
  }

  #present(column: Column, row: number): void {
    const { out } = this;
    switch (column.layout) {
      case "null":
        out.text("null");
        break;
      case "bool":
        out.text(column.values[row] === 1 ? "true" : "false");
        break;
      case "int32":
        if (column.type.kind === "date") this.#quoted(dateText(column.values[row]));
        else out.integer(column.values[row]);
        break;
      case "int64":
        this.#long(column.values[row], column.type.kind === "timestamp");
        break;
      case "float64":
        this.#float(column.values[row]);
        break;
      case "bytes":
        this.#bytes(column, row);
        break;
      case "dictionary":
        this.#bytes(column.dictionary, column.indices[row]);
        break;
      case "list":
        this.#list(column, row);
        break;
      case "struct":
        this.#struct(column, row);
        break;
      default:
        unreachable(column);
    }
  }

  #list(column: ListColumn, row: number): void {
    this.out.byte(91);
    const from = column.offsets[row];
    const to = column.offsets[row + 1];
    for (let i = from; i < to; i++) {
      if (i > from) this.out.byte(44);
      this.value(column.elements, i);
    }
    this.out.byte(93);
  }

  #struct(column: StructColumn, row: number): void {
    const names = this.#namesOf(column.type);
    let separator = 123;
    for (let i = 0; i < column.children.length; i++) {
      const child = column.children[i];
      const name = names[i];
      if (child === undefined || name === undefined || isNull(child, row)) continue;
      this.out.byte(separator);
      separator = 44;
      this.out.append(name);
      this.value(child, row);
    }
    if (separator === 123) this.out.byte(123);
    this.out.byte(125);
  }

  #namesOf(type: DataType): readonly Uint8Array[] {
    const known = this.#names.get(type);
    if (known !== undefined) return known;
    const fields = type.kind === "struct" ? type.fields : [];
    const names = fields.map((field) => new TextEncoder().encode(`${JSON.stringify(field.name)}:`));
    this.#names.set(type, names);
    return names;
  }

  #long(value: bigint, isTimestamp: boolean): void {
    const number = Number(value);
    if (isTimestamp) this.#quoted(isoTimestamp(value, "UTC"));
    else if (Number.isSafeInteger(number)) this.out.integer(number);
    else this.out.text(String(value));
  }

  #float(value: number): void {
    if (Number.isFinite(value)) this.out.text(javaDouble(value));
    else this.#quoted(javaDouble(value));
  }

  /** Text without anything to escape. */
  #quoted(text: string): void {
    this.out.byte(34);
    this.out.text(text);
    this.out.byte(34);
  }

  #bytes(column: BytesColumn, row: number): void {
    const { out } = this;
    const from = column.offsets[row];
    const to = column.offsets[row + 1];
    out.byte(34);
    if (column.type.kind === "binary") {
      out.reserve(4 * Math.ceil((to - from) / 3));
      out.length += encodeBase64(column.bytes.subarray(from, to), out.bytes, out.length);
    } else {
      this.#escaped(column.bytes, from, to);
    }
    out.byte(34);
  }

  #escaped(...[bytes, from, to]: [Uint8Array, number, number]): void {
    const { out } = this;
    out.reserve(6 * (to - from));
    for (let i = from; i < to; i++) {
      const byte = bytes[i];
      if (byte >= 32 && byte !== 34 && byte !== 92) out.bytes[out.length++] = byte;
      else this.#escape(byte);
    }
  }

  #escape(byte: number): void {
    this.out.byte(92);
    const letter = SHORT_ESCAPES.get(byte);
    if (letter !== undefined) this.out.byte(letter);
    else this.out.text(`u00${HEX[byte >> 4] ?? "0"}${HEX[byte & 15] ?? "0"}`);
  }
}
