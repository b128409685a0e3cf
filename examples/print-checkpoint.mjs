// What a checkpoint holds, read without millrace: the logs are lines of JSON, the state is plain Arrow.
//
//   node examples/print-checkpoint.mjs state/orders [batch]
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { argv, exit, stdout } from "node:process";
import { crc32 } from "node:zlib";
import { RecordBatchReader } from "apache-arrow";

const [directory, wanted] = argv.slice(2);
if (directory === undefined || !existsSync(join(directory, "metadata"))) {
  stdout.write("usage: node examples/print-checkpoint.mjs <checkpoint directory> [batch]\n");
  exit(1);
}

const { queryId, engineVersion, createdMs } = log("metadata");
const batches = numbers("commits");
stdout.write(`query ${queryId}, millrace ${engineVersion}, begun ${new Date(createdMs).toISOString()}\n`);
stdout.write(`batches ${batches.join(" ")}\n`);
const batch = wanted === undefined ? batches[batches.length - 1] : Number(wanted);
if (batch !== undefined) {
  printOffsets(log("offsets", String(batch)));
  printState(log("commits", String(batch)));
}
const open = numbers("offsets").filter((number) => !batches.includes(number));
if (open.length > 0) stdout.write(`begun, not done: ${open.join(" ")}\n`);

/**
 * Two lines: a header with the length and the checksum of the second, which is the record.
 * @param {...string} path
 */
function log(...path) {
  const [header, body] = readFileSync(join(directory, ...path), "utf8").split("\n");
  const { crc32: expected } = JSON.parse(header);
  const found = crc32(body).toString(16).padStart(8, "0");
  if (found !== expected) throw new Error(`${path.join("/")} is damaged: checksum ${found} instead of ${expected}`);
  return JSON.parse(body);
}

/** @param {string} folder */
function numbers(folder) {
  const names = readdirSync(join(directory, folder)).filter((name) => /^\d+$/.test(name));
  return names.map(Number).sort((a, b) => a - b);
}

/** @param {{ batchTimeMs: number, sources: { source: string, from: unknown, to: unknown }[] }} offsets */
function printOffsets({ batchTimeMs, sources }) {
  stdout.write(`\nbatch ${batch}, ${new Date(batchTimeMs).toISOString()}\n`);
  for (const { source, from, to } of sources) {
    stdout.write(`  source ${source}: from ${JSON.stringify(from)} to ${JSON.stringify(to)}\n`);
  }
}

/**
 * A state file is one Arrow stream per table, one after the other. A snapshot is the whole table; a delta has rows that
 * replace those of the same `_slot`, or take them away (`_removed`).
 * @param {{ state: { path: string }[] }} commit
 */
function printState({ state }) {
  /** @type {Map<string, Map<number, Record<string, unknown>>>} */
  const tables = new Map();
  for (const { path } of state) {
    for (const stream of RecordBatchReader.readAll(readFileSync(join(directory, path)))) {
      const of = (/** @type {string} */ name) => stream.schema.metadata.get(`millrace.${name}`);
      const title = `${of("operator")} ${of("title")}, table ${of("table")}`;
      const rows = of("kind") === "snapshot" ? new Map() : (tables.get(title) ?? new Map());
      for (const recordBatch of stream) for (const row of recordBatch) applyRow(rows, row.toJSON());
      tables.set(title, rows);
    }
  }
  for (const [title, rows] of tables) {
    stdout.write(`\noperator ${title}: ${rows.size} rows\n`);
    for (const row of [...rows.values()].slice(0, 20)) stdout.write(`  ${text(row)}\n`);
    if (rows.size > 20) stdout.write("  ...\n");
  }
}

/**
 * @param {Map<number, Record<string, unknown>>} rows
 * @param {Record<string, any>} row
 */
function applyRow(rows, { _slot, _removed, ...own }) {
  if (_removed) rows.delete(_slot);
  else rows.set(_slot, own);
}

/** @param {Record<string, unknown>} row */
function text(row) {
  return JSON.stringify(row, (_name, value) => (typeof value === "bigint" ? Number(value) : value));
}
