// Waits until a broker answers a Metadata request with itself and a controller: an open port alone is too early.
// Arguments: the port, the broker's process id. Fails when the process ends, or after three minutes.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

const LIMIT_MS = 180_000;
const ANSWER_MS = 2_000;
const [port, pid] = process.argv.slice(2).map(Number);

/** Length, api 3, version 4, correlation 1, no client id, no topics, no automatic creation. */
const METADATA_REQUEST = Buffer.from([0, 0, 0, 15, 0, 3, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0, 0]);

/** @param {Buffer} answer whole, with its length */
function hasBrokerAndController(answer) {
  let at = 12; // length, correlation id, throttle time
  const skipText = () => {
    at += 2 + Math.max(0, answer.readInt16BE(at));
  };
  const brokers = answer.readInt32BE(at);
  at += 4;
  for (let i = 0; i < brokers; i++) {
    at += 4;
    skipText();
    at += 4;
    skipText();
  }
  skipText();
  return brokers > 0 && answer.readInt32BE(at) >= 0;
}

/** @returns {Promise<boolean>} */
function answers() {
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const socket = connect(port, "127.0.0.1", () => socket.write(METADATA_REQUEST));
    const end = (ready) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(ANSWER_MS, () => end(false));
    socket.on("error", () => end(false));
    socket.on("close", () => end(false));
    socket.on("data", (bytes) => {
      answer = Buffer.concat([answer, bytes]);
      const isWhole = answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0);
      if (isWhole) end(hasBrokerAndController(answer));
    });
  });
}

/** Of a process that has ended but was not waited for, the command line is empty. */
function isAlive() {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}

const began = Date.now();
while (!(await answers())) {
  if (!isAlive() || Date.now() - began > LIMIT_MS) {
    console.error(isAlive() ? `the broker does not answer within ${LIMIT_MS / 1000} s` : "the broker has ended");
    process.exitCode = 1;
    break;
  }
  await wait(50);
}
