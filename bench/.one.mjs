import { Session } from "node:inspector/promises";
import { eventBatches, ipcOf } from "./events.mjs";
import { startWindowedQuery } from "./millrace-query.mjs";

const rows = Number(process.argv[2]);
const N = 6000;
const encoded = eventBatches({ batches: N, rows, keys: 10000 }).map(ipcOf);
const q = await startWindowedQuery(encoded[0]);
const s = new Session();
s.connect();
for (let i = 0; i < N; i++) {
  if (i === 2000) {
    await s.post("Profiler.enable");
    await s.post("Profiler.setSamplingInterval", { interval: 100 });
    await s.post("Profiler.start");
  }
  await q.process(encoded[i]);
}
const { profile: p } = await s.post("Profiler.stop");
await q.stop();
const byId = new Map(p.nodes.map((n) => [n.id, n]));
const fn = new Map();
let tot = 0;
p.samples.forEach((id, i) => {
  const n = byId.get(id);
  const u = n.callFrame.url.split("/").pop() || "";
  const d = Math.min(p.timeDeltas[i], 500);
  tot += d;
  const k = `${n.callFrame.functionName}:${n.callFrame.lineNumber} ${u}`;
  fn.set(k, (fn.get(k) ?? 0) + d);
});
console.log("total us per batch", (tot / 4000).toFixed(1));
for (const [k, v] of [...fn].sort((a, b) => b[1] - a[1]).slice(0, 45)) console.log((v / 4000).toFixed(2), k);
