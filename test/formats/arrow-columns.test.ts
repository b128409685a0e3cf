import { tableFromArrays, tableFromIPC, tableToIPC } from "apache-arrow";
import { col, explode, fromArrowIpc, int32, Session, struct, toArrowIpc } from "millrace";
import { describe, expect, test } from "vitest";

const session = new Session();
const rows = [
  { id: 1, name: "ann", tags: ["a", "b"], place: { city: "Oslo" } },
  { id: null, name: null, tags: [], place: { city: null } },
  { id: 3, name: "\u{1f600}", tags: ["c"], place: null },
];
const schema = "id BIGINT, name STRING, tags ARRAY<STRING>, place STRUCT<city: STRING>";
const frame = session.createDataFrame(rows, schema);
const packed = frame.select(toArrowIpc(struct("*")).as("value"));

describe("toArrowIpc", () => {
  test("writes one stream per row, which Arrow's own reader reads", async () => {
    const [first, second] = (await packed.collect()).map(({ value }) => tableFromIPC(value as Uint8Array));
    expect(first?.numRows).toBe(1);
    expect(first?.schema.fields.map(({ name }) => name)).toEqual(["id", "name", "tags", "place"]);
    expect([first?.get(0)?.["id"], first?.get(0)?.["name"]]).toEqual([1n, "ann"]);
    expect(second?.get(0)?.["id"]).toBeNull();
  });
  test("is undone by fromArrowIpc", async () => {
    const back = packed.select(explode(fromArrowIpc("value", schema)).as("row")).select("row.*");
    expect(await back.collect()).toEqual(await frame.collect());
  });
  test("writes a list as one stream of as many rows", async () => {
    const lists = session.createDataFrame([{ l: [{ a: 1 }, { a: 2 }] }, { l: [] }], "l ARRAY<STRUCT<a: INT>>");
    const type = struct({ a: int32() });
    const streams = lists.select(fromArrowIpc(toArrowIpc(struct("*")), "l ARRAY<STRUCT<a: INT>>").as("x"));
    expect((await streams.collect()).map(({ x }) => x)).toEqual([[{ l: [{ a: 1 }, { a: 2 }] }], [{ l: [] }]]);
    const some = session.createDataFrame([{ value: tableToIPC(tableFromArrays({ a: Int32Array.of(5, 6) })) }]);
    const read = some.select(fromArrowIpc("value", type).as("rows"));
    expect(await read.collect()).toEqual([{ rows: [{ a: 5 }, { a: 6 }] }]);
    const again = read.select(fromArrowIpc(toArrowIpc("rows"), type).as("rows"));
    expect(await again.collect()).toEqual([{ rows: [{ a: 5 }, { a: 6 }] }]);
  });
  test.each(["id", "tags"])("refuses %s, which has no rows", (name) => {
    expect(() => frame.select(toArrowIpc(col(name)))).toThrow(expect.objectContaining({ code: "FUNCTION_ARGUMENTS" }));
  });
});

describe("fromArrowIpc", () => {
  const read = async (value: Uint8Array | null, type: string): Promise<unknown> => {
    const bytes = session.createDataFrame([{ value }], "value BINARY");
    const [row] = await bytes.select(fromArrowIpc("value", type).as("rows")).collect();
    return row?.rows;
  };
  const stream = tableToIPC(tableFromArrays({ a: Int32Array.of(1, 2), b: ["x", "y"] }));
  test("takes members by name, widens numbers, and has NULL for those that the stream lacks", async () => {
    expect(await read(stream, "c DOUBLE, a BIGINT")).toEqual([
      { c: null, a: 1 },
      { c: null, a: 2 },
    ]);
  });
  test.each([
    ["NULL", null, "a INT"],
    ["bytes that are no stream", new TextEncoder().encode("no stream at all"), "a INT"],
    ["no bytes", new Uint8Array(), "a INT"],
    ["a torn stream", stream.subarray(0, stream.length - 60), "a INT"],
    ["other types", stream, "a STRING"],
  ])("gives NULL for %s", async (_, value, type) => {
    expect(await read(value, type)).toBeNull();
  });
  test("asks for the type of a struct", () => {
    expect(() => packed.select(fromArrowIpc("value", "BIGINT"))).toThrow(/constant type of a struct/);
  });
});
