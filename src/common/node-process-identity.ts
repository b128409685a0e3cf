import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import type { ProcessIdentity, ProcessName } from "./process-identity.js";

/** Field 22 of /proc/PID/stat, counted after the name in parentheses, which may hold spaces (proc(5)). */
const START_TIME_AFTER_NAME = 19;

/** On Linux from /proc; elsewhere a process is known by its number alone, and another boot by nothing. */
export const nodeProcessIdentity: ProcessIdentity = {
  self: async (): Promise<ProcessName> => ({
    host: hostname(),
    bootId: (await textOr(readFile("/proc/sys/kernel/random/boot_id", "utf8"), "")).trim(),
    pidNamespace: await textOr(readlink("/proc/self/ns/pid"), ""),
    pid: process.pid,
    startTime: (await startTimeOf(process.pid)) ?? "",
  }),
  startTimeOf,
};

async function startTimeOf(pid: number): Promise<string | null> {
  const stat = await textOr(readFile(`/proc/${pid}/stat`, "utf8"), "");
  if (stat !== "") return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[START_TIME_AFTER_NAME] ?? "";
  return isAlive(pid) ? "" : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function textOr(text: Promise<string>, otherwise: string): Promise<string> {
  try {
    return await text;
  } catch {
    return otherwise;
  }
}
