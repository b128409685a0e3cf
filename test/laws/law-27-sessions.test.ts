import { expect } from "vitest";
import type { PlanNode } from "../../src/plan/plan-node.js";
import { aggregate, column, named, seconds, session } from "./cases/expressions.js";
import { randomCase } from "./cases/generate.js";
import { nodesOfPlan, scansOf } from "./cases/law-case.js";
import type { Random } from "./cases/random.js";
import { integrate, oracleOf } from "./checks.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { keyOf, type StructValue } from "./oracle/values.js";

const SECOND = 1_000_000n;

law({
  name: "law 27, sessions: those of a key lie further apart than the gap, begin and end at accepted rows, and count each once",
  generate: (random) => {
    const lawCase = randomCase(random, {
      plan: { eventTime: 1, sources: 1, maxDepth: 1, linear: true, retracting: 0.5 },
      arrival: ["any", "jitter"],
    });
    return { ...lawCase, plan: sessionsOver(random, lawCase.plan) };
  },
  coverage: { late: 30, retraction: 30, nullKeys: 10, nullTimes: 10, oneRow: 10 },
  check(lawCase, coverage) {
    if (lawCase.plan.kind !== "aggregate") return false;
    const gap = gapOf(lawCase.plan);
    const last = lawCase.script.length - 1;
    const oracle = oracleOf(lawCase);
    const late = new Set(oracle.lateRows(last).map(({ place }) => place));
    if (late.size > 0) coverage.note("late");
    const accepted = new Map<string, Map<bigint, bigint>>();
    for (const [place, { row, weight }] of lawCase.script.flat().entries()) {
      if (late.has(place) || row[0] === null) continue;
      const times = accepted.get(keyOf(row[1])) ?? new Map<bigint, bigint>();
      times.set(row[0] as bigint, (times.get(row[0] as bigint) ?? 0n) + BigInt(weight));
      accepted.set(keyOf(row[1]), times);
    }
    const found = new Map<string, { start: bigint; end: bigint; n: bigint }[]>();
    for (const { row, weight } of integrate(runEngine(lawCase, { mode: "changelog" })).rows()) {
      expect(weight).toBe(1);
      const { start, end } = row[1] as StructValue;
      found.set(keyOf(row[0]), [
        ...(found.get(keyOf(row[0])) ?? []),
        { start: start as bigint, end: end as bigint, n: row[2] as bigint },
      ]);
    }
    for (const [key, times] of accepted) {
      const there = [...times].filter(([, count]) => count > 0n);
      const sessions = (found.get(key) ?? []).sort((a, b) => Number(a.start - b.start));
      for (let i = 1; i < sessions.length; i++)
        expect(sessions[i].start - (sessions[i - 1].end - gap)).toBeGreaterThan(gap);
      for (const { start, end, n } of sessions) {
        const members = there.filter(([time]) => time >= start && time + gap <= end);
        expect(members.reduce((sum, [, count]) => sum + count, 0n)).toBe(n);
        expect(members.some(([time]) => time === start) && members.some(([time]) => time + gap === end)).toBe(true);
      }
      expect(sessions.reduce((sum, { n }) => sum + n, 0n)).toBe(there.reduce((sum, [, count]) => sum + count, 0n));
    }
    return true;
  },
});

/** Over the source and its watermark alone, so that every row of the script is a row of a session. */
function sessionsOver(random: Random, plan: PlanNode): PlanNode {
  const watermark = nodesOfPlan(plan).find((node) => node.kind === "watermark");
  if (watermark?.kind !== "watermark") throw new Error("event time was asked for");
  const input: PlanNode = {
    ...watermark,
    input: scansOf(plan)[0],
    column: "at",
    delay: BigInt(random.int(0, 5)) * SECOND,
  };
  return {
    kind: "aggregate",
    input,
    keys: [column("k"), named("session", session(column("at"), seconds(random.int(1, 4))))],
    aggregates: [named("n", aggregate("count", []))],
  };
}

function gapOf({ keys }: Extract<PlanNode, { kind: "aggregate" }>): bigint {
  const [, key] = keys;
  if (key.kind !== "alias" || key.input.kind !== "sessionWindow" || key.input.gap.kind !== "literal")
    throw new Error("a session with a fixed gap was asked for");
  return key.input.gap.value as bigint;
}
