import { crc32Hex } from "../common/crc32.js";

/** What a file holds, behind a first line of JSON that proves it whole. */
export interface CheckedFile {
  readonly facts: Facts;
  readonly body: Uint8Array;
}

/** Whole numbers that describe a body, in an order that the writer fixes. */
export type Facts = Readonly<Record<string, number>>;

/** What the first line alone tells. */
export interface CheckedStart {
  readonly facts: Facts;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** The newest form of these files that is known here. */
const FORMAT = 1;
const NEWLINE = 10;
/** No first line is longer. */
export const FIRST_LINE_BYTES = 512;

/** Why a file cannot be believed; whoever catches it knows the name. */
export class UnsoundFile extends Error {}

/** `{"format":1,"kind":...,...facts,"bytes":...,"crc32":"..."}`, a newline, the body. */
export function encodeChecked(kind: string, { facts, body }: CheckedFile): Uint8Array {
  const line = new TextEncoder().encode(`${firstLine(kind, { facts, body })}\n`);
  const whole = new Uint8Array(line.length + body.length);
  whole.set(line);
  whole.set(body, line.length);
  return whole;
}

/**
 * The first line is made again from the body that is there, so that a changed byte of either shows.
 * @throws UnsoundFile where a byte is missing, too many or another than was written
 */
export function decodeChecked(kind: string, bytes: Uint8Array): CheckedFile {
  const { facts, line, bodyBytes } = parseFirstLine(kind, bytes);
  const body = bytes.subarray(line.length + 1);
  if (body.length !== bodyBytes)
    throw new UnsoundFile(`it has ${body.length} bytes of content instead of ${bodyBytes}`);
  if (firstLine(kind, { facts, body }) !== line) throw new UnsoundFile("its first line does not fit its content");
  return { facts, body };
}

/** Of the first FIRST_LINE_BYTES of a file. @throws UnsoundFile */
export function decodeStart(kind: string, start: Uint8Array): CheckedStart {
  const { facts, line, bodyBytes } = parseFirstLine(kind, start);
  return { facts, size: line.length + 1 + bodyBytes };
}

function firstLine(kind: string, { facts, body }: CheckedFile): string {
  return JSON.stringify({ format: FORMAT, kind, ...facts, bytes: body.length, crc32: crc32Hex(body) });
}

interface FirstLine {
  readonly facts: Facts;
  /** ASCII: as many bytes as characters. */
  readonly line: string;
  readonly bodyBytes: number;
}

function parseFirstLine(kind: string, bytes: Uint8Array): FirstLine {
  const end = bytes.subarray(0, FIRST_LINE_BYTES).indexOf(NEWLINE);
  if (end < 0) throw new UnsoundFile("its first line is cut off");
  const line = String.fromCharCode(...bytes.subarray(0, end));
  const { format, kind: found, bytes: bodyBytes, crc32: _, ...facts } = parseObject(line);
  if (typeof format === "number" && format > FORMAT) {
    throw new UnsoundFile(`its format ${format} is newer than this version of millrace`);
  }
  if (found !== kind || typeof bodyBytes !== "number") throw new UnsoundFile(`its first line is not that of '${kind}'`);
  return { facts: numbersOf(facts), line, bodyBytes };
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(line);
  } catch {
    // Whatever is wrong with it, it is no object.
  }
  if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  throw new UnsoundFile("its first line is no JSON object");
}

function numbersOf(facts: Readonly<Record<string, unknown>>): Facts {
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (typeof value !== "number") throw new UnsoundFile(`'${name}' in its first line is no number`);
    numbers[name] = value;
  }
  return numbers;
}
