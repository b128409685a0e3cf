import { expect, test } from "vitest";
import { unlessAborted } from "../../../src/clients/kafka/unless-aborted.js";

const forever = () => new Promise<never>(() => {});

test("the work's own end counts while nobody aborts, and it is told that it is over", async () => {
  const signals = [new AbortController().signal, undefined];
  let told: AbortSignal | null = null;
  const work = async (done: AbortSignal): Promise<number> => {
    told = done;
    return 7;
  };
  expect(await unlessAborted(signals, work)).toBe(7);
  expect(told!.aborted).toBe(true);
  await expect(unlessAborted(signals, () => Promise.reject(new Error("own")))).rejects.toThrow("own");
});

test("the first signal that aborts gives the reason; work does not begin where one has", async () => {
  const first = new AbortController();
  const second = new AbortController();
  const waiting = unlessAborted([first.signal, second.signal], forever);
  second.abort(new Error("second"));
  first.abort(new Error("first"));
  await expect(waiting).rejects.toThrow("second");
  let began = false;
  const late = unlessAborted([first.signal], async () => {
    began = true;
  });
  await expect(late).rejects.toThrow("first");
  expect(began).toBe(false);
});

test("many may wait for one signal: it has one listener, and none in the end", async () => {
  const controller = new AbortController();
  const counted = new Set<unknown>();
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  signal.addEventListener = ((type: string, listener: () => void) => {
    counted.add(listener);
    add(type, listener);
  }) as typeof signal.addEventListener;
  const remove = signal.removeEventListener.bind(signal);
  signal.removeEventListener = ((type: string, listener: () => void) => {
    counted.delete(listener);
    remove(type, listener);
  }) as typeof signal.removeEventListener;
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const served = Array.from({ length: 20 }, () => unlessAborted([signal], () => gate));
  expect(counted.size).toBe(1);
  release();
  await Promise.all(served);
  expect(counted.size).toBe(0);
  const aborted = Array.from({ length: 20 }, () => unlessAborted([signal], forever));
  controller.abort(new Error("all"));
  for (const result of await Promise.allSettled(aborted)) expect(result.status).toBe("rejected");
});
