import { col, explode, fromJson, lit, Session, struct, toJson } from "millrace";
import { describe, expect, test } from "vitest";

const session = new Session();
const rows = session.createDataFrame(
  [
    { user: "ann", place: { city: "Oslo", lat: 60 } },
    { user: "bob", place: null },
  ],
  "user STRING, place STRUCT<city: STRING, lat: DOUBLE>",
);

describe("a star in select", () => {
  test("takes the members of a struct, NULL where it is", async () => {
    expect(await rows.select("place.*", "user").collect()).toEqual([
      { city: "Oslo", lat: 60, user: "ann" },
      { city: null, lat: null, user: "bob" },
    ]);
  });
  test("takes the members of what was parsed", async () => {
    const parsed = rows.select(fromJson(lit('{"a":1,"b":"x"}'), "a INT, b STRING").as("j")).select("j.*");
    expect(await parsed.limit(1).collect()).toEqual([{ a: 1, b: "x" }]);
  });
  test("means the struct, also beside a column of the same path", async () => {
    const both = rows.select("place", lit("no").as("place.city")).select("place.*");
    expect((await both.collect()).map(({ city }) => city)).toEqual(["Oslo", null]);
  });
  test("keeps to the input's columns beside an explode", async () => {
    const packed = session
      .createDataFrame([{ id: 1, tags: ["a", "b"] }])
      .select(explode("tags").as("tag"), toJson(struct("*")).as("row"));
    expect(await packed.collect()).toEqual([
      { tag: "a", row: '{"id":1.0,"tags":["a","b"]}' },
      { tag: "b", row: '{"id":1.0,"tags":["a","b"]}' },
    ]);
  });
});

describe("a star in struct", () => {
  test("packs the whole row", async () => {
    expect(await rows.select(toJson(struct("*")).as("value")).collect()).toEqual([
      { value: '{"user":"ann","place":{"city":"Oslo","lat":60.0}}' },
      { value: '{"user":"bob"}' },
    ]);
  });
  test("stands beside other members, and for those of a struct", async () => {
    const packed = rows.select(struct("place.*", col("user").as("name")).as("s")).select("s.*");
    expect((await packed.collect())[0]).toEqual({ city: "Oslo", lat: 60, name: "ann" });
  });
  test("is fine in a condition", async () => {
    expect(await rows.filter(toJson(struct("*")).contains("Oslo")).collect()).toHaveLength(1);
  });
});

describe("a star elsewhere", () => {
  test.each([
    ["of a number", () => rows.select("user.*"), "TYPE_MISMATCH"],
    ["in an expression", () => rows.select(col("*").isNull().as("x") as never), "STAR_POSITION"],
    ["of a struct, in a condition", () => rows.filter(col("place.*").isNull() as never), "STAR_POSITION"],
    ["twice the same name", () => rows.select("*", "place.*", lit(1).as("city")), "COLUMN_DUPLICATE"],
    ["of groups", () => rows.groupBy("user").agg(toJson(struct("*")).as("x") as never), "STAR_POSITION"],
  ])("%s is refused", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
