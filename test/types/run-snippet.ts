import ts from "typescript";
import type { DataFrame } from "../../src/dataframe/data-frame.js";
import * as aggregates from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { fromJson, toJson } from "../../src/expressions/functions/json.js";
import { lit } from "../../src/expressions/functions/lit.js";
import { explode, size } from "../../src/expressions/functions/nested.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { struct } from "../../src/expressions/functions/struct.js";
import { split, upper } from "../../src/expressions/functions/text.js";
import { windowTime, year } from "../../src/expressions/functions/time.js";
import { userAggregate } from "../../src/expressions/functions/user-aggregate.js";
import { when } from "../../src/expressions/functions/when.js";
import { window } from "../../src/expressions/functions/window.js";
import { float64, int32, int64, list, required, schemaOf, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { stubFrame } from "../dataframe/stub-frame.js";

const ORDERS = schemaOf({
  id: required(int64()),
  user: utf8(),
  amount: float64(),
  at: timestamp(),
  tags: required(list(utf8())),
  place: struct({ city: utf8(), lat: required(float64()) }),
});

const names = {
  ...aggregates,
  col,
  fromJson,
  toJson,
  lit,
  explode,
  size,
  sessionWindow,
  struct,
  split,
  upper,
  windowTime,
  year,
  userAggregate,
  when,
  window,
  float64,
  int32,
  int64,
  list,
  required,
  timestamp,
  utf8,
};

/** Runs an expression over the frame `orders` that frame-header.ts declares. */
export function runSnippet(code: string): DataFrame {
  const { outputText } = ts.transpileModule(`return ${code};`, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const run = new Function("orders", ...Object.keys(names), outputText);
  return run(stubFrame(ORDERS).frame, ...Object.values(names));
}
