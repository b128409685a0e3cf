import { expect, test } from "vitest";
import { count } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { window } from "../../src/expressions/functions/window.js";
import { explainBatch, explainStream } from "../../src/plan/explain.js";
import { planStream } from "../../src/plan/plan-stream.js";
import { timestamp, utf8 } from "../../src/types/type-constructors.js";
import { source } from "./frame.js";

const events = source({ at: timestamp(), user: utf8() });
const counts = events.watermark("at").groupBy(window("at", "5 minutes"), "user").agg(count().as("n"));

test("batch: the tree, and the order", () => {
  expect(
    explainBatch(counts.filter(col("n").gt(5)).orderBy({ column: "n", descending: true }).select("user").plan),
  ).toMatchInlineSnapshot(`
    "order by n DESC
    project [user, n]
    +- filter (n > 5)
       +- aggregate(window, user)#0 keys [window, user] aggregates [count() AS n]
          +- window at 5 minutes AS window
             +- withWatermark at delay 1 second = W0
                +- scan events [at, user]
    "
  `);
});

test("stream: edges, bounds, finality and state", () => {
  expect(
    explainStream(
      planStream(counts.filter(col("n").gt(5)).select("window", "n").plan, { mode: "update", sinkDeletes: true }),
    ),
  ).toMatchInlineSnapshot(`
    "output mode update, key (window, user), hidden (user)
    project [window, n, user]
    |    sends inserts, updates; key (window, user); window.start >= windowStart(W0, 5 minutes), window.end >= windowEnd(W0, 5 minutes); final below window.end
    +- filter (n > 5)
       |    sends inserts, updates; key (window, user); window.start >= windowStart(W0, 5 minutes), window.end >= windowEnd(W0, 5 minutes); final below window.end
       +- aggregate(window, user)#0 keys [window, user] aggregates [count() AS n]
          |    sends inserts, updates; key (window, user); window.start >= windowStart(W0, 5 minutes), window.end >= windowEnd(W0, 5 minutes); final below window.end
          |    state bounded by window.end
          +- lateFilter window.end < windowEnd(W0, 5 minutes) for aggregate(window, user)#0
             |    sends inserts; no key; at >= W0, window.start >= windowStart(W0, 5 minutes), window.end >= windowEnd(W0, 5 minutes); final at once
             +- window at 5 minutes AS window
                |    sends inserts; no key; at >= W0, window.start >= windowStart(W0, 5 minutes), window.end >= windowEnd(W0, 5 minutes); final at once
                +- withWatermark at delay 1 second = W0
                   |    sends inserts; no key; at >= W0; final at once
                   +- scan events [at, user]
                           sends inserts; no key; no bound; final at once
    "
  `);
});

test("stream: two inputs, state that grows with keys", () => {
  const both = events
    .union(events.filter(col("user").isNotNull()))
    .groupBy("user")
    .agg(count());
  expect(explainStream(planStream(both.plan, { mode: "complete", sinkDeletes: true }))).toMatchInlineSnapshot(`
    "output mode complete, key (user)
    aggregate(user)#0 keys [user] aggregates [count() AS count]
    |    sends inserts, updates; key (user); no bound; never final
    |    state O(keys)
    +- union
       |    sends inserts; no key; no bound; final at once
       +- project [user]
       |  |    sends inserts; no key; no bound; final at once
       |  +- scan events [at, user]
       |          sends inserts; no key; no bound; final at once
       +- project [user]
          |    sends inserts; no key; no bound; final at once
          +- filter (user IS NOT NULL)
             |    sends inserts; no key; no bound; final at once
             +- scan events [at, user]
                     sends inserts; no key; no bound; final at once
    "
  `);
});
