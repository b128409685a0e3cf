import type { IsolationLevel } from "../kafka-cluster.js";

export function isolationNumber(isolation: IsolationLevel): number {
  return isolation === "read_committed" ? 1 : 0;
}
