import type { DataType } from "../types/data-type.js";
import { utf8 } from "../types/type-constructors.js";
import { requireWithin, textFromArrow, validityFromArrow, viewInt32 } from "./arrow-buffers.js";
import type { ArrowDataShape, ArrowVectorShape } from "./arrow-shape.js";
import { allocateBytes, allocateInt32 } from "./buffers.js";
import type { BytesColumn, Column } from "./column.js";
import { concatColumns } from "./concat.js";
import { nullColumn } from "./null-column.js";
import { countedValidity, type Validity } from "./validity.js";

interface Head extends Validity {
  readonly type: DataType;
  readonly length: number;
}

/** The texts of a dictionary vector; those that are NULL are told apart, because a column's dictionary has no NULLs. */
interface Texts {
  readonly column: BytesColumn;
  readonly validity: Uint8Array | null;
}

/** Text by reference to the array's dictionary, which stays one. NULLs of the dictionary become NULL rows. */
export function dictionaryFromArrow(data: ArrowDataShape, head: Head, path: string): Column {
  const texts = data.dictionary === undefined ? null : dictionaryTexts(data.dictionary, path);
  if (texts === null) {
    requireWithin(head.length, 0, path);
    return nullColumn(head.type, head.length);
  }
  const { indices, validity } = checkedIndices(data, { texts, validity: head.validity, path });
  const { type, length } = head;
  return {
    type,
    length,
    ...countedValidity(validity, length),
    layout: "dictionary",
    indices,
    dictionary: texts.column,
  };
}

// Record batches of one table share a dictionary vector: it is read once, and the columns share one dictionary too, which
// makes putting them end to end cheap.
const knownTexts = new WeakMap<ArrowVectorShape, Texts>();

/** Delta dictionaries come in several pieces. null: the dictionary has no text at all. */
function dictionaryTexts(vector: ArrowVectorShape, path: string): Texts | null {
  const known = knownTexts.get(vector);
  if (known !== undefined) return known;
  const pieces = vector.data.filter((piece) => piece.length > 0).map((piece) => textPiece(piece, path));
  const column = pieces.length === 0 ? null : concatColumns(pieces);
  if (column === null || column.layout !== "bytes") return null;
  const texts = { column: { ...column, validity: null, nullCount: 0 }, validity: column.validity };
  knownTexts.set(vector, texts);
  return texts;
}

function textPiece(data: ArrowDataShape, path: string): BytesColumn {
  const validity = validityFromArrow(data);
  return {
    layout: "bytes",
    type: utf8(),
    length: data.length,
    ...validity,
    ...textFromArrow(data, validity.validity, path),
  };
}

interface IndexCheck {
  readonly texts: Texts;
  readonly validity: Uint8Array | null;
  readonly path: string;
}

/** Indices as int32, in range on every row, NULL ones too. */
function checkedIndices(
  data: ArrowDataShape,
  { texts, validity, path }: IndexCheck,
): { indices: Int32Array; validity: Uint8Array | null } {
  const given = indicesFromArrow(data);
  if (validity === null && texts.validity === null && allWithin(given, texts.column.length))
    return { indices: given, validity: null };
  const indices = allocateInt32(data.length);
  const valid = allocateBytes(data.length);
  for (let i = 0; i < data.length; i++) {
    if (validity !== null && validity[i] === 0) continue;
    const id = given[i];
    requireWithin(id, texts.column.length - 1, path);
    indices[i] = id;
    valid[i] = texts.validity === null ? 1 : texts.validity[id];
  }
  return { indices, validity: valid };
}

function allWithin(indices: Int32Array, size: number): boolean {
  let isWithin = true;
  for (let i = 0; i < indices.length; i++) isWithin = isWithin && indices[i] >>> 0 < size;
  return isWithin;
}

/** Dictionary indices may be any integer type; one beyond int32 is none. */
function indicesFromArrow({ values, length }: ArrowDataShape): Int32Array {
  if (values === undefined || values instanceof Int32Array) return viewInt32(values, length);
  const out = allocateInt32(length);
  const given = values as unknown as ArrayLike<number | bigint>;
  for (let i = 0; i < Math.min(length, given.length); i++) {
    const index = Number(given[i]);
    out[i] = index === (index | 0) ? index : -1;
  }
  return out;
}
