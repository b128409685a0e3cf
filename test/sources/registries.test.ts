import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { MemorySink } from "../../src/sinks/memory-sink.js";
import { SinkRegistry } from "../../src/sinks/sink-registry.js";
import { rangeEntry } from "../../src/sources/range-source.js";
import { UNLIMITED } from "../../src/sources/source.js";
import { SourceRegistry } from "../../src/sources/source-registry.js";
import { collect, rowsOf } from "../fakes/rows-of.js";

describe("registries", () => {
  it("give sources and sinks ids and open what they know", () => {
    const sources = new SourceRegistry();
    const { factory, description } = rangeEntry({ start: 0, end: 3, step: 1 });
    const first = sources.register(factory, description);
    const second = sources.register(factory, description);
    expect(first).toMatchObject({ label: "range(0, 3)", bounded: true, streaming: false });
    expect(first.id).not.toBe(second.id);
    expect(sources.open(first)).not.toBe(sources.open(first));
    expect(() => sources.open({ ...first })).toThrow(/SOURCE_UNKNOWN/);
    expect(() => new SourceRegistry().open(first)).toThrow(/SOURCE_UNKNOWN/);
    const sinks = new SinkRegistry();
    const sink = new MemorySink();
    expect(sinks.open(sinks.register(() => sink))).toBe(sink);
    expect(() => sinks.open({ id: "other" })).toThrow(/SINK_UNKNOWN/);
  });
});

it("what nobody can run any more is free to go", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const sources = new SourceRegistry();
  const sinks = new SinkRegistry();
  const { factory, description } = rangeEntry({ start: 0, end: 3, step: 1 });
  const held = sources.register({ ...factory }, description);
  const gone = ((): readonly WeakRef<object>[] => {
    const [open, make] = [{ ...factory }, () => new MemorySink()];
    sources.register(open, description);
    sinks.register(make);
    return [new WeakRef(open), new WeakRef(make)];
  })();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(gone.map((ref) => ref.deref())).toEqual([undefined, undefined]);
  expect(sources.open(held)).toBeDefined();
});

it("range makes its rows as they are read, up and down", async () => {
  const never = new AbortController().signal;
  const source = rangeEntry({ start: 5, end: -2, step: -3 }).factory.open();
  const { offset, ended } = await source.latestOffset(0, UNLIMITED);
  expect(ended).toBe(true);
  expect(rowsOf(await collect(source.read(0, offset, never))).map((row) => row["id"])).toEqual([5n, 2n, -1n]);
  const large = rangeEntry({ start: 0, end: 1e12, step: 1 }).factory.open();
  expect(rowsOf(await collect(large.read(999_999_999_999, 1e12, never)))).toEqual([{ id: 999_999_999_999n }]);
  const shorter = rangeEntry({ start: 0, end: 3, step: 1 }).factory.open();
  await expect(shorter.latestOffset(4, UNLIMITED)).rejects.toThrow(/OFFSET_INVALID.*row 4.*3 rows/);
  expect(() => rangeEntry({ start: 0, end: 1, step: 0 })).toThrow(/OPTION_INVALID/);
});
