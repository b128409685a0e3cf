import { expect, test } from "vitest";
import type { Column } from "../../src/expressions/column-expression.js";
import { avg, count, countDistinct, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { fromJson } from "../../src/expressions/functions/json.js";
import { lit } from "../../src/expressions/functions/lit.js";
import { explode } from "../../src/expressions/functions/nested.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { struct } from "../../src/expressions/functions/struct.js";
import { split, upper } from "../../src/expressions/functions/text.js";
import { when } from "../../src/expressions/functions/when.js";
import { window } from "../../src/expressions/functions/window.js";
import { outputName } from "../../src/expressions/output-name.js";

test.each<[Column, string]>([
  [col("a"), "a"],
  [col("a").as("b").as("c"), "c"],
  [col("window.start"), "start"],
  [col("w").getField("end"), "end"],
  [col("a").cast("bigint").tryCast("int"), "a"],
  [col("a").plus(1).cast("bigint"), "CAST((a + 1) AS bigint)"],
  [window("at", "5 minutes"), "window"],
  [sessionWindow("at", "5 minutes"), "session_window"],
  [explode(split("line", " ")), "col"],
  [count(), "count"],
  [count("*"), "count"],
  [count("a"), "count(a)"],
  [sum("amount").filter(col("paid")), "sum(amount) FILTER (WHERE paid)"],
  [countDistinct("a", "b"), "countDistinct(a, b)"],
  [avg("a").dividedBy(count()), "(avg(a) / count())"],
  [col("a").plus(1).gt(col("b").negate()), "((a + 1) > (- b))"],
  [col("a").eq("it's").and(col("b").isNull().not()), "((a = 'it''s') AND (NOT (b IS NULL)))"],
  [col("a").isin(1, 2.5, 3n), "(a IN (1, 2.5, 3))"],
  [col("a").between(1, 2), "((a >= 1) AND (a <= 2))"],
  [upper("name").substring(1, 3), "substring(upper(name), 1, 3)"],
  [when(col("a").gt(1), "x").otherwise(null), "CASE WHEN (a > 1) THEN 'x' ELSE NULL END"],
  [struct("a", col("b").plus(1).as("c")), "struct(a, (b + 1) AS c)"],
  [fromJson("value", "a int, b array<string>"), "fromJson(value, struct<a: int, b: array<string>>)"],
  [lit(new Date("2024-05-06T07:08:09.100Z")), "TIMESTAMP '2024-05-06T07:08:09.100Z'"],
])("%s", (column, name) => {
  expect(outputName(column.expression)).toBe(name);
});
