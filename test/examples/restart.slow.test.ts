import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("the restart example is killed over and over and counts right", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["examples/restart-after-kill.mjs"]);
  expect(stdout).toMatch(/killed \d+ times/);
  expect(stdout).toContain("events counted:  5000 of 5000");
  expect(stdout).toContain("Nothing lost, nothing twice.");
});
