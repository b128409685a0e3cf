import { expect, test } from "vitest";
import { count } from "../../src/expressions/functions/aggregates.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { utf8 } from "../../src/types/type-constructors.js";
import { TestMachine } from "../fakes/test-machine.js";

const users = () => new MemoryStream({ user: utf8() });

test("a source is named at its reader, as in Spark, or after it", () => {
  const { session } = new TestMachine();
  const sources = [
    session.readStream.name("orders").memory(users()),
    session.readStream.memory(users()).name("orders"),
    session.readStream.name("orders").schema({ user: utf8() }).json("orders/"),
  ].map(({ plan }) => (plan.kind === "scan" ? plan.source.name : null));
  expect(sources).toEqual(["orders", "orders", "orders"]);
});

test("an operator is named after its verb", () => {
  const { session } = new TestMachine();
  const counts = session.readStream.memory(users()).groupBy("user").agg({ n: count() }).name("counts");
  expect(counts.plan).toMatchObject({ kind: "aggregate", name: "counts" });
  expect(counts.columns).toEqual(["user", "n"]);
});

test("a misplaced or impossible name is refused where it is written", () => {
  const { session } = new TestMachine();
  expect(() => session.readStream.name("a/b")).toThrow(/NAME_INVALID/);
  expect(() => session.readStream.memory(users()).select("user").name("x")).toThrow(/NAME_MISPLACED/);
});

test("two uses of one name are refused at start, before anything is read", async () => {
  const { session } = new TestMachine();
  const named = session.readStream.name("users").memory(users());
  await expect(named.union(named).writeStream.console().start()).rejects.toThrow(/NAME_DUPLICATE/);
});
