import { expect, test } from "vitest";
import { isPassing, nameOfError } from "../../../src/clients/kafka/error-codes.js";
import { PassingFailure } from "../../../src/clients/kafka/passing-failure.js";
import { backoffMs, persistently, type RetryPolicy } from "../../../src/clients/kafka/retries.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { failureOf, passing } from "./kafka-lab.js";

function policyOn(clock: ManualClock, random: RetryPolicy["random"] = null): RetryPolicy {
  return { clock, random, deadlineMs: 1000, label: "here:9092", closed: new AbortController().signal };
}

test("waits double up to a second; chance makes them shorter, never longer", () => {
  const policy = policyOn(new ManualClock());
  expect([1, 2, 3, 8, 9, 1000].map((attempts) => backoffMs(policy, attempts))).toEqual([10, 20, 40, 1000, 1000, 1000]);
  for (const seed of [0, 2 ** 31, 2 ** 32 - 1]) {
    const wait = backoffMs(policyOn(new ManualClock(), { uuid: () => "", seed: () => seed }), 3);
    expect(wait).toBeGreaterThanOrEqual(20);
    expect(wait).toBeLessThanOrEqual(40);
  }
});

test("attempts go on until one succeeds; an error that is no passing failure ends them", async () => {
  const clock = new ManualClock();
  let attempts = 0;
  const work = persistently(policyOn(clock), { what: "Trying" }, async () => {
    attempts++;
    if (attempts < 4) throw new PassingFailure("refused", "not yet");
    return "done";
  });
  expect(await passing(clock, work)).toBe("done");
  const broken = persistently(policyOn(clock), { what: "Trying" }, async () => {
    throw new RangeError("broken");
  });
  await expect(broken).rejects.toThrow(RangeError);
});

test("after the deadline the last failure is told, and what was tried, where, and how often", async () => {
  const clock = new ManualClock();
  const limits: number[] = [];
  const work = persistently(policyOn(clock), { what: "Trying" }, async (retries) => {
    limits.push(retries.limits.withinMs!);
    throw new PassingFailure("unreachable", "nobody there", { cause: new Error("ECONNREFUSED") });
  });
  const failure = await failureOf(passing(clock, work));
  expect(failure.code).toBe("KAFKA_UNREACHABLE");
  expect(failure.message).toContain(`Trying did not succeed within 1000 ms (${limits.length} attempts)`);
  expect(failure.message).toContain("the last one: nobody there. At here:9092.");
  expect(clock.now()).toBeGreaterThan(980);
  expect(clock.now()).toBeLessThanOrEqual(1020);
  expect(limits[0]).toBe(1000);
  expect(Math.min(...limits)).toBeGreaterThan(0);
});

test("codes have names, also those of later versions", () => {
  expect(nameOfError(3)).toBe("UNKNOWN_TOPIC_OR_PARTITION");
  expect(nameOfError(-1)).toBe("UNKNOWN_SERVER_ERROR");
  expect(nameOfError(9999)).toBe("error 9999");
});

test("what passes: 3, 5 to 9, 13 to 16, 19, 20, 41, 51, 56, 74, 75, 78, 88 and the like; never what is refused for good", () => {
  for (const code of [3, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 20, 41, 51, 56, 74, 75, 78, 88]) {
    expect(isPassing(code), String(code)).toBe(true);
  }
  for (const code of [0, 1, 10, 17, 29, 35, 45, 46, 47, 48, 87, 90, 120])
    expect(isPassing(code), String(code)).toBe(false);
});
