import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkZone, localToUtcMicros, zoneOffsetMicros } from "../../src/types/time-zone.js";

const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "Africa/Monrovia",
  "Pacific/Apia",
  "Asia/Tehran",
  "Europe/Lisbon",
  "America/St_Johns",
  "Pacific/Chatham",
  "UTC",
];

/** The local wall clock as Intl shows it, as microseconds: another way to the offset than the one under test. */
function intlLocalMicros(zone: string, ms: number): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const part = (name: string): number => Number(parts[name]);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) * 1000;
}

const utc = (text: string): number => Date.parse(text) * 1000;
const local = (text: string): number => Date.parse(`${text}Z`) * 1000;

describe("zone offsets", () => {
  it.each(ZONES)("%s agrees with Intl's clock at random instants from 1850 to 2100", (zone) => {
    fc.assert(
      fc.property(fc.integer({ min: -3_786_825_600, max: 4_102_444_800 }), (seconds) => {
        const micros = seconds * 1_000_000;
        expect(zoneOffsetMicros(zone, micros)).toBe(intlLocalMicros(zone, seconds * 1000) - micros);
      }),
      { numRuns: 150 },
    );
  });

  it("changes at the very second", () => {
    const spring = utc("2024-03-31T01:00:00Z");
    expect(zoneOffsetMicros("Europe/Berlin", spring - 1)).toBe(3_600_000_000);
    expect(zoneOffsetMicros("Europe/Berlin", spring)).toBe(7_200_000_000);
  });

  it("has seconds in the local mean times of before 1900, on both sides of Greenwich", () => {
    expect(zoneOffsetMicros("Europe/Berlin", utc("1880-01-01T00:00:00Z"))).toBe(3_208_000_000);
    expect(zoneOffsetMicros("Africa/Monrovia", utc("1970-01-01T00:00:00Z"))).toBe(-2_670_000_000);
  });

  it("takes fixed offsets", () => {
    expect(zoneOffsetMicros("+02:00", 0)).toBe(7_200_000_000);
    expect(zoneOffsetMicros("-00:30", 0)).toBe(-1_800_000_000);
    expect(zoneOffsetMicros("UTC+5", 0)).toBe(18_000_000_000);
  });

  it("refuses what is no zone", () => {
    expect(() => checkZone("Europe/Berln")).toThrow(/^ZONE_UNKNOWN: 'Europe\/Berln'/);
    expect(() => checkZone("+25:00")).toThrow(/^ZONE_UNKNOWN/);
  });
});

describe("local time to UTC", () => {
  it("moves a skipped time forward by what was skipped", () => {
    expect(localToUtcMicros("Europe/Berlin", local("2024-03-31T02:30:00"))).toBe(utc("2024-03-31T01:30:00Z"));
    expect(zoneOffsetMicros("Europe/Berlin", utc("2024-03-31T01:30:00Z"))).toBe(7_200_000_000);
  });

  it("takes the earlier of two instants", () => {
    expect(localToUtcMicros("Europe/Berlin", local("2024-10-27T02:30:00"))).toBe(utc("2024-10-27T00:30:00Z"));
    expect(localToUtcMicros("America/New_York", local("2024-11-03T01:00:00"))).toBe(utc("2024-11-03T05:00:00Z"));
  });

  it("skips a whole day with Samoa", () => {
    expect(localToUtcMicros("Pacific/Apia", local("2011-12-30T12:00:00"))).toBe(utc("2011-12-30T22:00:00Z"));
  });

  it("is undone by the offset, wherever the clock runs evenly", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: -3_000_000_000, max: 4_000_000_000 }),
        (zone, seconds) => {
          const instant = seconds * 1_000_000;
          const shown = instant + zoneOffsetMicros(zone, instant);
          const found = localToUtcMicros(zone, shown);
          expect(found + zoneOffsetMicros(zone, found)).toBe(shown);
          expect(found).toBeLessThanOrEqual(instant);
        },
      ),
      { numRuns: 500 },
    );
  });
});
