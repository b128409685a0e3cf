import * as arrow from "apache-arrow";
import { describe, expect, it } from "vitest";
import { iterableEntry } from "../../src/sources/iterable-source.js";
import { socketEntry } from "../../src/sources/socket-source.js";
import { type Offset, type Source, UNLIMITED } from "../../src/sources/source.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import {
  bool,
  date,
  float64,
  int32,
  int64,
  list,
  schemaOf,
  struct,
  timestamp,
  utf8,
} from "../../src/types/type-constructors.js";
import { FakeNetwork } from "../fakes/fake-network.js";
import { collect, rowsOf } from "../fakes/rows-of.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { storageOn } from "../fakes/storage-on.js";

const schema = schemaOf({ id: int64() });
const never = new AbortController().signal;
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => ({ id: BigInt(from + i) }));

function start(disk: SimFileSystem, items: Iterable<unknown>, maxBacklogRows = 1000): Source {
  const entry = iterableEntry(items, { schema, capture: true, maxBacklogRows });
  return entry.factory.open(storageOn(disk));
}

async function read(source: Source, from: Offset, to: Offset) {
  return rowsOf(await collect(source.read(from, to, never)));
}

const names = (disk: SimFileSystem): readonly string[] =>
  disk.paths().map((path) => path.slice("/cp/sources/0/".length));

describe("captured rows", () => {
  it("come first when the program starts again, then those of the new input", async () => {
    const disk = new SimFileSystem();
    const first = start(disk, rows(0, 3));
    expect(first.replayable).toBe(true);
    expect(await first.latestOffset(0, { ...UNLIMITED, maxRows: 2 })).toMatchObject({ offset: 2, ended: false });
    const later = start(disk.afterCrash("power"), rows(3, 5));
    expect(await read(later, 0, 2)).toEqual(rows(0, 2));
    const { offset, ended } = await later.latestOffset(2, UNLIMITED);
    expect([offset, ended]).toEqual([5, true]);
    expect(await read(later, 2, offset)).toEqual(rows(2, 5));
    expect(await read(later, 0, offset)).toEqual(rows(0, 5));
  });

  it("are kept while a rerun may ask for them, and the newest file for its number", async () => {
    const disk = new SimFileSystem();
    const source = start(disk, rows(0, 40), 10);
    let from: Offset = await source.initialOffset();
    for (let trigger = 0; trigger < 4; trigger++) {
      const { offset } = await source.latestOffset(from, UNLIMITED);
      await source.commit(offset);
      await new Promise(setImmediate);
      from = offset;
    }
    expect(from).toBe(40);
    expect(names(disk)).toEqual(["0000000000000030.rows"]);
    await source.commit(from);
    await source.commit(from);
    const later = start(disk, rows(40, 41));
    expect((await later.latestOffset(from, UNLIMITED)).offset).toBe(41);
    await expect(read(later, 0, 41)).rejects.toThrow(/SOURCE_NOT_REPLAYABLE.*row 0/);
  });

  it("are told of when a power cut cannot take them, counted from the first row of this input", async () => {
    let disk = new SimFileSystem();
    const told: number[] = [];
    const open = (from: number, to: number): Source => {
      const onCaptured = (count: number): void => {
        told.push(count);
        disk = disk.afterCrash("power");
      };
      return iterableEntry(rows(from, to), { schema, capture: true, onCaptured }).factory.open(storageOn(disk));
    };
    expect((await open(0, 3).latestOffset(0, UNLIMITED)).offset).toBe(3);
    const later = open(3, 5);
    expect((await later.latestOffset(3, UNLIMITED)).offset).toBe(5);
    expect((await later.latestOffset(5, UNLIMITED)).offset).toBe(5);
    expect(told).toEqual([3, 2]);
    expect(await read(open(5, 5), 0, 5)).toEqual(rows(0, 5));
    expect(() => iterableEntry([], { schema, onCaptured: () => {} })).toThrow(/OPTION_INVALID.*capture: true/);
  });

  it("are written once per trigger with news, not per row", async () => {
    const disk = new SimFileSystem();
    const source = start(disk, rows(0, 500));
    const { offset } = await source.latestOffset(0, UNLIMITED);
    await source.latestOffset(offset, UNLIMITED);
    expect(names(disk)).toEqual(["0000000000000000.rows"]);
  });

  it("are Arrow behind one line of JSON", async () => {
    const disk = new SimFileSystem();
    await start(disk, rows(0, 3)).latestOffset(0, UNLIMITED);
    const bytes = disk.peek("cp/sources/0/0000000000000000.rows");
    const end = bytes.indexOf(10);
    const line = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
    const body = bytes.slice(end + 1);
    expect(line).toEqual({ format: 1, kind: "rows", from: 0, rows: 3, bytes: body.length, crc32: expect.any(String) });
    expect(arrow.tableFromIPC(body).numRows).toBe(3);
  });

  it("have every type back as it was", async () => {
    const wide = schemaOf({
      a: int32(),
      b: float64(),
      c: bool(),
      d: timestamp(),
      e: date(),
      f: utf8(),
      g: list(int64()),
      h: struct({ x: utf8() }),
    });
    const day = new Date("2024-02-29T00:00:00Z");
    const full = { a: 1, b: Number.NaN, c: true, d: day, e: day, f: "é\u0000😀", g: [1n, null], h: { x: "y" } };
    const items = [full, { a: null, b: -0, c: null, d: null, e: null, f: "", g: [], h: null }];
    const open = (disk: SimFileSystem, given: readonly object[]): Source =>
      iterableEntry(given, { schema: wide, capture: true }).factory.open(storageOn(disk, "cp", false));
    const disk = new SimFileSystem();
    const source = open(disk, items);
    const { offset } = await source.latestOffset(0, UNLIMITED);
    expect(await read(open(disk, []), 0, offset)).toEqual(await read(source, 0, offset));
  });

  it("outlive the failure of their input", async () => {
    const disk = new SimFileSystem();
    function* breaking() {
      yield* rows(0, 2);
      throw new Error("upstream broke");
    }
    const source = start(disk, breaking());
    await expect(source.latestOffset(0, UNLIMITED)).rejects.toThrow(/upstream broke/);
    const later = start(disk, rows(2, 3));
    const { offset } = await later.latestOffset(0, UNLIMITED);
    expect(await read(later, 0, offset)).toEqual(rows(0, 3));
  });

  it("are not given out when they cannot be made durable, nor later by the same run", async () => {
    const disk = new SimFileSystem();
    const source = start(disk, rows(0, 2));
    await source.initialOffset();
    let syncs = 0;
    disk.onOperation = ({ kind, number }) => {
      if (kind === "sync" && syncs++ === 0) disk.failAt(number, "EIO");
    };
    await expect(source.latestOffset(0, UNLIMITED)).rejects.toThrow(/CHECKPOINT_WRITE_FAILED.*0\.rows/);
    await expect(source.latestOffset(0, UNLIMITED)).rejects.toThrow(/CHECKPOINT_WRITE_FAILED/);
    expect(syncs).toBe(1);
  });

  it("are not followed by the same input from its beginning, where one program runs a frame twice", () => {
    const entry = iterableEntry(rows(0, 2), { schema, capture: true });
    const storage = storageOn(new SimFileSystem());
    entry.factory.open(storage);
    expect(() => entry.factory.open(storage)).toThrow(/SOURCE_ONE_SHOT/);
    expect(entry.factory.open({ ...storage, directory: "other" }).replayable).toBe(true);
  });

  it("need a checkpoint, which is said before the input is touched", () => {
    const given = (function* () {
      yield* rows(0, 1);
    })();
    const entry = iterableEntry(given, { schema, capture: true });
    expect(() => entry.factory.open(null)).toThrow(/CAPTURE_NEEDS_CHECKPOINT.*checkpointLocation/);
    const storage = storageOn(new SimFileSystem(), "cp");
    expect(entry.factory.open(storage).replayable).toBe(true);
    const socket = socketEntry(
      { network: new FakeNetwork(), clock: new ManualClock() },
      { host: "h", port: 1, capture: true },
    );
    expect(() => socket.factory.open(null)).toThrow(/CAPTURE_NEEDS_CHECKPOINT/);
  });
});

describe("damaged captures", () => {
  it("are found at every byte and every bit", async () => {
    const disk = new SimFileSystem();
    await start(disk, rows(0, 2)).latestOffset(0, UNLIMITED);
    const path = "cp/sources/0/0000000000000000.rows";
    const sound = disk.peek(path);
    const refused = expect.objectContaining({ code: "CHECKPOINT_CORRUPT", message: expect.stringContaining(path) });
    for (let at = 0; at < sound.length; at++) {
      disk.put(path, sound.subarray(0, at));
      await expect(start(disk, []).latestOffset(0, UNLIMITED)).rejects.toEqual(refused);
      disk.put(
        path,
        sound.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte)),
      );
      await expect(start(disk, []).latestOffset(0, UNLIMITED)).rejects.toEqual(refused);
    }
  });

  it("are found when a file is missing in the middle, or behind the offset", async () => {
    const disk = new SimFileSystem();
    for (const from of [0, 10, 20]) await start(disk, rows(from, from + 10)).latestOffset(from, UNLIMITED);
    expect(names(disk)).toEqual(["0000000000000000.rows", "0000000000000010.rows", "0000000000000020.rows"]);
    await disk.unlink("cp/sources/0/0000000000000010.rows");
    await expect(read(start(disk, []), 0, 30)).rejects.toThrow(/CHECKPOINT_CORRUPT.*20\.rows.*row 0/);
    await disk.unlink("cp/sources/0/0000000000000020.rows");
    await expect(start(disk, []).latestOffset(30, UNLIMITED)).rejects.toThrow(
      /CHECKPOINT_CORRUPT.*row 30.*10 captured/,
    );
  });
});

it("without capture, a later run goes on behind the offset and refuses what came before it", async () => {
  const open = (items: readonly object[]): Source => iterableEntry(items, { schema }).factory.open(null);
  const later = open(rows(3, 5));
  await expect(read(later, 1, 3)).rejects.toThrow(/SOURCE_NOT_REPLAYABLE.*capture/);
  const { offset } = await later.latestOffset(3, UNLIMITED);
  expect(offset).toBe(5);
  expect(await read(later, 3, offset)).toEqual(rows(3, 5));
});
