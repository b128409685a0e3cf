import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/common/millrace-error.js";
import { ConsoleSink } from "../../src/sinks/console-sink.js";
import { batchOf, runBatch, shapeOf } from "../contracts/sink-contract.js";
import { FakeTerminal } from "../fakes/fake-terminal.js";

const rule = "-------------------------------------------";

describe("the console sink", () => {
  it("prints Spark's banner and table for every batch, also for one without rows", async () => {
    const terminal = new FakeTerminal();
    const sink = new ConsoleSink(terminal);
    await sink.open("query", "sink", shapeOf("append"));
    await runBatch(sink, 0, [batchOf([{ key: "a", n: null }])]);
    await runBatch(sink, 1, []);
    expect(terminal.text).toBe(
      [
        ...[rule, "Batch: 0", rule, "+---+----+", "|key|   n|", "+---+----+", "|  a|NULL|", "+---+----+", ""],
        ...[rule, "Batch: 1", rule, "+---+---+", "|key|  n|", "+---+---+", "+---+---+", "", ""],
      ].join("\n"),
    );
  });

  it("shows what happened to a row where the plan can delete", async () => {
    const terminal = new FakeTerminal();
    const sink = new ConsoleSink(terminal);
    await sink.open("query", "sink", shapeOf("update", { deletes: true }));
    const rows = [
      { key: "a", n: 1n },
      { key: "b", n: null },
    ];
    await runBatch(sink, 0, [batchOf(rows, { op: Uint8Array.of(0, 1) })]);
    expect(terminal.text).toContain("|  a|   1|upsert|\n|  b|NULL|delete|\n");
  });

  it("fits the terminal and obeys its options", async () => {
    const terminal = new FakeTerminal(20);
    const sink = new ConsoleSink(terminal, { numRows: "1", truncate: "false" });
    await sink.open("query", "sink", shapeOf("append"));
    await runBatch(sink, 0, [
      batchOf([
        { key: "k".repeat(50), n: 1n },
        { key: "b", n: 2n },
      ]),
    ]);
    const table = terminal.text.split("\n").slice(3);
    expect(Math.max(...table.filter((line) => /^[+|]/.test(line)).map((line) => line.length))).toBe(20);
    expect(table).toContain("only showing top 1 row");
  });

  it("refuses options it does not know, naming the nearest", () => {
    expect(() => new ConsoleSink(new FakeTerminal(), { numrow: 3 })).toThrow(OptionError);
    expect(() => new ConsoleSink(new FakeTerminal(), { numrow: 3 })).toThrow(/Did you mean 'numRows'/);
    expect(() => new ConsoleSink(new FakeTerminal(), { truncate: "maybe" })).toThrow(/OPTION_INVALID/);
  });
});
