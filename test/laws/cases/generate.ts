import { type Delivery, type LawCase, nodesOfPlan, scansOf } from "./law-case.js";
import { ANY_PLAN, type PlanSpec, randomPlan } from "./plans.js";
import type { Random } from "./random.js";
import { type Arrival, randomScript } from "./rows.js";

export interface CaseSpec {
  readonly plan?: Partial<PlanSpec>;
  readonly arrival?: readonly Arrival[];
  readonly maxTriggers?: number;
  readonly maxPartitions?: number;
}

export function randomCase(random: Random, spec: CaseSpec = {}): LawCase {
  const plan = randomPlan(random, { ...ANY_PLAN, ...spec.plan });
  // With late 'strict' the order over partitions would matter.
  const strict = nodesOfPlan(plan).some((node) => node.kind === "watermark" && node.late === "strict");
  const script = randomScript(random, {
    retracting: scansOf(plan).map(({ source }) => !source.insertOnly),
    partitions: strict ? 1 : random.int(1, spec.maxPartitions ?? 3),
    arrival: random.pick(spec.arrival ?? ["any", "any", "jitter"]),
    maxTriggers: spec.maxTriggers ?? 12,
  });
  return { plan, script, delivery: randomDelivery(random) };
}

function randomDelivery(random: Random): Delivery {
  return {
    cut: random.chance(0.5) ? random.int(1, 7) : null,
    dictionary: random.chance(0.4),
    selective: random.chance(0.3),
    codegen: random.chance(0.7),
  };
}
