import { vi } from "vitest";

/** Runs `work` and gives what it wrote to standard output. */
export async function captureOutput(work: () => Promise<unknown>): Promise<string> {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return written.join("");
}

/** Imports an example, which runs on import, with these arguments. */
export async function runExample(name: string, args: readonly string[]): Promise<string> {
  const argv = process.argv;
  process.argv = [argv[0] ?? "node", name, ...args];
  vi.resetModules();
  try {
    return await captureOutput(() => import(`../../examples/${name}.mjs`));
  } finally {
    process.argv = argv;
  }
}
