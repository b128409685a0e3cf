import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty directory until the test ends. */
export async function ownDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "millrace-kafka-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
