import * as M from "../../src/index.js";
export const { col, lit, count, sum, avg, min, max, first, last, countDistinct, window, sessionWindow, explode, explodeOuter, struct, Session, MemoryStream } = M;
export const key = (v: any): string => JSON.stringify(v, (_k, x) => typeof x === "bigint" ? `${x}n` : typeof x === "number" && (Number.isNaN(x) || !Number.isFinite(x) || Object.is(x, -0)) ? `num:${Object.is(x,-0)?"-0":x}` : x instanceof Uint8Array ? `bytes:${[...x]}` : x);
export const bag = (rows: any[]) => rows.map(key).sort();
export const MODES = ["append", "update", "complete", "changelog"] as const;
let n = 0;
/** runs f over batch and over the stream in each mode with rows cut; returns report */
export async function differ(schema: any, cuts: any[][], f: (df: any) => any, opts: { modes?: any; wm?: (d: any) => any; weights?: number[][]; close?: boolean; codegen?: boolean } = {}) {
  const out: string[] = [];
  for (const codegen of [true, false]) {
  const session = new Session({ codegen } as any);
  const wm = opts.wm ?? ((d: any) => d);
  let want: string[] | string;
  let rowsOpt = { int64: "bigint", timestamp: "micros" } as any;
  try {
    let b;
    if (opts.weights) { b = null; } 
    want = bag(await f(wm(session.createDataFrame(cuts.flat(), schema) as any)).collect(rowsOpt));
  } catch (e: any) { want = `ERR ${e.code} ${e.message}`; }
  for (const mode of opts.modes ?? MODES) {
    const ms = new MemoryStream(schema, { weights: opts.weights !== undefined } as any);
    const name = `t${n++}`;
    let got: any; let q: any;
    try {
      q = await f(wm(session.readStream.memory(ms as any))).writeStream.outputMode(mode).memory(name).start();
      for (const [i, c] of cuts.entries()) { ms.add(c, opts.weights ? { weights: opts.weights[i] } : {}); await q.processAllAvailable(); }
      ms.close();
      await q.awaitTermination(5000);
      got = bag(await (session.table(name) as any).collect(rowsOpt));
      if (mode === "changelog") got = got; 
      const late = q.lateRows().reduce((s: number, l: any) => s + l.total, 0);
      if (late) out.push(`${mode}: ${late} late`);
    } catch (e: any) { got = `ERR ${e.code} ${e.message}`; }
    finally { await q?.stop?.().catch(() => {}); }
    if (typeof want === "string" || typeof got === "string") { if (String(want) !== String(got)) out.push(`cg=${codegen} ${mode}: want ${String(want).slice(0, 400)} GOT ${String(got).slice(0, 400)}`); continue; }
    const w = [...want], extra: string[] = [];
    for (const g of got) { const i = w.indexOf(g); if (i >= 0) w.splice(i, 1); else extra.push(g); }
    if (w.length || extra.length) out.push(`cg=${codegen} ${mode}: missing ${w.slice(0, 4).join(" ")} (${w.length}) extra ${extra.slice(0, 4).join(" ")} (${extra.length})`);
  }
  }
  return out;
}
export async function report(name: string, p: Promise<string[]> | (() => any)) {
  try { const r = typeof p === "function" ? await p() : await p; console.log(`## ${name}: ${r.length ? "\n   " + r.join("\n   ") : "ok"}`); }
  catch (e: any) { console.log(`## ${name}: THROW ${e.code} ${e.stack?.slice(0, 600)}`); }
}
export const tryIt = async (name: string, f: () => any) => {
  try { const r = await f(); console.log(`>> ${name}: ${key(r)?.slice?.(0, 600)}`); } catch (e: any) { console.log(`>> ${name}: [${e?.constructor?.name} ${e?.code}] ${e?.message} ${e?.code ? "" : e?.stack}`); }
};
