// A consumer of the totals, in another group, another process or another language: here as a frame of its own.
import { float64, fromJson, int64, Session, struct, timestamp, utf8 } from "millrace";

const TOTAL = struct({ country: utf8(), start: timestamp(), orders: int64(), revenue: float64() });

/** Prints each window when it is final; `show` gets lines. */
export function startShowing({ client, topic, show }) {
  const seen = { orders: 0, windows: new Set() };
  const query = new Session().readStream
    .kafka({ client, subscribe: topic, startingOffsets: "earliest" })
    .select(fromJson("value", TOTAL).as("total"))
    .select("total.*")
    .writeStream.foreachBatch(async (batch) => {
      for (const { country, start, orders, revenue } of await batch.orderBy("start", "country").collect()) {
        if (!seen.windows.has(start?.getTime()))
          show(`\n${start?.toISOString().slice(11, 19)}  country  orders     revenue`);
        seen.windows.add(start?.getTime());
        seen.orders += orders ?? 0;
        show(
          `          ${country?.padEnd(7)}  ${String(orders).padStart(6)}  ${(revenue ?? 0).toFixed(2).padStart(10)}`,
        );
      }
    })
    .start();
  return { query, seen };
}
