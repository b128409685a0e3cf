import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** Runs node in the repository, where the package finds itself by name: what is built, as a user would load it. */
async function node(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, args, { cwd: root });
  return stdout;
}

const SHOW = "new millrace.Session().range(2).show()";
const TABLE = "+---+\n| id|\n+---+\n|  0|\n|  1|\n+---+\n";

test("loads as a CommonJS module", async () => {
  expect(await node("-e", `const millrace = require("millrace"); ${SHOW}`)).toContain(TABLE);
});

test("loads as an ES module", async () => {
  const script = `import * as millrace from "millrace"; await ${SHOW}`;
  expect(await node("--input-type=module", "-e", script)).toContain(TABLE);
});

test("has one identity over its entry points", async () => {
  const script =
    'const a = require("millrace"), b = require("millrace/testing"); console.log(a.MemoryStream === b.MemoryStream)';
  expect(await node("-e", script)).toBe("true\n");
});

test("runs without generated code where the platform forbids it", async () => {
  const script = `const millrace = require("millrace"); ${SHOW}`;
  expect(await node("--disallow-code-generation-from-strings", "-e", script)).toContain(TABLE);
});

test("replays the flights, and the stream is the batch", async () => {
  const output = await node("examples/flights.mjs", "--rows", "600000");
  expect(output.match(/batch over the accepted rows = streamed: yes, exactly/g)).toHaveLength(2);
});
