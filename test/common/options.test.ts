import { describe, expect, it } from "vitest";
import { checkOptions, nearestName } from "../../src/common/check-options.js";
import { OptionReader } from "../../src/common/option-reader.js";

describe("options", () => {
  it("that nobody knows are refused, naming the nearest or all", () => {
    const known = ["maxFiles", "latestFirst"];
    checkOptions({ maxFiles: 1, latestFirst: undefined, other: undefined }, known, "x");
    expect(() => checkOptions({ maxfile: 1 }, known, "the reader")).toThrow(
      /OPTION_UNKNOWN: the reader.*'maxfile'.*'maxFiles'/,
    );
    expect(() => checkOptions({ compression: 1 }, known, "x")).toThrow(/It takes: maxFiles, latestFirst/);
    expect(() => checkOptions({ a: 1 }, [], "x")).toThrow(/takes no options/);
    expect(nearestName("Append", ["append", "update"])).toBe("append");
    expect(nearestName("zzz", ["append", "update"])).toBeNull();
  });

  it("are taken typed or as text, and checked", () => {
    const reader = new OptionReader({ a: "12", b: "true", c: "FAST", d: " " }, ["a", "b", "c", "d", "e"], "x");
    expect([reader.integer("a", 0), reader.boolean("b", false), reader.choice("c", ["fast", "slow"], "slow")]).toEqual([
      12,
      true,
      "fast",
    ]);
    expect([reader.integer("e", null), reader.boolean("e", true), reader.text("e", "z")]).toEqual([null, true, "z"]);
    expect(() => reader.integer("a", 0, 13)).toThrow(/'a' of x must be an integer of at least 13, not '12'/);
    expect(() => reader.integer("d", 0)).toThrow(/OPTION_INVALID/);
    expect(() => reader.choice("c", ["faster"], "faster")).toThrow(/Did you mean 'faster'/);
    expect(() => reader.requiredText("e")).toThrow(/OPTION_MISSING: x needs the option 'e'/);
  });
});
