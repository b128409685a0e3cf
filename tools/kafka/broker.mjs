// One real broker on this machine, for tests, examples and benches: start-broker.sh with a handle to stop it or kill it by.
import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("start-broker.sh", import.meta.url));

/**
 * @typedef {object} BrokerOptions
 * @property {string} directory what the broker keeps; another call with the same one finds the broker that runs
 * @property {number} [port] without one, a free one
 * @property {string} [version] of Apache Kafka, e.g. 4.2.0
 * @property {readonly string[]} [extra] more lines of server.properties; `PORT+2` to `PORT+4` in them are ports for more listeners
 * @property {readonly string[]} [format] more arguments of the formatting of a new log
 */

export class Broker {
  /** @type {BrokerOptions} */ #options;
  port = 0;
  /** Where the broker's own jars lie, Kafka's clients among them. */
  jars = "";

  /** @param {BrokerOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get directory() {
    return this.#options.directory;
  }

  get address() {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts it, or starts it again on its data, and waits until it answers. It ends with this process at the latest. */
  async start() {
    const { directory, port = this.port, version, extra = [], format = [] } = this.#options;
    const { stdout } = await run(SCRIPT, [directory, String(port), ...(version === undefined ? [] : [version])], {
      env: {
        ...process.env,
        KAFKA_OWNER: String(process.pid),
        KAFKA_EXTRA: extra.join("\n"),
        KAFKA_FORMAT: format.join("\n"),
      },
    });
    const [foundPort, , ...jars] = stdout.trim().split(" ");
    this.port = Number(foundPort);
    this.jars = jars.join(" ");
  }

  /** Waits for it to close its log. */
  stop() {
    return this.#end("SIGTERM");
  }

  /** Gives it no time for anything. */
  kill() {
    return this.#end("SIGKILL");
  }

  /** Stands still until it is continued: connections stay open, and nothing is answered. */
  pause() {
    process.kill(this.#pid, "SIGSTOP");
  }

  continue() {
    process.kill(this.#pid, "SIGCONT");
  }

  /** Kills it and removes all that it kept. */
  async remove() {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  /** @param {NodeJS.Signals} signal */
  async #end(signal) {
    if (this.#isAlive()) process.kill(this.#pid, signal);
    while (this.#isAlive()) await wait(5);
  }

  get #pid() {
    return Number(readFileSync(join(this.directory, "pid"), "utf8"));
  }

  #isAlive() {
    if (!existsSync(join(this.directory, "pid"))) return false;
    const commandLine = `/proc/${this.#pid}/cmdline`;
    return existsSync(commandLine) && readFileSync(commandLine, "utf8").includes(this.directory);
  }
}

/**
 * @param {BrokerOptions} options
 * @returns {Promise<Broker>} that answers
 */
export async function startBroker(options) {
  const broker = new Broker(options);
  await broker.start();
  return broker;
}
