/**
 * Resolves when all of the works are done. Rejects then, and not before, with the reason of the first one in the list that
 * failed: nothing goes on behind the back of who has heard of the failure.
 */
export async function allDone(works: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === "rejected") throw result.reason;
}
