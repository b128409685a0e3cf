import { describe, expect, it } from "vitest";
import { SimFileSystem } from "../../fakes/sim-file-system.js";
import { live, QUERY_NAMES, type QueryName } from "./kafka-queries.js";
import { type Mishap, MortalProvider } from "./mortal-provider.js";
import { brokerWithTopic, committedText } from "./sink-on-broker.js";

/** Lives one after the other: each but the last has a mishap. How many requests the last one made, and what there is. */
async function outcome(name: QueryName, mishaps: readonly Mishap[]) {
  const broker = brokerWithTopic(2);
  let files = new SimFileSystem();
  let life = 0;
  for (const mishap of [...mishaps, null]) {
    const disk = files;
    const provider = new MortalProvider(broker.provider(), mishap, () => disk.crashAt(disk.operations + 1));
    try {
      await live(name, { files, broker, provider }, life++);
      return { requests: provider.requests, committed: committedText(broker) };
    } catch (error) {
      if (!provider.isDead) throw error;
      files = files.afterCrash("process");
    }
  }
  throw new Error("the last life has no mishap");
}

const KINDS = ["dies before", "dies after", "request lost", "reply lost"] as const;

describe.each(QUERY_NAMES)("%s", (name) => {
  it.each(KINDS)("%s, at any request: every record is there once, in its order", async (kind) => {
    const golden = await outcome(name, []);
    expect(golden.committed.flat().length).toBeGreaterThan(6);
    for (let request = 1; request <= golden.requests; request++) {
      const { committed } = await outcome(name, [{ request, kind }]);
      expect(committed, `${kind} request ${request}`).toEqual(golden.committed);
    }
    expect(golden.requests).toBeGreaterThan(30);
  });
});

it("dies again while it recovers: every record is there once", async () => {
  const golden = await outcome("append", []);
  let states = 0;
  for (let request = 8; request <= golden.requests; request += 3) {
    for (let again = 1 + (request % 4); again <= 24; again += 4) {
      const kind = states++ % 2 === 0 ? "dies before" : "dies after";
      const { committed } = await outcome("append", [
        { request, kind: "dies after" },
        { request: again, kind },
      ]);
      expect(committed, `${request}, then ${kind} ${again}`).toEqual(golden.committed);
    }
  }
  expect(states).toBeGreaterThan(50);
});
