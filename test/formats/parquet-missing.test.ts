import { afterEach, expect, it, vi } from "vitest";
import { FakeFileSystem } from "../fakes/fake-file-system.js";

afterEach(() => {
  vi.doUnmock("hyparquet");
  vi.resetModules();
});

it("names the package to install where hyparquet is missing", async () => {
  vi.doMock("hyparquet", () => {
    throw new Error("Cannot find package 'hyparquet'");
  });
  const { parquetReader } = await import("../../src/formats/parquet-reader.js");
  const file = { path: "a.parquet", size: 0, modified: 0, isDirectory: false };
  const inferring = parquetReader.inferSchema(new FakeFileSystem(), file);
  await expect(inferring).rejects.toThrow(/PACKAGE_MISSING.*'hyparquet'.*npm install hyparquet/);
});
