import { describe, expect, test } from "vitest";
import { SimCrash, SimFileSystem } from "./sim-file-system.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);

async function written(files: SimFileSystem, path: string, { content = "data", sync = true } = {}): Promise<void> {
  const file = await files.create(path);
  await file.write(bytes(content));
  if (sync) await file.sync();
  await file.close();
}

/** A directory that a power cut spares. */
async function machine(): Promise<SimFileSystem> {
  const files = new SimFileSystem();
  await files.makeDirectory("/d");
  await files.syncDirectory("/");
  return files;
}

describe("a power cut", () => {
  test("takes a file whose directory was not synced", async () => {
    const files = await machine();
    await written(files, "/d/a");
    expect(files.afterCrash("power").paths()).toEqual([]);
    expect(files.afterCrash("process").paths()).toEqual(["/d/a"]);
  });

  test("takes the content of a file that was not synced, and leaves its name", async () => {
    const files = await machine();
    await written(files, "/d/a", { sync: false });
    await files.syncDirectory("/d");
    const after = files.afterCrash("power");
    expect(after.paths()).toEqual(["/d/a"]);
    expect(after.peek("/d/a")).toHaveLength(0);
  });

  test("spares what was synced; a later crash of the process does not lose that", async () => {
    const files = await machine();
    await written(files, "/d/a");
    await files.syncDirectory("/d");
    const after = files.afterCrash("process").afterCrash("power");
    expect(text(await after.read("/d/a"))).toBe("data");
  });

  test("what a process left unsynced when it died is still unsynced", async () => {
    const files = await machine();
    await written(files, "/d/a");
    expect(files.afterCrash("process").afterCrash("power").paths()).toEqual([]);
  });

  test("brings back what was unlinked and renamed since the directory was synced", async () => {
    const files = await machine();
    await written(files, "/d/a", { content: "a" });
    await written(files, "/d/b", { content: "b" });
    await files.syncDirectory("/d");
    await files.rename("/d/a", "/d/b");
    await files.link("/d/b", "/d/c");
    await files.unlink("/d/b");
    expect(files.paths()).toEqual(["/d/c"]);
    const after = files.afterCrash("power");
    expect(after.paths()).toEqual(["/d/a", "/d/b"]);
    expect(text(after.peek("/d/b"))).toBe("b");
  });

  test("a directory that was not synced into its parent is lost with everything in it", async () => {
    const files = new SimFileSystem();
    await files.makeDirectory("/d");
    await written(files, "/d/a");
    await files.syncDirectory("/d");
    expect(files.afterCrash("power").paths()).toEqual([]);
  });
});

describe("any subset of unsynced operations", () => {
  test("every outcome of a rename over a file occurs, and never a half of the rename", async () => {
    const files = await machine();
    await written(files, "/d/new", { content: "new" });
    await written(files, "/d/name", { content: "old" });
    await files.syncDirectory("/d");
    await files.rename("/d/new", "/d/name");
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const after = files.afterCrash("power-subset", seed);
      outcomes.add(`${after.paths().join(" ")} ${text(after.peek("/d/name"))}`);
    }
    expect([...outcomes].sort()).toEqual(["/d/name /d/new old", "/d/name new"]);
  });

  test("a later write may survive without an earlier one", async () => {
    const files = await machine();
    const file = await files.create("/d/a");
    await files.syncDirectory("/d");
    await file.write(bytes("ab"));
    await file.write(bytes("cd"));
    const contents = new Set<string>();
    for (let seed = 0; seed < 100; seed++) contents.add(text(files.afterCrash("power-subset", seed).peek("/d/a")));
    expect([...contents].sort()).toEqual(["", "\0\0cd", "ab", "abcd"]);
  });

  test("is the same for the same seed", async () => {
    const files = await machine();
    for (const name of ["a", "b", "c", "d", "e"]) await written(files, `/d/${name}`, { sync: false });
    const once = files.afterCrash("power-subset", 7);
    expect(files.afterCrash("power-subset", 7).paths()).toEqual(once.paths());
  });
});

describe("operations", () => {
  test("the process dies at the operation it is told to, and nothing works after that", async () => {
    const files = await machine();
    files.crashAt(files.operations + 2);
    const file = await files.create("/d/a");
    await expect(file.write(bytes("abcd"))).rejects.toBeInstanceOf(SimCrash);
    await expect(files.read("/d/a")).rejects.toBeInstanceOf(SimCrash);
    expect(text(files.afterCrash("process").peek("/d/a"))).toBe("ab");
  });

  test("fail once or from then on, with the code and without effect", async () => {
    const files = await machine();
    files.failAt(files.operations + 1, "EIO");
    await expect(files.create("/d/a")).rejects.toMatchObject({ code: "EIO" });
    await written(files, "/d/a");
    files.failAt(files.operations + 1, "ENOSPC", true);
    await expect(files.unlink("/d/a")).rejects.toMatchObject({ code: "ENOSPC" });
    await expect(files.unlink("/d/a")).rejects.toMatchObject({ code: "ENOSPC" });
    expect(files.paths()).toEqual(["/d/a"]);
  });

  test("short writes take one byte, short reads give half", async () => {
    const files = await machine();
    const file = await files.create("/d/a");
    files.failAt(files.operations + 1, "short");
    expect(await file.write(bytes("abcd"))).toBe(1);
    expect(await file.write(bytes("bcd"))).toBe(3);
    files.failReadAt(files.readOperations + 1, "short");
    expect(text(await files.read("/d/a"))).toBe("ab");
    expect(text(await files.read("/d/a"))).toBe("abcd");
  });

  test("follow the contract: exclusive names, missing files, files in use", async () => {
    const files = await machine();
    await written(files, "/d/a");
    await expect(files.create("/d/a")).rejects.toMatchObject({ code: "EEXIST" });
    await expect(files.link("/d/a", "/d/a")).rejects.toMatchObject({ code: "EEXIST" });
    await expect(files.create("/x/a")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(files.unlink("/d/b")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(files.read("/d/b")).rejects.toMatchObject({ code: "ENOENT" });
    expect(await files.names("/x")).toEqual([]);
    expect(await files.stat("/d/b")).toBeNull();
    expect(await files.stat("/d/a")).toMatchObject({ size: 4, isDirectory: false });
    await files.remove("/d");
    await files.remove("/d");
    expect(files.paths()).toEqual([]);
  });

  test("a sync after a failed sync is a mistake of the caller", async () => {
    const files = await machine();
    const file = await files.create("/d/a");
    files.failAt(files.operations + 1, "EIO");
    await expect(file.sync()).rejects.toMatchObject({ code: "EIO" });
    await expect(file.sync()).rejects.toThrow("synced again");
  });
});
