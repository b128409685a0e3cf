import { expect, it } from "vitest";
import { count, MemoryStream, Session, sessionWindow, timestamp, utf8 } from "../../src/index.js";

const at = (second: number): Date => new Date(second * 1000);

/** Rows with weights, a trigger each, through sessions; the counts that a changelog adds up to, by user. */
async function counted(
  triggers: readonly (readonly [user: string, second: number, weight: number][])[],
): Promise<readonly unknown[]> {
  const session = new Session();
  const events = new MemoryStream({ user: utf8(), at: timestamp() }, { weights: true });
  const frame = session.readStream
    .memory(events)
    .groupBy(sessionWindow("at", "10 seconds"), "user")
    .agg({ n: count() });
  const query = await frame.writeStream.outputMode("complete").memory("sessions").start();
  for (const rows of triggers) {
    const weights = rows.map(([, , weight]) => weight);
    events.add(
      rows.map(([user, second]) => ({ user, at: at(second) })),
      { weights },
    );
    await query.processAllAvailable();
  }
  await query.stop();
  const rows = await session.table("sessions").collect();
  return rows.map((row) => [row["user"], row["n"]]);
}

it("a row that is taken back before it comes cancels with it, and with no other key's", async () => {
  expect(await counted([[["ann", 1, -1]], [["bob", 1, 1]]])).toEqual([["bob", 1]]);
  expect(await counted([[["ann", 1, -1]], [["ann", 1, 1]]])).toEqual([]);
  expect(
    await counted([
      [
        ["ann", 1, 1],
        ["ann", 50, -1],
      ],
      [["ann", 1, -1]],
      [["bob", 50, 1]],
      [["ann", 50, 2]],
    ]),
  ).toEqual([
    ["bob", 1],
    ["ann", 1],
  ]);
});
