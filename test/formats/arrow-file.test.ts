import * as arrow from "apache-arrow";
import { expect, it } from "vitest";
import { arrowFile } from "../../src/formats/arrow-file.js";
import { formatSchema } from "../../src/types/format-type.js";
import { bool, int64, schemaOf } from "../../src/types/type-constructors.js";
import { FakeFileSystem } from "../fakes/fake-file-system.js";
import { collect, rowsOf } from "../fakes/rows-of.js";

const signal = new AbortController().signal;

async function setup(bytes: Uint8Array) {
  const files = new FakeFileSystem();
  files.put("a.arrow", bytes);
  const file = await files.stat("a.arrow");
  if (file === null) throw new Error("the file was put there");
  return { files, file, signal, onMalformed: () => {} };
}

const table = arrow.tableFromArrays({
  id: BigInt64Array.from({ length: 20_000 }, (_, i) => BigInt(i)),
  f: new Float64Array(20_000),
});

it("reads Arrow IPC files and streams in chunks, columns by name, missing ones NULL", async () => {
  for (const kind of ["file", "stream"] as const) {
    const request = await setup(arrow.tableToIPC(table, kind));
    expect(formatSchema(await arrowFile.inferSchema(request.files, request.file))).toMatch(/^id bigint.*, f double/);
    const chunks = await collect(arrowFile.read({ ...request, schema: schemaOf({ late: bool(), id: int64() }) }));
    expect(chunks.map((chunk) => chunk.length)).toEqual([16_384, 3_616]);
    expect(rowsOf(chunks).at(-1)).toEqual({ late: null, id: 19_999n });
  }
});

it("refuses other bytes and other types", async () => {
  for (const bytes of [new Uint8Array(0), new TextEncoder().encode("not arrow at all")]) {
    const request = await setup(bytes);
    await expect(arrowFile.inferSchema(request.files, request.file)).rejects.toThrow(/NOT_ARROW.*a\.arrow/);
  }
  const request = await setup(arrow.tableToIPC(table));
  const reading = collect(arrowFile.read({ ...request, schema: schemaOf({ id: bool() }) }));
  await expect(reading).rejects.toThrow(/SCHEMA_MISMATCH.*'id' is bigint in a\.arrow.*boolean/);
});
