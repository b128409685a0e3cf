import { describe, expect, it } from "vitest";
import { fileEntry } from "../../src/sources/file-entry.js";
import { type Offset, type ReadLimit, type Source, UNLIMITED } from "../../src/sources/source.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { int64, required, schemaOf } from "../../src/types/type-constructors.js";
import { FakeFileSystem } from "../fakes/fake-file-system.js";
import { collect, rowsOf } from "../fakes/rows-of.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { storageOn } from "../fakes/storage-on.js";

const schema = schemaOf({ id: required(int64()) });
const never = new AbortController().signal;
const ONE: ReadLimit = { ...UNLIMITED, maxRows: 1, maxFiles: 1 };
const DAY_MS = 86_400_000;
const line = (...ids: number[]): string => ids.map((id) => `{"id":${id}}\n`).join("");

/** A directory of files, a checkpoint, and programs that start one after the other. */
class Machine {
  readonly files = new FakeFileSystem();
  readonly disk = new SimFileSystem();

  start(options = {}, streaming = true): Source {
    const request = {
      files: this.files,
      clock: new ManualClock(0),
      format: "json" as const,
      path: "in",
      options,
      streaming,
    };
    return fileEntry(request, schema).factory.open(storageOn(this.disk));
  }

  put(id: number, modified: number, size = 1): void {
    this.files.put(`in/${id}.json`, line(...Array.from({ length: size }, () => id)), modified);
  }

  get logged(): readonly string[] {
    return this.disk.paths().map((path) => path.slice("/cp/sources/0/".length));
  }
}

async function read(source: Source, from: Offset, to: Offset): Promise<number[]> {
  return rowsOf(await collect(source.read(from, to, never))).map((row) => Number(row["id"]));
}

async function next(source: Source, from: Offset, limit: ReadLimit = ONE): Promise<{ ids: number[]; offset: Offset }> {
  const { offset } = await source.latestOffset(from, limit);
  const ids = await read(source, from, offset);
  await source.commit(offset);
  return { ids, offset };
}

describe("files of a query with a checkpoint", () => {
  it("keep their order when the program starts again and older files have come meanwhile", async () => {
    const machine = new Machine();
    for (const id of [3, 4]) machine.put(id, id);
    const { offset } = await machine.start().latestOffset(0, UNLIMITED);
    machine.put(1, 1);
    const later = machine.start();
    expect(await read(later, 0, offset)).toEqual([3, 4]);
    expect(await next(later, offset)).toEqual({ ids: [1], offset: 3 });
  });

  it("that were promised and not taken come next, in their order", async () => {
    const machine = new Machine();
    for (const id of [1, 2, 3]) machine.put(id, id);
    await machine.start().latestOffset(0, UNLIMITED);
    machine.put(0, 0);
    const later = machine.start();
    expect((await next(later, 0)).ids).toEqual([1]);
    expect((await later.latestOffset(1, { ...ONE, until: 3 })).offset).toBe(2);
    expect((await next(later, 1, { ...UNLIMITED, maxRows: 9 })).ids).toEqual([2, 3, 0]);
  });

  it("are the same for a bounded source, whatever has been added since", async () => {
    const machine = new Machine();
    for (const id of [1, 3]) machine.put(id, id);
    expect((await machine.start({ maxFilesPerTrigger: 1 }, false).latestOffset(0, ONE)).offset).toBe(1);
    machine.put(2, 2);
    const later = machine.start({}, false);
    expect(await later.latestOffset(0, UNLIMITED)).toMatchObject({ offset: 2, ended: true });
    expect(await read(later, 0, 2)).toEqual([1, 3]);
  });

  it("end the query when they vanish or change between promise and reading", async () => {
    const machine = new Machine();
    machine.put(1, 1);
    machine.put(2, 2);
    const { offset } = await machine.start().latestOffset(0, UNLIMITED);
    machine.put(1, 5, 3);
    await expect(read(machine.start(), 0, offset)).rejects.toThrow(/SOURCE_FILE_CHANGED.*in\/1\.json.*9 bytes.*27/);
    await machine.files.unlink("in/2.json");
    await expect(read(machine.start(), 1, offset)).rejects.toThrow(/SOURCE_FILE_GONE.*in\/2\.json/);
  });

  it("need no more than a bounded number of log files", async () => {
    const machine = new Machine();
    let source = machine.start();
    let from: Offset = 0;
    let most = 0;
    for (let id = 1; id <= 130; id++) {
      machine.put(id, id);
      if (id % 17 === 0) source = machine.start();
      const taken = await next(source, from);
      expect(taken.ids).toEqual([id]);
      most = Math.max(most, machine.logged.length);
      from = taken.offset;
    }
    expect(most).toBeLessThanOrEqual(42);
    expect(machine.logged.filter((name) => name.endsWith(".seen-compact"))).toEqual(["0000000000000120.seen-compact"]);
    expect((await machine.start().latestOffset(from, UNLIMITED)).offset).toBe(from);
  });
});

describe("the seen set", () => {
  /** Takes files one by one until the log is compacted. */
  async function compacted(machine: Machine, options = {}): Promise<{ source: Source; offset: Offset }> {
    const source = machine.start(options);
    let offset: Offset = 0;
    while (!machine.logged.some((name) => name.endsWith(".seen-compact"))) ({ offset } = await next(source, offset));
    return { source, offset };
  }

  it("forgets files that are older than maxFileAge, and ignores such files from then on", async () => {
    const machine = new Machine();
    for (let id = 1; id <= 40; id++) machine.put(id, id * DAY_MS);
    const { source, offset } = await compacted(machine, { maxFileAge: "3 days" });
    const log = new TextDecoder().decode(machine.disk.peek("/cp/sources/0/0000000000000040.seen-compact"));
    expect([...log.matchAll(/in\/(\d+)\.json/g)].map(([, id]) => Number(id))).toEqual([37, 38, 39, 40]);
    for (const instance of [source, machine.start({ maxFileAge: "3 days" })]) {
      expect((await instance.latestOffset(offset, UNLIMITED)).offset).toBe(offset);
    }
    machine.put(90, 36 * DAY_MS);
    machine.put(91, 38 * DAY_MS);
    expect((await next(machine.start(), offset, UNLIMITED)).ids).toEqual([91]);
  });

  it("keeps everything with latestFirst, where old files wait longest", async () => {
    const machine = new Machine();
    for (let id = 1; id <= 60; id++) machine.put(id, id * DAY_MS);
    const { offset } = await compacted(machine, { latestFirst: true, maxFileAge: "1 day" });
    expect((await next(machine.start({ latestFirst: true }), offset, UNLIMITED)).ids.length).toBe(20);
  });

  it("forgets files that have left the directory, but not when the directory seems empty", async () => {
    for (const isOutOfReach of [false, true]) {
      const machine = new Machine();
      for (let id = 1; id <= 41; id++) machine.put(id, id);
      const source = machine.start();
      let offset: Offset = 0;
      for (let id = 1; id <= 39; id++) ({ offset } = await next(source, offset));
      const gone = isOutOfReach ? 41 : 20;
      const { offset: to } = await source.latestOffset(offset, ONE);
      for (let id = 1; id <= gone; id++) await machine.files.unlink(`in/${id}.json`);
      await source.commit(to);
      for (let id = 1; id <= 41; id++) machine.put(id, id);
      const again = await next(machine.start(), to, UNLIMITED);
      expect(again.ids.length).toBe(isOutOfReach ? 1 : 21);
    }
  });

  it("does not take a file again that was changed after it was read and then forgotten by its old time", async () => {
    const machine = new Machine();
    for (let id = 1; id <= 40; id++) machine.put(id, id * DAY_MS);
    const touched = machine.start({ maxFileAge: "3 days" });
    let offset: Offset = 0;
    for (let id = 1; id <= 39; id++) ({ offset } = await next(touched, offset));
    machine.put(1, 40 * DAY_MS);
    ({ offset } = await next(touched, offset));
    expect((await machine.start().latestOffset(offset, UNLIMITED)).offset).toBe(offset);
  });

  it("refuses a length of time that is none", () => {
    for (const maxFileAge of ["soon", -1, true])
      expect(() => new Machine().start({ maxFileAge })).toThrow(/INTERVAL|OPTION/);
  });
});

describe("a damaged log", () => {
  async function machineWithLog(): Promise<{ machine: Machine; path: string; offset: Offset }> {
    const machine = new Machine();
    machine.put(1, 1);
    machine.put(2, 2);
    const source = machine.start();
    const first = await source.latestOffset(0, ONE);
    const { offset } = await source.latestOffset(first.offset, ONE);
    return { machine, path: "cp/sources/0/0000000000000000.seen", offset };
  }

  it("is found at every byte and every bit", async () => {
    const { machine, path, offset } = await machineWithLog();
    const sound = machine.disk.peek(path);
    const refused = expect.objectContaining({ code: "CHECKPOINT_CORRUPT", message: expect.stringContaining(path) });
    for (let at = 0; at < sound.length; at++) {
      machine.disk.put(path, sound.subarray(0, at));
      await expect(machine.start().latestOffset(offset, UNLIMITED)).rejects.toEqual(refused);
      for (let bit = 0; bit < 8; bit++) {
        machine.disk.put(
          path,
          sound.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte)),
        );
        await expect(machine.start().latestOffset(offset, UNLIMITED)).rejects.toEqual(refused);
      }
    }
  });

  it("is found when an entry is missing, or all are", async () => {
    const { machine, path, offset } = await machineWithLog();
    await machine.disk.unlink(path);
    await expect(machine.start().latestOffset(offset, UNLIMITED)).rejects.toThrow(
      /CHECKPOINT_CORRUPT.*1\.seen.*from 0 to 1/,
    );
    await machine.disk.unlink("cp/sources/0/0000000000000001.seen");
    await expect(machine.start().latestOffset(offset, UNLIMITED)).rejects.toThrow(
      /CHECKPOINT_CORRUPT.*file 2.*0 files/,
    );
  });

  it("is never written over by a second run", async () => {
    const machine = new Machine();
    machine.put(1, 1);
    const zombie = machine.start();
    await zombie.latestOffset(0, { ...ONE, until: 0 });
    await machine.start().latestOffset(0, ONE);
    await expect(zombie.latestOffset(0, ONE)).rejects.toThrow(/CONCURRENT_RUN/);
  });
});
