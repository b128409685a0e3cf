import fc from "fast-check";
import { expect, test } from "vitest";
import { count, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { lit } from "../../src/expressions/functions/lit.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { window } from "../../src/expressions/functions/window.js";
import { analyse } from "../../src/plan/analyse.js";
import { fromJsonValue, toJsonValue } from "../../src/plan/json-value.js";
import { fromJson, toJson } from "../../src/plan/plan-json.js";
import { int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { codeOf, source } from "./frame.js";

const events = source({ at: timestamp(), user: utf8(), amount: int64() });

test("every kind of node comes back from JSON text as it was", () => {
  const windowed = events
    .watermark("at", { idleTimeout: 5n })
    .filter(col("amount").gt(2n ** 60n))
    .groupBy(window("at", "5 minutes"), "user")
    .agg(sum("amount").as("n"));
  const sessions = events.watermark("at").groupBy(sessionWindow("at", "1 minute"), "user").agg(count().as("n"));
  const { plan } = windowed
    .union(sessions)
    .select("*", lit(-0).as("zero"))
    .dropDuplicates("user")
    .orderBy("n")
    .limit(7);
  const back = fromJson(JSON.parse(JSON.stringify(toJson(plan))));
  expect(back).toEqual(plan);
  expect(analyse(back)).toEqual(analyse(plan));
});

test("values that JSON lacks come back as they were", () => {
  const value = fc.oneof(fc.bigInt(), fc.double(), fc.string(), fc.boolean(), fc.constant(null), fc.uint8Array());
  fc.assert(
    fc.property(fc.array(fc.record({ value }, { noNullPrototype: true })), (data) => {
      expect(fromJsonValue(JSON.parse(JSON.stringify(toJsonValue(data))))).toEqual(data);
    }),
  );
});

test("what is not a plan is refused", () => {
  expect(codeOf(() => fromJson({ kind: "teleport", input: { kind: "scan", source: null } }))).toBe("PLAN_JSON");
  expect(codeOf(() => fromJson({ kind: "filter", input: 3 }))).toBe("PLAN_JSON");
});
