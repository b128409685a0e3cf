import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { Broker } from "../../tools/kafka/broker.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** What the broker keeps that all suites of a run share. */
    readonly kafkaDirectory: string;
  }
}

/** Runs once before all slow suites, and what it returns after them. The broker itself starts when a suite asks for it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "millrace-kafka-"));
  project.provide("kafkaDirectory", directory);
  return () => new Broker({ directory }).remove();
}
