import { describe, expect, test } from "vitest";
import { CheckpointFiles } from "../../src/checkpoint/checkpoint-files.js";
import { COMMITS, type Log, OFFSETS, PREPARED, publishEntry, readEntry } from "../../src/checkpoint/log-entry.js";
import type { CommitRecord, OffsetRecord, PreparedRecord } from "../../src/checkpoint/records.js";
import type { Found } from "../../src/checkpoint/recovery-facts.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";

const ENTRY = { path: "state/42-3.arrow", bytes: 12, crc32: "00c0ffee" };
const HOSTILE = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "1", "a\\nb": "\\u2028é"}');

const offsets: OffsetRecord = {
  batch: 42,
  batchTimeMs: -5,
  sources: [{ source: "__proto__", from: HOSTILE, to: "9007199254740993", behind: ["p"], ended: false }],
  idle: [true],
  drain: false,
  fingerprint: HOSTILE,
};
const prepared: PreparedRecord = {
  batch: 42,
  attempt: 3,
  sinks: [
    { sink: "a", token: "t", output: { ...ENTRY, path: "prepared/42-3.a.arrow" } },
    { sink: "b", token: "", output: null },
  ],
  state: [{ batch: 42, ...ENTRY }],
  next: HOSTILE,
};
const commit: CommitRecord = { batch: 42, attempt: 3, sinks: ["a"], state: prepared.state, next: null, drained: true };

function caseOf<R extends { readonly batch: number }>(log: Log<R>, record: R, name: string) {
  return {
    kind: log.kind,
    name,
    record,
    publish: (files: CheckpointFiles): Promise<void> => publishEntry(files, log, { record }),
    read: (files: CheckpointFiles, place: { name: string; batch: number }): Promise<Found<R>> =>
      readEntry(files, log, place),
  };
}

const CASES = [caseOf(OFFSETS, offsets, "42"), caseOf(PREPARED, prepared, "42-3"), caseOf(COMMITS, commit, "42")];

async function stored() {
  const sim = new SimFileSystem();
  const files = new CheckpointFiles(sim, { directory: "/c", fsync: true, run: "r" });
  await files.makeFolders();
  return { sim, files };
}

describe.each(CASES)("an entry of $kind", ({ kind, record, name, publish, read }) => {
  const place = { name, batch: 42 };

  test("comes back as it was written, hostile names included", async () => {
    const { files } = await stored();
    await publish(files);
    expect(await read(files, place)).toEqual({ kind: "valid", record });
    expect(JSON.stringify(await read(files, place))).toContain(JSON.stringify(record));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("is two lines: header and body", async () => {
    const { sim, files } = await stored();
    await publish(files);
    const [header, body, rest] = new TextDecoder().decode(sim.peek(`/c/${kind}/${name}`)).split("\n");
    expect(header).toMatch(/^\{"format":1,"kind":"\w+","batch":42,"bytes":\d+,"crc32":"[0-9a-f]{8}"\}$/);
    expect(JSON.parse(body)).toEqual(record);
    expect(rest).toBe("");
  });

  test("cut at any byte is corrupt", async () => {
    const { sim, files } = await stored();
    await publish(files);
    const path = `/c/${kind}/${name}`;
    const whole = sim.peek(path);
    for (let length = 0; length < whole.length; length++) {
      sim.put(path, whole.subarray(0, length));
      expect(await read(files, place), `${length} bytes`).toMatchObject({ kind: "corrupt", path });
    }
    sim.put(path, Uint8Array.of(...whole, 10));
    expect(await read(files, place)).toMatchObject({ kind: "corrupt", path });
  });

  test("is never taken with any bit flipped", async () => {
    const { sim, files } = await stored();
    await publish(files);
    const path = `/c/${kind}/${name}`;
    const whole = sim.peek(path);
    let tooNew = 0;
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = whole.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      sim.put(path, flipped);
      // A digit that became a higher format number cannot be told from a newer version: refused all the same.
      const found = await read(files, place).catch((error) => ({ kind: error.code }));
      if (found.kind === "CHECKPOINT_VERSION_TOO_NEW") tooNew++;
      else expect(found.kind, `bit ${bit}`).toBe("corrupt");
    }
    expect(tooNew).toBe(3);
  });

  test("under another name is corrupt", async () => {
    const { sim, files } = await stored();
    await publish(files);
    const other = kind === "prepared" ? "42-4" : "43";
    sim.put(`/c/${kind}/${other}`, sim.peek(`/c/${kind}/${name}`));
    const found = await read(files, { name: other, batch: kind === "prepared" ? 42 : 43 });
    expect(found.kind).toBe("corrupt");
  });

  test("of a newer format is refused by name", async () => {
    const { sim, files } = await stored();
    const path = `/c/${kind}/${name}`;
    sim.put(path, new TextEncoder().encode('{"format":2,"anything":"else"}\n'));
    await expect(read(files, place)).rejects.toMatchObject({
      code: "CHECKPOINT_VERSION_TOO_NEW",
      message: expect.stringContaining(path),
    });
  });
});

describe("a record that this library would not write", () => {
  test.each([
    ["a missing field", { ...commit, sinks: undefined }],
    ["a wrong type", { ...commit, drained: "no" }],
    ["a number that is none", { ...commit, batch: 42.5 }],
    ["a negative attempt", { ...commit, attempt: -1 }],
    ["a list that is none", { ...commit, state: {} }],
    ["a path out of the checkpoint", { ...commit, state: [{ ...ENTRY, batch: 1, path: "state/../../etc/passwd" }] }],
    ["a path to its parent", { ...commit, state: [{ ...ENTRY, batch: 1, path: "state/.." }] }],
    ["a checksum that is none", { ...commit, state: [{ ...ENTRY, batch: 1, crc32: "xyz" }] }],
    ["a field that only the prototype has", Object.create(commit)],
  ])("is not written: %s", async (_what, record) => {
    const { sim, files } = await stored();
    await expect(publishEntry(files, COMMITS, { record: record as CommitRecord })).rejects.toThrow(/commit/);
    expect(sim.paths()).toEqual([]);
  });
});
