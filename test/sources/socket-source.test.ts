import { describe, expect, it } from "vitest";
import type { BacklogSource } from "../../src/sources/backlog-source.js";
import { socketEntry } from "../../src/sources/socket-source.js";
import { type Source, UNLIMITED } from "../../src/sources/source.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { FakeNetwork } from "../fakes/fake-network.js";
import { collect, rowsOf } from "../fakes/rows-of.js";

const never = new AbortController().signal;

function setup(options = {}) {
  const network = new FakeNetwork();
  const entry = socketEntry({ network, clock: new ManualClock(1500) }, { host: "localhost", port: "9999", ...options });
  return { network, source: entry.factory.open() };
}

async function available(source: Source, from: number) {
  const { offset, ended } = await source.latestOffset(from, UNLIMITED);
  return { rows: rowsOf(await collect(source.read(from, offset, never))), ended };
}

/** Everything that was sent has been taken, or waits for room. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

describe("the socket source", () => {
  it("gives whole lines, however they are cut on the way, without their line ends", async () => {
    const { network, source } = setup();
    await source.initialOffset();
    for (const piece of ["on", "e\r\ntw", "o\n\nthree\nfo"]) network.peer.send(piece);
    await new Promise(setImmediate);
    const values = ["one", "two", "", "three"].map((value) => ({ value }));
    expect(await available(source, 0)).toEqual({ rows: values, ended: false });
    network.peer.send("ur");
    network.peer.end();
    await source.changed(4, never);
    expect(await available(source, 4)).toEqual({ rows: [{ value: "four" }], ended: true });
  });

  it("repairs what is not UTF-8, and adds the time of arrival where asked for", async () => {
    const { network, source } = setup({ includeTimestamp: true });
    await source.initialOffset();
    network.peer.send(Uint8Array.of(97, 0xff, 10));
    await source.changed(0, never);
    expect((await available(source, 0)).rows).toEqual([{ value: "a\ufffd", timestamp: "1970-01-01T00:00:01.500Z" }]);
  });

  it("stops reading from the peer while too many lines wait", async () => {
    const { network, source } = setup({ maxBacklogRows: 2 });
    await source.initialOffset();
    for (let i = 0; i < 5; i++) network.peer.send(`${i}\n`);
    await new Promise(setImmediate);
    expect((await available(source, 0)).rows.length).toBe(2);
    await source.commit(2);
    await new Promise(setImmediate);
    expect((await available(source, 2)).rows.length).toBe(2);
  });

  it("fails with the address when nobody listens, and when the connection breaks", async () => {
    const { network, source } = setup();
    network.refuse = new Error("ECONNREFUSED");
    await source.initialOffset();
    await source.changed(0, never);
    await expect(source.latestOffset(0, UNLIMITED)).rejects.toThrow(/SOCKET_NOT_CONNECTED.*localhost:9999.*nc -lk/);
    const broken = setup();
    await broken.source.initialOffset();
    broken.network.peer.fail(new Error("ECONNRESET"));
    await broken.source.changed(0, never);
    await expect(broken.source.latestOffset(0, UNLIMITED)).rejects.toThrow(/SOURCE_FAILED.*ECONNRESET/);
  });

  it("leaves out and counts lines that are too long, wherever they are cut, and keeps none of their bytes", async () => {
    for (const size of [1, 2, 3, 5, 100]) {
      const { network, source } = setup({ maxLineBytes: 4 });
      await source.initialOffset();
      const text = "abcd\nabcde\n\nlonglonglonglong\nok\r\nagain too long\nend";
      for (let at = 0; at < text.length; at += size) network.peer.send(text.slice(at, at + size));
      network.peer.end();
      await settled();
      const { rows, ended } = await available(source, 0);
      expect(rows).toEqual(["abcd", "", "ok", "end"].map((value) => ({ value })));
      expect([ended, (source as BacklogSource).malformedRecords]).toEqual([true, 3]);
    }
  });

  it("leaves out a last line without an end that is too long", async () => {
    const { network, source } = setup({ maxLineBytes: 4 });
    await source.initialOffset();
    for (const piece of ["ok\nab", "cd", "efgh"]) network.peer.send(piece);
    network.peer.end();
    await settled();
    expect(await available(source, 0)).toEqual({ rows: [{ value: "ok" }], ended: true });
    expect((source as BacklogSource).malformedRecords).toBe(1);
  });

  it("fails at a line that is too long where asked to, before its end has come", async () => {
    const { network, source } = setup({ maxLineBytes: "4", mode: "failfast" });
    await source.initialOffset();
    network.peer.send("ok\nabc");
    network.peer.send("de");
    await settled();
    await expect(source.latestOffset(0, UNLIMITED)).rejects.toThrow(/SOCKET_LINE_TOO_LONG.*localhost:9999.*4 bytes/);
    expect(() => setup({ mode: "permissive" })).toThrow(/OPTION_INVALID.*mode/);
  });

  it("takes lines up to 16 MiB where nothing is said", async () => {
    const { network, source } = setup();
    await source.initialOffset();
    const block = new Uint8Array(1 << 20).fill(97);
    for (let i = 0; i < 16; i++) network.peer.send(block);
    network.peer.send("\n");
    for (let i = 0; i < 16; i++) network.peer.send(block);
    network.peer.send("a\nb\n");
    await settled();
    const { rows } = await available(source, 0);
    expect(rows.map(({ value }) => String(value).length)).toEqual([16 << 20, 1]);
  });

  it("closes the connection", async () => {
    const { network, source } = setup();
    await source.initialOffset();
    await new Promise(setImmediate);
    await source.close();
    expect(network.peer.isClosed).toBe(true);
  });

  it("needs a host and a port", () => {
    expect(() => socketEntry({ network: new FakeNetwork(), clock: new ManualClock() }, { host: "x" })).toThrow(
      /OPTION_MISSING.*port/,
    );
  });
});
