import { SinkError } from "../common/millrace-error.js";
import type { StoredFile } from "./sink-storage.js";

/** Who writes to a directory. */
export interface SinkOwner {
  readonly query: string;
  readonly sink: string;
}

/** A file by its final path within the directory, `/` between names. The last name is also that of the staged file. */
export interface ManifestFile extends StoredFile {
  readonly path: string;
  readonly rows: number;
}

/** `_manifest/<batch>`: the batch is committed, and these are its files. */
export interface Manifest extends SinkOwner {
  readonly format: 1;
  readonly batch: number;
  readonly attempt: number;
  readonly files: readonly ManifestFile[];
}

/** `_manifest/summary`: whose directory it is, and what the manifests that are no longer kept added up to. */
export interface ManifestSummary extends SinkOwner {
  readonly format: 1;
  /** The newest batch that is counted here; -1: none. */
  readonly through: number;
  readonly batches: number;
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
}

/** One name, or several below each other; none of them can lead anywhere else. */
const SAFE_PATH = /^(?!\.{1,2}(?:\/|$))[A-Za-z0-9_.%=-]+(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9_.%=-]+)*$/;
const CRC = /^[0-9a-f]{8}$/;

export function isSafePath(path: string): boolean {
  return SAFE_PATH.test(path);
}

export function encodeRecord(record: Manifest | ManifestSummary): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(record)}\n`);
}

/** @throws SinkError SINK_MANIFEST_DAMAGED */
export function decodeManifest(bytes: Uint8Array, path: string): Manifest {
  const value = parsed(bytes);
  if (isRecordOf<Manifest>(value, ["batch", "attempt"]) && Array.isArray(value.files) && value.files.every(isFile)) {
    return value;
  }
  throw damaged(path);
}

/** @throws SinkError SINK_MANIFEST_DAMAGED */
export function decodeSummary(bytes: Uint8Array, path: string): ManifestSummary {
  const value = parsed(bytes);
  if (isRecordOf<ManifestSummary>(value, ["through", "batches", "files", "bytes", "rows"])) return value;
  throw damaged(path);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

function isRecordOf<R extends SinkOwner>(value: unknown, integers: readonly (keyof R & string)[]): value is R {
  return isObject(value) && value["format"] === 1 && hasTexts(value, ["query", "sink"]) && hasIntegers(value, integers);
}

function isFile(value: unknown): value is ManifestFile {
  if (!isObject(value) || !hasTexts(value, ["path", "crc32"]) || !hasIntegers(value, ["bytes", "rows"])) return false;
  return isSafePath(String(value["path"])) && CRC.test(String(value["crc32"]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function hasTexts(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === "string");
}

function hasIntegers(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => Number.isSafeInteger(value[name]));
}

function damaged(path: string): SinkError {
  return new SinkError("SINK_MANIFEST_DAMAGED", `${path} is not what this sink writes there.`, {
    hint: "Restore the file, or write to another directory; rows that were committed are not lost.",
  });
}
