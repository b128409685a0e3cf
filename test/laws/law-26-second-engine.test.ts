import {
  DuckDBBlobValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import { expect, test } from "vitest";
import { randomCase } from "./cases/generate.js";
import { type LawCase, scansOf } from "./cases/law-case.js";
import { Random } from "./cases/random.js";
import { integrate, oracleOf } from "./checks.js";
import { runEngine } from "./harness.js";
import { Multiset } from "./multiset.js";
import { consolidate, type Tuple } from "./oracle/evaluate.js";
import type { Row, Value } from "./oracle/values.js";
import { NotPrintable, sqlOf } from "./sql-text.js";

const RUNS = Number(process.env["LAW_RUNS"] ?? 200);
const SEED = Number(process.env["LAW_SEED"] ?? 1);

test("law 26, second engine: the result of a plan that prints as SQL is that of DuckDB over the same rows", async () => {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  let runs = 0;
  for (let tried = 0; runs < RUNS && tried < 20 * RUNS; tried++) {
    const lawCase = randomCase(new Random(SEED * 1_000_003 + tried), { plan: { eventTime: 0, byArrival: false } });
    const sql = printed(lawCase);
    if (sql === null) continue;
    runs++;
    const rows = (await connection.runAndReadAll(sql))
      .getRows()
      .map((row) => ({ row: row.map(plainValue), weight: 1 }));
    const expected = Multiset.of(rows).lines();
    const at = `LAW_SEED=${SEED}, case ${tried}: ${sql}`;
    expect(Multiset.of(oracleOf(lawCase).result(lawCase.script.length - 1)).lines(), `the model, ${at}`).toEqual(
      expected,
    );
    expect(integrate(runEngine(lawCase, { mode: "changelog" })).lines(), at).toEqual(expected);
  }
  connection.closeSync();
  console.log(`law 26: ${runs} runs`);
  expect(runs).toBe(RUNS);
});

function printed(lawCase: LawCase): string | null {
  try {
    const rows = scansOf(lawCase.plan).map((_, source) => rowsOf(lawCase, source));
    return sqlOf(lawCase.plan, rows);
  } catch (error) {
    if (error instanceof NotPrintable) return null;
    throw error;
  }
}

function rowsOf({ script }: LawCase, source: number): readonly Tuple[] {
  const all = script.flat().filter((each) => each.source === source);
  return consolidate(all.map(({ row, weight }, i) => ({ row, weight, seq: [i], tag: null })));
}

function plainValue(value: DuckDBValue): Value {
  if (value instanceof DuckDBListValue) return value.items.map(plainValue);
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(
      Object.entries(value.entries).map(([name, member]): [string, Value] => [name, plainValue(member)]),
    );
  if (value instanceof DuckDBBlobValue) return value.bytes;
  return value as Row[number];
}
