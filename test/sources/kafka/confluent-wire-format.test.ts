import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chunkOf } from "../../../src/columnar/chunk-of.js";
import { columnFromValues } from "../../../src/columnar/column-from-values.js";
import { toObjects } from "../../../src/columnar/to-objects.js";
import { deserializeColumns, deserializedSchema } from "../../../src/sources/deserialize-columns.js";
import { confluentWireFormat } from "../../../src/sources/kafka/confluent-wire-format.js";
import { binary, int32, schemaOf, struct, utf8 } from "../../../src/types/type-constructors.js";

const avro = JSON.stringify({
  type: "record",
  name: "Order",
  fields: [
    { name: "user", type: "string" },
    { name: "amount", type: "int" },
    { name: "note", type: ["null", "string"], default: null },
  ],
});
const later = JSON.stringify({ type: "record", name: "Order", fields: [{ name: "user", type: "string" }] });

let asked: string[] = [];
let server: Server;
let registry: SchemaRegistry;

/** As much of a registry as the client asks for when it reads. */
beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const schema = url.startsWith("/schemas/ids/7") ? avro : url.startsWith("/schemas/ids/8") ? later : null;
    response.writeHead(schema === null ? 404 : 200, { "content-type": "application/json" });
    response.end(
      JSON.stringify(schema === null ? { error_code: 40403, message: "no schema" } : { schema, schemaType: "AVRO" }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  registry = new SchemaRegistry({ host: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const type = struct({ user: utf8(), amount: int32(), note: utf8() });
const bytesSchema = schemaOf({ id: int32(), value: binary() });

async function read(values: readonly (Uint8Array | null)[], malformed?: "fail" | "null"): Promise<unknown[]> {
  const by = { value: confluentWireFormat({ registry, type, ...(malformed && { malformed }) }) };
  const [id, value] = bytesSchema.fields;
  const place = { column: "value", rows: null };
  const columns = [
    columnFromValues(
      values.map((_, i) => i),
      id,
      place,
    ),
    columnFromValues(values, value, place),
  ];
  const chunk = { ...chunkOf(bytesSchema, columns, values.length), partition: "orders-3" };
  const schema = deserializedSchema(bytesSchema, by);
  return toObjects(await deserializeColumns(chunk, schema, by), {}).map((row) => row["value"]);
}

describe("the Confluent wire format, with the client of a registry", () => {
  test("is read by the schema that each record names, which is asked for once", async () => {
    asked = [];
    const order = await registry.encode(7, { user: "ann", amount: 3, note: "gift" });
    const short = await registry.encode(8, { user: "bob" });
    const fresh = new SchemaRegistry({ host: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    registry = fresh;
    asked = [];
    expect(await read([order, null, short, order])).toEqual([
      { user: "ann", amount: 3, note: "gift" },
      null,
      { user: "bob", amount: null, note: null },
      { user: "ann", amount: 3, note: "gift" },
    ]);
    expect(asked.map((url) => url.split("?")[0])).toEqual(["/schemas/ids/7", "/schemas/ids/8"]);
  });

  test.each([
    ["no header", new TextEncoder().encode("{}"), /zero byte/],
    ["a torn value", Uint8Array.of(0, 0, 0, 0, 7, 20, 65), /does not fit schema 7/],
  ])("refuses %s, naming the partition, or reads NULL", async (_, bytes, reason) => {
    await expect(read([bytes])).rejects.toThrow(reason);
    await expect(read([bytes])).rejects.toMatchObject({ code: "DESERIALIZER_FAILED", place: "partition orders-3" });
    expect(await read([bytes], "null")).toEqual([null]);
  });

  test("fails where the registry does not know the schema, and asks again the next time", async () => {
    const unknown = Uint8Array.of(0, 0, 0, 0, 9, 1);
    await expect(read([unknown])).rejects.toMatchObject({ code: "DESERIALIZER_FAILED" });
  });
});

test("a deserializer that gives too few values is named", async () => {
  const [, value] = bytesSchema.fields;
  const by = { value: { type: utf8(), deserialize: () => [] } };
  const column = columnFromValues([Uint8Array.of(1)], value, { column: "value", rows: null });
  const chunk = chunkOf({ fields: [value] }, [column], 1);
  const schema = deserializedSchema(chunk.schema, by);
  await expect(deserializeColumns(chunk, schema, by)).rejects.toThrow(/0 values for 1 rows/);
});
