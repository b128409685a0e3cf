import { expect, it } from "vitest";
import { MillraceError } from "../../../src/common/millrace-error.js";
import { SimFileSystem } from "../../fakes/sim-file-system.js";
import { until } from "../../fakes/test-machine.js";
import { Random } from "../../laws/cases/random.js";
import { live, QUERY_NAMES, type QueryName } from "./kafka-queries.js";
import { PausedProvider } from "./paused-provider.js";
import { brokerWithTopic, committedText, type HastyBroker } from "./sink-on-broker.js";

const ROUNDS = Number(process.env["ZOMBIE_ROUNDS"] ?? 60);
const SEED = Number(process.env["ZOMBIE_SEED"] ?? 1);
/** Requests of a whole run, about. */
const REQUESTS = 36;

it(`${ROUNDS} runs that stand still before a request and go on after, or while, another one runs: no record is lost or there twice`, async () => {
  const random = new Random(SEED);
  const golden = new Map<QueryName, unknown>();
  for (const name of QUERY_NAMES) golden.set(name, await goldenContent(name));
  const fates = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const name = random.pick(QUERY_NAMES);
    const broker = brokerWithTopic(2);
    const files = new SimFileSystem();
    const fate = await takeOver(name, { broker, files }, random);
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
    const where = `ZOMBIE_SEED=${SEED}, round ${round}, ${name}: ${fate}`;
    expect(fate, where).toMatch(/^(done|CONCURRENT_RUN|SINK_CONFLICT), then (done|CONCURRENT_RUN|SINK_CONFLICT)$/);
    await live(name, { files, broker, provider: broker.provider() }, 2);
    expect(committedText(broker), where).toEqual(golden.get(name));
  }
  expect(fates.get("CONCURRENT_RUN, then done") ?? 0, JSON.stringify([...fates])).toBeGreaterThan(ROUNDS / 3);
});

interface World {
  readonly broker: HastyBroker;
  readonly files: SimFileSystem;
}

/** One run stops; another takes over, and may stop too: then the first goes on before it. How both ended. */
async function takeOver(name: QueryName, { broker, files }: World, random: Random): Promise<string> {
  const ends: string[] = [];
  const launch = (life: number, at: number) => {
    const provider = new PausedProvider(broker.provider(), at);
    const ended = live(name, { files, broker, provider, clock: provider.clock }, life)
      .then(() => "done", codeOf)
      .then((end) => {
        ends[life] = end;
      });
    return { provider, ended, isStill: () => ends[life] !== undefined || provider.isPaused };
  };
  const zombie = launch(0, random.int(1, REQUESTS));
  await until(zombie.isStill, "the first stands still");
  const survivor = launch(1, random.chance(0.5) ? random.int(1, REQUESTS) : Number.POSITIVE_INFINITY);
  await until(survivor.isStill, "the second stands still");
  zombie.provider.resume();
  await zombie.ended;
  survivor.provider.resume();
  await survivor.ended;
  return ends.join(", then ");
}

async function goldenContent(name: QueryName): Promise<unknown> {
  const broker = brokerWithTopic(2);
  await live(name, { files: new SimFileSystem(), broker, provider: broker.provider() }, 0);
  return committedText(broker);
}

function codeOf(error: unknown): string {
  return error instanceof MillraceError ? error.code : String(error);
}
