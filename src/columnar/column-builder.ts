import { AnalysisError } from "../common/millrace-error.js";
import { carriedHint } from "../types/carried.js";
import type { BinaryType, DataType, ListType, StructType, Utf8Type } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import {
  allocateBytes,
  allocateFloat64,
  allocateInt32,
  allocateInt64,
  growBytes,
  growFloat64,
  growInt32,
  growInt64,
} from "./buffers.js";
import type { Column } from "./column.js";
import { isNullAt } from "./compare.js";
import { nullColumn } from "./null-column.js";
import { Utf8Builder } from "./utf8-builder.js";
import { countedValidity, validityBytes } from "./validity.js";

/**
 * Builds a column value by value, for paths that do not see every row of a large input.
 * `append` takes the engine's own values (see value-at.ts; bigint columns take whole numbers too) and null or undefined
 * for NULL; it trusts them to be of the type. `appendFrom` takes a row of a column of the same type, of any layout.
 * After `finish` the builder must not be used.
 */
export interface ColumnBuilder {
  readonly length: number;
  appendNull(): void;
  append(value: unknown): void;
  appendFrom(column: Column, row: number): void;
  finish(): Column;
}

export function columnBuilder(type: DataType, capacity = 16): ColumnBuilder {
  switch (type.kind) {
    case "null":
      return new NullBuilder(type);
    case "bool":
      return new BoolBuilder(type, capacity);
    case "int32":
    case "date":
      return new Int32Builder(type, capacity);
    case "int64":
    case "timestamp":
      return new Int64Builder(type, capacity);
    case "float64":
      return new Float64Builder(type, capacity);
    case "utf8":
    case "binary":
      return new TextBuilder(type, capacity);
    case "list":
      return new ListBuilder(type, capacity);
    case "struct":
      return new StructBuilder(type, capacity);
    default:
      throw new AnalysisError("TYPE_NOT_SUPPORTED", `A column of type ${formatType(type)} cannot be built yet.`, {
        hint: carriedHint(type),
      });
  }
}

class NullBuilder implements ColumnBuilder {
  length = 0;
  readonly #type: DataType;
  constructor(type: DataType) {
    this.#type = type;
  }
  appendNull(): void {
    this.length++;
  }
  append(): void {
    this.length++;
  }
  appendFrom(): void {
    this.length++;
  }
  finish(): Column {
    return nullColumn(this.#type, this.length);
  }
}

/** What all builders with a validity share: NULLs by row. */
abstract class NullableBuilder implements ColumnBuilder {
  length = 0;
  protected readonly type: DataType;
  #validity: Uint8Array | null = null;

  constructor(type: DataType) {
    this.type = type;
  }

  appendNull(): void {
    const row = this.length;
    this.#validity ??= validityBytes(null, Math.max(16, row + 1));
    if (row >= this.#validity.length) this.#validity = paddedValidity(this.#validity, 2 * (row + 1));
    this.#validity[row] = 0;
    this.push(null);
    this.length++;
  }

  append(value: unknown): void {
    if (value === null || value === undefined) {
      this.appendNull();
      return;
    }
    this.push(value);
    this.length++;
  }

  appendFrom(column: Column, row: number): void {
    if (isNullAt(column, row)) {
      this.appendNull();
      return;
    }
    this.pushFrom(column, row);
    this.length++;
  }

  finish(): Column {
    const { length, type } = this;
    const validity = this.#validity === null ? null : paddedValidity(this.#validity, length).subarray(0, length);
    return this.column({ type, length, ...countedValidity(validity, length) });
  }

  /** Writes row `length`; null writes what stands below a NULL. */
  protected abstract push(value: unknown): void;
  protected abstract pushFrom(column: Column, row: number): void;
  protected abstract column(base: ColumnHead): Column;
}

interface ColumnHead {
  readonly type: DataType;
  readonly length: number;
  readonly nullCount: number;
  readonly validity: Uint8Array | null;
}

function paddedValidity(validity: Uint8Array, length: number): Uint8Array {
  if (validity.length >= length) return validity;
  const padded = validityBytes(null, length);
  padded.set(validity);
  return padded;
}

function wrongLayout(column: Column, type: DataType): Error {
  return new Error(`Broken invariant: a ${column.layout} column is appended to one of type ${formatType(type)}`);
}

class BoolBuilder extends NullableBuilder {
  #values: Uint8Array;
  constructor(type: DataType, capacity: number) {
    super(type);
    this.#values = allocateBytes(capacity);
  }
  protected push(value: unknown): void {
    this.#values = growBytes(this.#values, this.length + 1);
    this.#values[this.length] = value === true ? 1 : 0;
  }
  protected pushFrom(column: Column, row: number): void {
    if (column.layout !== "bool") throw wrongLayout(column, this.type);
    this.push(column.values[row] === 1);
  }
  protected column(head: ColumnHead): Column {
    return { ...head, layout: "bool", values: this.#values.subarray(0, head.length) };
  }
}

class Int32Builder extends NullableBuilder {
  #values: Int32Array;
  constructor(type: DataType, capacity: number) {
    super(type);
    this.#values = allocateInt32(capacity);
  }
  protected push(value: unknown): void {
    this.#values = growInt32(this.#values, this.length + 1);
    this.#values[this.length] = value === null ? 0 : Number(value);
  }
  protected pushFrom(column: Column, row: number): void {
    if (column.layout !== "int32") throw wrongLayout(column, this.type);
    this.push(column.values[row]);
  }
  protected column(head: ColumnHead): Column {
    return { ...head, layout: "int32", values: this.#values.subarray(0, head.length) };
  }
}

class Int64Builder extends NullableBuilder {
  #values: BigInt64Array;
  constructor(type: DataType, capacity: number) {
    super(type);
    this.#values = allocateInt64(capacity);
  }
  protected push(value: unknown): void {
    this.#values = growInt64(this.#values, this.length + 1);
    this.#values[this.length] = typeof value === "bigint" ? value : value === null ? 0n : BigInt(value as number);
  }
  protected pushFrom(column: Column, row: number): void {
    if (column.layout !== "int64") throw wrongLayout(column, this.type);
    this.push(column.values[row]);
  }
  protected column(head: ColumnHead): Column {
    return { ...head, layout: "int64", values: this.#values.subarray(0, head.length) };
  }
}

class Float64Builder extends NullableBuilder {
  #values: Float64Array;
  constructor(type: DataType, capacity: number) {
    super(type);
    this.#values = allocateFloat64(capacity);
  }
  protected push(value: unknown): void {
    this.#values = growFloat64(this.#values, this.length + 1);
    this.#values[this.length] = value === null ? 0 : Number(value);
  }
  protected pushFrom(column: Column, row: number): void {
    if (column.layout !== "float64") throw wrongLayout(column, this.type);
    this.push(column.values[row]);
  }
  protected column(head: ColumnHead): Column {
    return { ...head, layout: "float64", values: this.#values.subarray(0, head.length) };
  }
}

class TextBuilder extends NullableBuilder {
  readonly #texts: Utf8Builder;
  constructor(type: Utf8Type | BinaryType, capacity: number) {
    super(type);
    this.#texts = new Utf8Builder(capacity, type);
  }
  protected push(value: unknown): void {
    if (value instanceof Uint8Array) this.#texts.appendBytes(value, 0, value.length);
    else this.#texts.appendText(value === null ? "" : String(value));
  }
  protected pushFrom(column: Column, row: number): void {
    const texts = column.layout === "dictionary" ? column.dictionary : column;
    if (texts.layout !== "bytes") throw wrongLayout(column, this.type);
    const at = column.layout === "dictionary" ? column.indices[row] : row;
    this.#texts.appendBytes(texts.bytes, texts.offsets[at], texts.offsets[at + 1]);
  }
  protected column(head: ColumnHead): Column {
    const { offsets, bytes } = this.#texts.finish();
    return { ...head, layout: "bytes", offsets, bytes };
  }
}

class ListBuilder extends NullableBuilder {
  #offsets: Int32Array;
  readonly #elements: ColumnBuilder;
  constructor(type: ListType, capacity: number) {
    super(type);
    this.#offsets = allocateInt32(capacity + 1);
    this.#elements = columnBuilder(type.element, capacity);
  }
  protected push(value: unknown): void {
    if (value !== null) for (const element of value as Iterable<unknown>) this.#elements.append(element);
    this.#close();
  }
  protected pushFrom(column: Column, row: number): void {
    if (column.layout !== "list") throw wrongLayout(column, this.type);
    for (let p = column.offsets[row]; p < column.offsets[row + 1]; p++) this.#elements.appendFrom(column.elements, p);
    this.#close();
  }
  protected column(head: ColumnHead): Column {
    return {
      ...head,
      layout: "list",
      offsets: this.#offsets.subarray(0, head.length + 1),
      elements: this.#elements.finish(),
    };
  }
  #close(): void {
    this.#offsets = growInt32(this.#offsets, this.length + 2);
    this.#offsets[this.length + 1] = this.#elements.length;
  }
}

class StructBuilder extends NullableBuilder {
  readonly #names: readonly string[];
  readonly #children: readonly ColumnBuilder[];
  constructor(type: StructType, capacity: number) {
    super(type);
    this.#names = type.fields.map((field) => field.name);
    this.#children = type.fields.map((field) => columnBuilder(field.type, capacity));
  }
  protected push(value: unknown): void {
    const members = value as Readonly<Record<string, unknown>> | null;
    for (const [i, child] of this.#children.entries()) child.append(members?.[this.#names[i]]);
  }
  protected pushFrom(column: Column, row: number): void {
    if (column.layout !== "struct") throw wrongLayout(column, this.type);
    for (const [i, child] of this.#children.entries()) child.appendFrom(column.children[i], row);
  }
  protected column(head: ColumnHead): Column {
    return { ...head, layout: "struct", children: this.#children.map((child) => child.finish()) };
  }
}
