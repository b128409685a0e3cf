import { test } from "vitest";
import * as M from "../../src/index.js";
import { col, lit, count, sum, avg, min, max, first, last, countDistinct, window, sessionWindow, explode, struct, differ, report } from "./h.js";
let seed = 7; const rnd = (n: number) => { seed = (seed * 1103515245 + 12345) & 0x7fffffff; return seed % n; };
const texts = [null, "", "a", "é", "日本語テキストはとても長い文字列です", "a-very-long-key-with-more-than-16-bytes", "a-very-long-key-with-more-than-16-byteS", "😀", "\u0000", "a\u0000"];
const floats = [null, NaN, 0, -0, 1.5, -1.5, Infinity, -Infinity, 1e308, 5e-324];
const ints = [null, 0n, -1n, 9007199254740993n, -9007199254740993n, 9223372036854775807n, -9223372036854775808n];
const T0 = Date.UTC(1969, 11, 31, 23, 50);
const row = () => ({ at: rnd(12) === 0 ? null : new Date(T0 + rnd(3600) * 1000), u: texts[rnd(texts.length)], f: floats[rnd(floats.length)], i: ints[rnd(ints.length)], s: rnd(6) === 0 ? null : { a: rnd(3) === 0 ? null : rnd(2), b: texts[rnd(4)] }, l: rnd(5) === 0 ? null : Array.from({ length: rnd(4) }, () => texts[rnd(5)]), b: rnd(4) === 0 ? null : Uint8Array.from({ length: rnd(3) }, () => rnd(2)), d: rnd(5) === 0 ? null : new Date(Date.UTC(1969, 11, 30 + rnd(4))), o: rnd(4) === 0 ? null : rnd(2) === 0, n: rnd(5)===0?null:rnd(20) });
const schema = { at: M.timestamp(), u: M.utf8(), f: M.float64(), i: M.int64(), s: M.schemaOf ? undefined as any : null, l: M.list(M.utf8()), b: M.binary(), d: M.date(), o: M.bool(), n: M.int32() } as any;
const ddl = "at timestamp, u string, f double, i bigint, s struct<a: int, b: string>, l array<string>, b binary, d date, o boolean, n int";
const cuts = Array.from({ length: 6 }, () => Array.from({ length: 15 }, row));
const wm = (d: any) => d.withWatermark("at", "2 hours");
test("differential", async () => {
  const D = (name: string, f: any, opts: any = {}) => report(name, differ(ddl, cuts, f, { wm, ...opts }));
  await D("identity", (d: any) => d);
  for (const k of ["u", "f", "i", "s", "l", "b", "d", "o", "n", "at"]) {
    await D(`groupBy ${k}`, (d: any) => d.groupBy(k).agg({ c: count(), cd: countDistinct("u"), s: sum("n"), mi: min("f"), ma: max("f"), mu: max("u"), mi2: min("i"), f: first("u"), l: last("f"), a: avg("n") }));
    await D(`window+${k}`, (d: any) => d.groupBy(window("at", "5 minutes", "2 minutes 30 seconds"), k).agg({ c: count(), cd: countDistinct("f"), cd2: countDistinct("s"), mb: max("b"), mi: min("d"), f: first("i"), la: last("u") }));
    await D(`distinct ${k}`, (d: any) => d.select(k).distinct());
    await D(`dropDup ${k}`, (d: any) => d.dropDuplicates(k));
    await D(`sort limit ${k}`, (d: any) => d.orderBy(col(k).desc(), "n", "u", "i", "at").limit(7));
    await D(`sess ${k}`, (d: any) => d.groupBy(sessionWindow("at", "40 seconds"), k).agg({ c: count(), cd: countDistinct("f"), fi: first("u"), la: last("n"), mi: min("u") }));
  }
});
