import { DuckDBInstance } from "@duckdb/node-api";

/** Evaluates a SQL expression over rows of columns a, b, ... given as SQL literals. Text, or null, per row. */
export async function duckdbText(expression: string, rows: readonly (readonly string[])[]): Promise<(string | null)[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const names = rows[0].map((_, i) => String.fromCharCode(97 + i));
  const values = rows.map((row, i) => `(${i}, ${row.join(", ")})`).join(", ");
  const from = `(VALUES ${values}) AS t(row_number, ${names.join(", ")})`;
  await connection.run("SET TimeZone = 'UTC'");
  const reader = await connection.runAndReadAll(
    `SELECT CAST(${expression} AS VARCHAR) AS result FROM ${from} ORDER BY row_number`,
  );
  const results = reader.getRows().map(([value]) => (value === null ? null : String(value)));
  connection.closeSync();
  return results;
}

export function sqlText(text: string | null): string {
  return text === null ? "NULL::VARCHAR" : `'${text.replaceAll("'", "''")}'`;
}
