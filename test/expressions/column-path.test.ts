import { expect, test } from "vitest";
import { columnPath } from "../../src/expressions/column-path.js";

test("a name, a path, a quoted name, a star", () => {
  expect(columnPath("user")).toEqual({ kind: "column", name: "user" });
  expect(columnPath("window.start")).toEqual({
    kind: "field",
    input: { kind: "column", name: "window" },
    name: "start",
  });
  expect(columnPath("`a.b`.c")).toEqual({ kind: "field", input: { kind: "column", name: "a.b" }, name: "c" });
  expect(columnPath("`tick``ed`")).toEqual({ kind: "column", name: "tick`ed" });
  expect(columnPath("sum(amount) x")).toEqual({ kind: "column", name: "sum(amount) x" });
  expect(columnPath("*")).toEqual({ kind: "star" });
});

test.each(["", ".a", "a.", "a..b", "`a", "``", "`a`b", "a`b`"])("%j names no column", (text) => {
  expect(() => columnPath(text)).toThrow(expect.objectContaining({ code: "COLUMN_NAME" }));
});
