import { DamagedLog } from "./damaged-log.js";
import { FieldReader, flagItem, textItem } from "./field-reader.js";
import type {
  CheckpointMetadata,
  CommitRecord,
  FileEntry,
  OffsetRecord,
  PreparedRecord,
  SourceRange,
  StateFileEntry,
} from "./records.js";

/**
 * Makes a record of what is there, field by field, in one order of fields. Used in both directions: what is read is checked,
 * and nothing is ever written that could not be read.
 */
export type Shape<R> = (value: unknown) => R;

/** A path of a record must not lead out of the checkpoint, whoever wrote the record. */
const FILE_PATH = /^(?:state|prepared)\/\d[A-Za-z0-9_%.-]*$/;
const CRC = /^[0-9a-f]{8}$/;

export const offsetShape: Shape<OffsetRecord> = (value) => {
  const fields = new FieldReader(value, "offsets");
  return {
    batch: fields.count("batch"),
    batchTimeMs: fields.integer("batchTimeMs"),
    sources: fields.list("sources", sourceRange),
    idle: fields.list("idle", flagItem),
    drain: fields.flag("drain"),
    fingerprint: fields.json("fingerprint"),
  };
};

export const preparedShape: Shape<PreparedRecord> = (value) => {
  const fields = new FieldReader(value, "prepared");
  return {
    batch: fields.count("batch"),
    attempt: fields.count("attempt"),
    sinks: fields.list("sinks", preparedSink),
    state: fields.list("state", stateFileEntry),
    next: fields.json("next"),
  };
};

export const commitShape: Shape<CommitRecord> = (value) => {
  const fields = new FieldReader(value, "commit");
  return {
    batch: fields.count("batch"),
    attempt: fields.count("attempt"),
    sinks: fields.list("sinks", textItem),
    state: fields.list("state", stateFileEntry),
    next: fields.json("next"),
    drained: fields.flag("drained"),
  };
};

export const metadataShape: Shape<CheckpointMetadata> = (value) => {
  const fields = new FieldReader(value, "metadata");
  return {
    queryId: fields.text("queryId"),
    createdMs: fields.integer("createdMs"),
    engineVersion: fields.text("engineVersion"),
  };
};

function sourceRange(value: unknown, where: string): SourceRange {
  const fields = new FieldReader(value, where);
  return {
    source: fields.text("source"),
    from: fields.json("from"),
    to: fields.json("to"),
    behind: fields.list("behind", textItem),
    ended: fields.flag("ended"),
  };
}

function preparedSink(value: unknown, where: string): PreparedRecord["sinks"][number] {
  const fields = new FieldReader(value, where);
  return { sink: fields.text("sink"), token: fields.text("token"), output: fields.nullable("output", fileEntry) };
}

function stateFileEntry(value: unknown, where: string): StateFileEntry {
  const { path, bytes, crc32 } = fileEntry(value, where);
  return { batch: new FieldReader(value, where).count("batch"), path, bytes, crc32 };
}

function fileEntry(value: unknown, where: string): FileEntry {
  const fields = new FieldReader(value, where);
  const path = fields.text("path");
  const crc32 = fields.text("crc32");
  if (!FILE_PATH.test(path)) throw new DamagedLog(`${where}.path leads elsewhere`);
  if (!CRC.test(crc32)) throw new DamagedLog(`${where}.crc32 is no checksum`);
  return { path, bytes: fields.count("bytes"), crc32 };
}
