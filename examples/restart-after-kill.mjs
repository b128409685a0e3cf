// A query that is killed with SIGKILL over and over and still counts right: node examples/restart-after-kill.mjs
//
// The parent writes a hundred small files of events and starts this same file as a worker. The worker asks for the query
// of its checkpoint directory (getOrCreate: go on, or begin), and kills itself at a random moment. The parent starts it
// again until one lives long enough to finish. Then it reads what the sink's directory holds: every event once.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { count, float64, Session, sum, timestamp, utf8, window } from "millrace";

const FILES = 100;
const EVENTS_PER_FILE = 50;
const USERS = ["ann", "bob", "cid", "dee"];
const LONGEST_LIFE_MS = 400;

const [role, given] = process.argv.slice(2);
if (role === "worker" && given !== undefined) await work(given);
else await supervise();

/** Goes on from the checkpoint, or begins; ends when every file is processed and every window is out. */
async function work(directory) {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 50 + Math.random() * LONGEST_LIFE_MS);
  const query = await new Session().getOrCreate(join(directory, "state"), (session) =>
    session.readStream
      .schema({ at: timestamp(), user: utf8(), amount: float64() })
      .option("maxFilesPerTrigger", 2)
      .json(join(directory, "in"))
      .withWatermark("at", "1 minute")
      .groupBy(window("at", "1 minute"), "user")
      .agg({ events: count(), total: sum("amount") })
      .writeStream.json(join(directory, "out")),
  );
  await query.processAllAvailable();
  await query.drain();
  process.exit(0);
}

async function supervise() {
  const directory = await mkdtemp(join(tmpdir(), "millrace-restart-"));
  try {
    await writeEvents(join(directory, "in"), join(directory, "staging"));
    let kills = 0;
    while (!(await livesToTheEnd(directory))) kills++;
    report(kills, await readCounts(join(directory, "out")));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Files appear whole: written elsewhere, then moved in. */
async function writeEvents(directory, staging) {
  for (const path of [directory, staging]) await mkdir(path, { recursive: true });
  for (let file = 0; file < FILES; file++) {
    const lines = Array.from({ length: EVENTS_PER_FILE }, (_, i) =>
      JSON.stringify({
        at: new Date(Date.UTC(2026, 0, 1, 0, 0, file * 10 + (i % 10))).toISOString(),
        user: USERS[(file + i) % USERS.length],
        amount: 1,
      }),
    );
    const name = `events-${String(file).padStart(3, "0")}.json`;
    await writeFile(join(staging, name), `${lines.join("\n")}\n`);
    await rename(join(staging, name), join(directory, name));
  }
}

/** False when the worker was killed. */
async function livesToTheEnd(directory) {
  const worker = spawn(process.execPath, [fileURLToPath(import.meta.url), "worker", directory], { stdio: "inherit" });
  const [code, signal] = await new Promise((resolve) => worker.once("exit", (...how) => resolve(how)));
  if (code !== 0 && signal !== "SIGKILL") throw new Error(`The worker failed with exit code ${code}.`);
  return code === 0;
}

/** What any reader of the directory sees: one row per window and user. */
async function readCounts(directory) {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
  return texts.flatMap((text) => text.trim().split("\n")).map((line) => JSON.parse(line));
}

function report(kills, rows) {
  const distinct = new Set(rows.map((row) => `${row.window.start} ${row.user}`)).size;
  const events = rows.reduce((total, row) => total + row.events, 0);
  console.log(`The worker was killed ${kills} times with SIGKILL, and started again each time.`);
  console.log(`windows x users: ${rows.length} rows, ${distinct} of them different`);
  console.log(`events counted:  ${events} of ${FILES * EVENTS_PER_FILE}`);
  const isRight = rows.length === distinct && events === FILES * EVENTS_PER_FILE;
  console.log(isRight ? "Nothing lost, nothing twice." : "WRONG");
  process.exitCode = isRight ? 0 : 1;
}
