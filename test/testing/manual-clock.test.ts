import { expect, test } from "vitest";
import { ManualClock } from "../../src/testing/manual-clock.js";

test("time stands still until it is moved; sleepers wake in the order of their time", async () => {
  const clock = new ManualClock(1000);
  const never = new AbortController().signal;
  const woken: string[] = [];
  const sleepers = [20, 10].map((ms) => clock.sleep(ms, never).then(() => woken.push(`${ms} at ${clock.now()}`)));
  expect([clock.now(), clock.monotonic(), clock.sleeping]).toEqual([1000, 1000, 2]);
  await clock.advance(9);
  expect(woken).toEqual([]);
  await clock.advance(11);
  await Promise.all(sleepers);
  expect(woken).toEqual(["10 at 1020", "20 at 1020"]);
  expect(clock.sleeping).toBe(0);
});

test("a sleeper that is no longer needed wakes at once and is forgotten", async () => {
  const clock = new ManualClock();
  const aborter = new AbortController();
  const sleeping = clock.sleep(10, aborter.signal);
  aborter.abort();
  await sleeping;
  await clock.sleep(10, aborter.signal);
  await clock.sleep(0, new AbortController().signal);
  expect(clock.sleeping).toBe(0);
});
