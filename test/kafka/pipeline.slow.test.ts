import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import type { Broker } from "../../tools/kafka/broker.mjs";
import type { Program } from "../crash/worker/program.js";
import { Random } from "../laws/cases/random.js";
import { ownBroker } from "./own-broker.js";
import { PipelineRun } from "./worker/pipeline-run.js";

const KILLS = Number(process.env["KAFKA_KILLS"] ?? 50);
const BROKER_KILLS = Number(process.env["KAFKA_BROKER_KILLS"] ?? KILLS / 10);
const ZOMBIES = Number(process.env["KAFKA_ZOMBIES"] ?? 5);
const SEED = Number(process.env["KAFKA_SEED"] ?? 1);
const PLACE = `KAFKA_SEED=${SEED}`;

async function open(broker: Broker): Promise<PipelineRun> {
  const run = await PipelineRun.open(broker, SEED);
  onTestFinished(() => run.close());
  return run;
}

/** Ends what is left, and looks at all that came out. */
async function expectExact(run: PipelineRun): Promise<void> {
  const last = run.start();
  await last.until("running");
  last.drain();
  expect([await last.exit(), last.errors], PLACE).toEqual(["ended", ""]);
  expect(await run.faults(), PLACE).toEqual({ missing: [], twice: [], wrong: [] });
  const { offset, record, checkpoint } = await run.markers(last);
  expect([offset, record], PLACE).toEqual([checkpoint, checkpoint]);
}

it(`${KILLS} times kill -9 of a pipeline from topic to topic, ${BROKER_KILLS} times of its broker: 0 lost, 0 twice`, async () => {
  const broker = await ownBroker();
  const run = await open(broker);
  const random = new Random(SEED);
  const tally = { opening: 0, running: 0, committing: 0, broker: 0, both: 0, batches: 0, knownByBrokerOnly: 0 };
  for (let kill = 0; kill < KILLS; kill++) {
    const program = run.start();
    const isBrokersTurn = kill % Math.round(KILLS / BROKER_KILLS) === 1;
    const when = isBrokersTurn
      ? await brokerKilled(program, { run, broker, random, both: (tally.broker + tally.both) % 2 === 0 })
      : await killed(program, { run, random });
    tally[when]++;
    tally.batches += program.batches;
    if (await run.isBrokerAhead(program)) tally.knownByBrokerOnly++;
    expect([program.errors, program.end], `${PLACE}, kill ${kill}`).toEqual(["", "killed"]);
  }
  await expectExact(run);
  console.log(`${KILLS} kills ${JSON.stringify(tally)}, ${run.log.events.length} events`);
});

interface Actors {
  readonly run: PipelineRun;
  readonly random: Random;
}

/** Lets a program run while events arrive, and kills it. Tells in which part of its life. */
async function killed(program: Program, { run, random }: Actors): Promise<"opening" | "running" | "committing"> {
  const part = random.weighted([
    [1, "opening" as const],
    [2, "running" as const],
    [2, "committing" as const],
  ]);
  await program.until(part === "opening" ? part : "running");
  if (part !== "opening") await someBatches(program, { run, random });
  const committing = part === "committing" ? run.committing() : null;
  if (part !== "opening") await run.log.send(random.int(20, 120));
  await committing;
  await wait(random.next() * (part === "committing" ? 40 : 60));
  await program.kill();
  return part;
}

async function someBatches(program: Program, { run, random }: Actors): Promise<void> {
  for (let i = random.int(0, 2); i > 0; i--) {
    const done = program.batchesMore(1);
    await run.log.send(random.int(20, 120));
    await done;
  }
}

/** Kills the broker under a program, which goes on when it is back; or both, so that they come back together. */
async function brokerKilled(
  program: Program,
  { run, random, broker, both }: Actors & { readonly broker: Broker; readonly both: boolean },
): Promise<"broker" | "both"> {
  await program.until("running");
  await run.log.send(200);
  await wait(random.next() * 60);
  await broker.kill();
  if (both) await program.kill();
  await broker.start();
  if (!both) {
    await someBatches(program, { run, random });
    await program.kill();
  }
  return both ? "both" : "broker";
}

it(`${ZOMBIES} zombies: stopped anywhere, replaced, awakened: nothing of theirs can be read`, async () => {
  const run = await open(await ownBroker());
  const random = new Random(SEED);
  const fates: string[] = [];
  let owner = run.start();
  for (let i = 0; i < ZOMBIES; i++) {
    await owner.until("running");
    await run.log.send(300);
    await wait(random.next() * 100);
    owner.stand();
    // Nothing but the broker's fence is between those that do not share a directory.
    const isElsewhere = i % 2 === 0;
    if (isElsewhere) await run.goOnInCopy();
    const heir = run.start({ forceUnlock: true });
    await heir.until("running");
    const done = heir.batchesMore(1);
    await run.log.send(60);
    await done;
    owner.walk();
    await run.log.send(60);
    const fate = await owner.exit();
    fates.push(fate.split(" ")[0] ?? "");
    expect(fate, `${PLACE}, zombie ${i}`).toMatch(isElsewhere ? /^SINK_CONFLICT/ : /^(CONCURRENT_RUN|SINK_CONFLICT)/);
    owner = heir;
  }
  await owner.kill();
  await expectExact(run);
  console.log(`zombies: ${fates.join(", ")}`);
});
