// The query: from a topic of orders to a topic of totals per country and ten seconds, exactly once.
import { count, fromJson, Session, struct, sum, toJson, window } from "millrace";

export function startTotals({ client, from, to, checkpoint }) {
  return new Session().readStream
    .kafka({ client, subscribe: from, startingOffsets: "earliest" })
    .select(fromJson("value", "orderedAt TIMESTAMP, country STRING, amount DOUBLE").as("order"))
    .select("order.*")
    .withWatermark("orderedAt", "10 seconds")
    .groupBy(window("orderedAt", "10 seconds"), "country")
    .agg({ orders: count(), revenue: sum("amount") })
    .select("country", "window.start", "orders", "revenue")
    .select(toJson(struct("country", "start")).as("key"), toJson(struct("*")).as("value"))
    .writeStream.outputMode("append")
    .checkpoint(checkpoint)
    .kafka({ client, topic: to })
    .start();
}
