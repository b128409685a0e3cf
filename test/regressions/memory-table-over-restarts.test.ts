import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { float64, MemoryStream, type OutputMode, Session, sum, userAggregate, utf8 } from "../../src/index.js";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const newOrders = () => new MemoryStream({ user: utf8(), amount: float64() });
const ORDERED = [
  { user: "ann", total: 6 },
  { user: "bob", total: 2 },
];

for (const mode of ["update", "complete", "changelog"] satisfies OutputMode[]) {
  test(`a query that starts again in its session finds its memory table as it left it: ${mode}`, async () => {
    const session = new Session();
    const orders = newOrders().add([
      { user: "ann", amount: 1 },
      { user: "bob", amount: 2 },
    ]);
    const totals = session.readStream
      .memory(orders)
      .groupBy("user")
      .agg({ total: sum("amount") });
    const writer = totals.writeStream.outputMode(mode).checkpoint(directory).memory("totals");
    const rows = async () => (await session.table("totals").orderBy("user").collect()) as unknown;
    const first = await writer.start();
    await first.processAllAvailable();
    await first.stop();
    const before = await rows();

    const second = await writer.start();
    await second.processAllAvailable();
    expect(await rows()).toEqual(before);
    orders.add([{ user: "ann", amount: 5 }]);
    await second.processAllAvailable();
    expect(await rows()).toEqual(ORDERED);
    await second.stop();
  });
}

test("a query that opens again after a failure keeps its memory table", async () => {
  const session = new Session();
  let failures = 1;
  const total = userAggregate({
    name: "totalThatFailsOnce",
    type: float64(),
    init: () => 0,
    add: (state: number, amount) => {
      if (amount === 5 && failures-- > 0) throw new Error("not now");
      return state + Number(amount);
    },
    finish: (state) => state,
  });
  const orders = newOrders().add([
    { user: "ann", amount: 1 },
    { user: "bob", amount: 2 },
  ]);
  const totals = session.readStream
    .memory(orders)
    .groupBy("user")
    .agg({ total: total("amount") });
  const writer = totals.writeStream.outputMode("update").checkpoint(directory).restart({ times: 1, backoff: 0 });
  const query = await writer.memory("totals").start();
  await query.processAllAvailable();
  orders.add([{ user: "ann", amount: 5 }]);
  await query.processAllAvailable();
  await query.stop();
  expect(failures).toBeLessThan(1);
  expect(await session.table("totals").orderBy("user").collect()).toEqual(ORDERED);
});
