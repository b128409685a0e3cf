import type { ProcessName } from "../common/process-identity.js";
import { DamagedLog } from "./damaged-log.js";
import { FieldReader } from "./field-reader.js";
import type { Shape } from "./record-shapes.js";

/** `locks/<epoch>`: who owns the checkpoint, and a sign of life. The highest epoch counts. */
export interface LockRecord {
  readonly epoch: number;
  readonly owner: ProcessName;
  /** Of one opening: a process may open a checkpoint many times. */
  readonly run: string;
  readonly sinceMs: number;
  /** Grows with every sign of life. */
  readonly beats: number;
  /** The owner's clock at the last one. */
  readonly beatMs: number;
  /** The owner has gone in peace. */
  readonly released: boolean;
}

/** Furthest instant that a date can name. */
const LAST_INSTANT_MS = 8.64e15;

export const lockShape: Shape<LockRecord> = (value) => {
  const fields = new FieldReader(value, "lock");
  const sinceMs = fields.integer("sinceMs");
  if (Math.abs(sinceMs) > LAST_INSTANT_MS) throw new DamagedLog("lock.sinceMs is no instant");
  return {
    epoch: fields.count("epoch"),
    owner: processName(fields.json("owner")),
    run: fields.text("run"),
    sinceMs,
    beats: fields.count("beats"),
    beatMs: fields.integer("beatMs"),
    released: fields.flag("released"),
  };
};

function processName(value: unknown): ProcessName {
  const fields = new FieldReader(value, "lock.owner");
  return {
    host: fields.text("host"),
    bootId: fields.text("bootId"),
    pidNamespace: fields.text("pidNamespace"),
    pid: fields.integer("pid"),
    startTime: fields.text("startTime"),
  };
}
