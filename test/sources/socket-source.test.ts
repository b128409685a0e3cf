import { describe, expect, it } from "vitest";
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
