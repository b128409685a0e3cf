import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toObjects } from "../../../src/columnar/to-objects.js";
import { recordText, type StoredRecord } from "../../fakes/kafka/fake-record.js";
import { decode, recordsOf } from "./decoded.js";

/** What a real broker answered to fetches from `offset` on, and what Kafka's own consumer read in it up to `next`. */
interface Stored {
  readonly offset: number;
  readonly next: number;
  readonly aborted: readonly { readonly producerId: string; readonly firstOffset: number }[];
  readonly records: readonly StoredJson[];
}

interface StoredJson {
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: number;
  readonly key: string | null;
  readonly value: string | null;
  /** `key=` and the value in hexadecimal digits. */
  readonly headers: readonly string[];
}

const folder = new URL("./stored/", import.meta.url);
const names = readdirSync(folder).flatMap((name) => (name.endsWith(".bin") ? [name.slice(0, -4)] : []));

function stored(name: string) {
  const { offset, aborted, ...rest } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Stored;
  const given = { from: offset, aborted: aborted.map((one) => ({ ...one, producerId: BigInt(one.producerId) })) };
  return { bytes: new Uint8Array(readFileSync(new URL(`${name}.bin`, folder))), given, ...rest };
}

function bytesOf(hex: string | null): Uint8Array | null {
  return hex === null ? null : new Uint8Array(Buffer.from(hex, "hex"));
}

function recordOf(json: StoredJson): StoredRecord {
  const headers = json.headers.map((header) => {
    const at = header.lastIndexOf("=");
    return [header.slice(0, at), bytesOf(header.slice(at + 1))] as const;
  });
  return { ...json, key: bytesOf(json.key), value: bytesOf(json.value), headers };
}

describe.each(names)("the response %s of a real broker", (name) => {
  const { bytes, given, next, records } = stored(name);

  it("has the rows that Kafka's own consumer reads", () => {
    const decoded = decode(bytes, given);
    expect(recordsOf(decoded).map(recordText)).toEqual(records.map(recordOf).map(recordText));
    expect(decoded.next).toBe(next);
    const types = decoded.chunks.flatMap((chunk) => toObjects(chunk).map((row) => row.timestampType));
    expect(types).toEqual(records.map(({ timestampType }) => timestampType));
  });

  it("has the rows of any range in it", () => {
    for (let from = given.from; from < next; from++) {
      const to = from + 1 + (from % 7);
      const within = records.filter(({ offset }) => offset >= from && offset < to);
      const decoded = decode(bytes, { ...given, from, to });
      expect(recordsOf(decoded).map(({ offset }) => offset)).toEqual(within.map(({ offset }) => offset));
      expect(decoded.next).toBeGreaterThanOrEqual(Math.min(to, next));
    }
  });
});
