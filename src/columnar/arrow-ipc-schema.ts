import * as arrow from "apache-arrow";
import { MillraceError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import type { IndexArray } from "./arrow-buffers.js";
import { type IpcMessage, readMessage } from "./arrow-ipc-message.js";
import { schemaFromArrow } from "./arrow-types.js";
import { allocateBytes } from "./buffers.js";
import { checkIpcSchema } from "./check-ipc-schema.js";
import { corruptIpc } from "./corrupt-ipc.js";

/** How an array lies in a record batch; arrays come in the order of their fields, each before its children. */
export interface IpcArray {
  readonly path: string;
  readonly type: arrow.DataType;
  readonly layout: "values" | "text" | "list" | "struct" | "dictionary";
  /** Bits of one value, index or offset; 0 for structs. */
  readonly bitWidth: number;
  readonly children: readonly IpcArray[];
  /** Of a dictionary: its id, -1 without, and the class of the indices. */
  readonly dictionaryId: number;
  readonly indexArray: IndexArray;
}

export interface IpcSchema {
  readonly schema: Schema;
  readonly arrays: readonly IpcArray[];
  /** The values of each dictionary, by its id. */
  readonly dictionaries: ReadonlyMap<number, IpcArray>;
}

interface KnownSchema {
  readonly message: Uint8Array;
  readonly parsed: IpcSchema;
}

// Streams send the same schema before every batch, byte for byte. The latest one is first.
const known: KnownSchema[] = [];
const KNOWN_SCHEMAS = 8;

/**
 * The schema in a message of `bytes`, parsed when its bytes are new; the same bytes give the same object.
 * @throws AnalysisError TYPE_NOT_SUPPORTED; FormatError ARROW_CORRUPT, or RangeError, at one that is broken
 */
export function ipcSchemaOf(bytes: Uint8Array, { metadataStart, bodyStart }: IpcMessage): IpcSchema {
  const message = bytes.subarray(metadataStart, bodyStart);
  const place = known.findIndex((entry) => equalBytes(entry.message, message));
  if (place === 0) return known[0].parsed;
  const entry = place > 0 ? known.splice(place, 1)[0] : parse(message);
  known.unshift(entry);
  known.length = Math.min(known.length, KNOWN_SCHEMAS);
  return entry.parsed;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const PREFIX_BYTES = 8;

function parse(message: Uint8Array): KnownSchema {
  const framed = allocateBytes(PREFIX_BYTES + message.length);
  framed.set(message, PREFIX_BYTES);
  const view = new DataView(framed.buffer);
  view.setInt32(0, -1, true);
  view.setInt32(4, message.length, true);
  const header = readMessage(view, 0)?.header ?? 0;
  checkIpcSchema(view, header);
  return { message: framed.subarray(PREFIX_BYTES), parsed: ipcSchema(framed) };
}

function ipcSchema(framed: Uint8Array): IpcSchema {
  const dictionaries = new Map<number, IpcArray>();
  try {
    const arrowSchema = arrow.RecordBatchReader.from(framed).open().schema;
    return {
      schema: schemaFromArrow(arrowSchema),
      arrays: arrowSchema.fields.map(({ name, type }) => arrayOf(type, name, dictionaries)),
      dictionaries,
    };
  } catch (cause) {
    throw cause instanceof MillraceError ? cause : corruptIpc(cause);
  }
}

/** For the types that schemaFromArrow lets pass. */
function arrayOf(type: arrow.DataType, path: string, dictionaries: Map<number, IpcArray>): IpcArray {
  const plain = { path, type, children: [], dictionaryId: -1, indexArray: Int32Array };
  if (type instanceof arrow.Dictionary) {
    dictionaries.set(type.id, arrayOf(type.dictionary, path, dictionaries));
    const { bitWidth, ArrayType: indexArray } = type.indices;
    return { ...plain, layout: "dictionary", bitWidth, dictionaryId: type.id, indexArray };
  }
  const children = (type.children ?? []).map((child) => arrayOf(child.type, `${path}.${child.name}`, dictionaries));
  switch (type.typeId) {
    case arrow.Type.Utf8:
    case arrow.Type.Binary:
      return { ...plain, layout: "text", bitWidth: 32 };
    case arrow.Type.List:
      return { ...plain, layout: "list", bitWidth: 32, children };
    case arrow.Type.Struct:
      return { ...plain, layout: "struct", bitWidth: 0, children };
    default:
      return { ...plain, layout: "values", bitWidth: bitWidthOf(type) };
  }
}

function bitWidthOf(type: arrow.DataType): number {
  if (type instanceof arrow.Bool) return 1;
  if (type instanceof arrow.Int) return type.bitWidth;
  return type instanceof arrow.Date_ && type.unit === arrow.DateUnit.DAY ? 32 : 64;
}
