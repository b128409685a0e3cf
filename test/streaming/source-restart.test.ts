import { describe, expect, it } from "vitest";
import { type DataFrame, int64, MemoryStream, schemaOf, utf8 } from "../../src/index.js";
import { FakeFileSystem } from "../fakes/fake-file-system.js";
import { TestMachine } from "../fakes/test-machine.js";

const schema = schemaOf({ id: int64() });

/** One life of a program: what its sink got of the query over `read`, which goes on from the checkpoint on `disk`. */
async function live(
  disk: FakeFileSystem,
  read: (machine: TestMachine) => DataFrame,
  during: (machine: TestMachine) => Promise<unknown> | unknown = () => {},
): Promise<{ rows: unknown[]; guarantee: string }> {
  const machine = new TestMachine(disk);
  const rows: unknown[] = [];
  const writer = read(machine).writeStream.checkpoint("cp");
  const query = await writer.foreach({ process: (row) => void rows.push(Object.values(row)[0]) }).start();
  await during(machine);
  await query.processAllAvailable();
  await query.stop();
  return { rows, guarantee: query.guarantee.level };
}

describe("a query that starts again", () => {
  it("takes each file once, also those that have come meanwhile and are older", async () => {
    const disk = new FakeFileSystem();
    const read = ({ session }: TestMachine) => session.readStream.schema(schema).json("in");
    disk.put("in/b.json", '{"id":2}\n', 2);
    expect((await live(disk, read)).rows).toEqual([2]);
    disk.put("in/a.json", '{"id":1}\n', 1);
    expect((await live(disk, read)).rows).toEqual([1]);
    expect((await live(disk, read)).rows).toEqual([]);
  });

  it("takes the captured rows of an iterable that its sink had not taken, and the rows of the new one", async () => {
    const disk = new FakeFileSystem();
    const read =
      (...ids: number[]) =>
      ({ session }: TestMachine) =>
        session.readStream.schema(schema).from(
          (async function* () {
            yield* ids.map((id) => ({ id: BigInt(id) }));
            await new Promise(() => {});
          })(),
          { capture: true },
        );
    const first = await live(disk, read(1, 2));
    expect(first).toEqual({ rows: [1, 2], guarantee: "at-least-once" });
    const machine = new TestMachine(disk);
    const refusing = { process: () => Promise.reject(new Error("sink is down")) };
    const query = await read(3)(machine).writeStream.checkpoint("cp").foreach(refusing).start();
    await expect(query.awaitTermination()).rejects.toThrow(/sink is down/);
    expect((await live(disk, read(4))).rows).toEqual([3, 4]);
  });

  it("takes the lines of a socket from where it stands", async () => {
    const disk = new FakeFileSystem();
    const read = ({ session }: TestMachine) => session.readStream.socket({ host: "h", port: 1, capture: true });
    const say = (text: string) => (machine: TestMachine) => machine.network.peer.send(text);
    expect((await live(disk, read, say("one\ntwo\n"))).rows).toEqual(["one", "two"]);
    expect((await live(disk, read, say("three\n"))).rows).toEqual(["three"]);
  });

  it("counts on, with the times of its first start, over a rate", async () => {
    const disk = new FakeFileSystem();
    const read = ({ session }: TestMachine) => session.readStream.rate({ rowsPerSecond: 2 }).select("value");
    const wait = (ms: number) => (machine: TestMachine) => machine.clock.advance(ms);
    expect((await live(disk, read, wait(2000))).rows).toEqual([0, 1, 2, 3]);
    expect((await live(disk, read, wait(3000))).rows).toEqual([4, 5]);
  });

  it("goes on over a memory stream that holds the same units again, and refuses one that does not", async () => {
    const disk = new FakeFileSystem();
    const read =
      (...ids: number[]) =>
      ({ session }: TestMachine) => {
        const stream = new MemoryStream({ id: int64(), name: utf8() });
        for (const id of ids) stream.add([{ id: BigInt(id), name: "x" }]);
        return session.readStream.memory(stream);
      };
    expect((await live(disk, read(1, 2))).rows).toEqual([1, 2]);
    expect((await live(disk, read(1, 2, 3))).rows).toEqual([3]);
    await expect(live(disk, read(1))).rejects.toThrow(/OFFSET_INVALID.*1 units, and 3/);
  });

  it("refuses to capture without a checkpoint when it starts", async () => {
    const { session } = new TestMachine();
    const lines = session.readStream.socket({ host: "h", port: 1, capture: true });
    await expect(lines.writeStream.foreach({ process: () => {} }).start()).rejects.toThrow(/CAPTURE_NEEDS_CHECKPOINT/);
  });
});
