import { crc32Hex } from "../common/crc32.js";
import { CheckpointError } from "../common/millrace-error.js";
import { DamagedLog } from "./damaged-log.js";

/** The newest format of log files that this version reads, and the one it writes. */
const FORMAT = 1;
const NEWLINE = 10;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
const FORMAT_OF_HEADER = /^\{"format":([1-9]\d*),/;

export type LogKind = "metadata" | "lock" | "offsets" | "prepared" | "commits";

/** Which file a log entry is, as its name says. Files that belong to no batch have batch 0. */
export interface LogIdentity {
  readonly kind: LogKind;
  readonly batch: number;
  readonly path: string;
}

/** Two lines: a header that proves the body, and the body as JSON. */
export function encodeLog({ kind, batch }: LogIdentity, body: object): Uint8Array {
  const content = ENCODER.encode(JSON.stringify(body));
  const header = ENCODER.encode(headerOf(kind, batch, content));
  const file = new Uint8Array(header.length + content.length + 2);
  file.set(header);
  file[header.length] = NEWLINE;
  file.set(content, header.length + 1);
  file[file.length - 1] = NEWLINE;
  return file;
}

/**
 * The body of a log file. Throws DamagedLog unless every byte of it is as encodeLog makes it: the header is made again from
 * the body that is there, so that a changed or missing byte of either shows.
 */
export function decodeLog(file: Uint8Array, identity: LogIdentity): unknown {
  const end = file.indexOf(NEWLINE);
  if (end < 0) throw new DamagedLog("it has no header line");
  const header = DECODER.decode(file.subarray(0, end));
  refuseNewerFormat(header, identity.path);
  const content = file.subarray(end + 1, Math.max(end + 1, file.length - 1));
  if (header !== headerOf(identity.kind, identity.batch, content) || file[file.length - 1] !== NEWLINE) {
    throw new DamagedLog("its header does not fit its name and content");
  }
  return parsed(DECODER.decode(content));
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new DamagedLog("its content is no JSON");
  }
}

function headerOf(kind: LogKind, batch: number, content: Uint8Array): string {
  return JSON.stringify({ format: FORMAT, kind, batch, bytes: content.length, crc32: crc32Hex(content) });
}

function refuseNewerFormat(header: string, path: string): void {
  const format = Number(FORMAT_OF_HEADER.exec(header)?.[1] ?? 0);
  if (format <= FORMAT) return;
  throw new CheckpointError(
    "CHECKPOINT_VERSION_TOO_NEW",
    `${path} has format ${format}, this version of millrace reads formats up to ${FORMAT}.`,
    { hint: "Continue with the version that wrote it or a newer one, or start with a new checkpoint directory." },
  );
}
