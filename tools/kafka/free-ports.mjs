// Prints a port such that it and the four above are free on the loopback interface. Below the range that systems take ports for
// outgoing connections from, so that nothing else comes upon it while a broker is down.
import { createServer } from "node:net";

const LOWEST = 20_000;
const HIGHEST = 32_000;
const COUNT = 5;

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** @param {number} first */
async function areFree(first) {
  for (let port = first; port < first + COUNT; port++) if (!(await isFree(port))) return false;
  return true;
}

let port;
do port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
while (!(await areFree(port)));
console.log(port);
