import { fieldAt, readCount, requiredTable, targetAt, vectorField } from "./flatbuffer.js";

/** MessageHeader of Arrow's Message.fbs. */
export const SCHEMA = 1;
export const DICTIONARY_BATCH = 2;
export const RECORD_BATCH = 3;

const CONTINUATION = -1;
const V4 = 3;
export const V5 = 4;

/** One message of an IPC stream; positions count from the first byte of the stream. */
export interface IpcMessage {
  readonly kind: number;
  /** The flatbuffer: [metadataStart, bodyStart). */
  readonly metadataStart: number;
  /** The table in field `header`. */
  readonly header: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/**
 * The message at `at`; null at the end of the stream. The continuation mark is optional, as before Arrow 0.15.
 * @throws RangeError where the stream breaks off, or is of a version before 4 (2017) or after 5
 */
export function readMessage(view: DataView, at: number): IpcMessage | null {
  if (at === view.byteLength) return null;
  const hasMark = view.getInt32(at, true) === CONTINUATION;
  const lengthAt = hasMark ? at + 4 : at;
  const length = view.getInt32(lengthAt, true);
  if (length === 0) return null;
  const metadataStart = lengthAt + 4;
  const bodyStart = metadataStart + length;
  if (length < 0 || bodyStart > view.byteLength) throw new RangeError(`a message of ${length} bytes is cut off`);
  return messageAt(view, metadataStart, bodyStart);
}

function messageAt(view: DataView, metadataStart: number, bodyStart: number): IpcMessage {
  const table = targetAt(view, metadataStart);
  const versionAt = fieldAt(view, table, 0);
  const kindAt = fieldAt(view, table, 1);
  const bodyLengthAt = fieldAt(view, table, 3);
  const version = versionAt === 0 ? 0 : view.getInt16(versionAt, true);
  if (version !== V4 && version !== V5) throw new RangeError(`metadata of version ${version + 1} is not known`);
  const bodyEnd = bodyStart + (bodyLengthAt === 0 ? 0 : readCount(view, bodyLengthAt));
  // Custom metadata: not read here, but apache-arrow's reader would follow it.
  vectorField(view, table, { index: 4, elementBytes: 4 });
  if (bodyEnd > view.byteLength) throw new RangeError(`a body ends at byte ${bodyEnd} of ${view.byteLength}`);
  return {
    kind: kindAt === 0 ? 0 : view.getUint8(kindAt),
    metadataStart,
    header: requiredTable(view, table, 2),
    bodyStart,
    bodyEnd,
  };
}
