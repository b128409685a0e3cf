import fc from "fast-check";
import { expect, test } from "vitest";
import { TimeParser } from "../../src/formats/time-parser.js";

const encoder = new TextEncoder();

/** Microseconds since 1970, or null. The general way and the one for plain times must be of one mind. */
function parse(parser: TimeParser, text: string): bigint | null {
  const bytes = encoder.encode(`<${text}>${" ".repeat(24)}`);
  const to = 1 + encoder.encode(text).length;
  const micros = parser.timestamp(bytes, 1, to) ? parser.bigMicros() : null;
  const length = parser.plainUtc(new DataView(bytes.buffer, bytes.byteOffset), 1);
  if (length === to - 1) expect(parser.bigMicros()).toBe(micros);
  else if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text)) expect(micros).toBeNull();
  return micros;
}

const instants = fc.date({
  noInvalidDate: true,
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
});
const parser = new TimeParser();

test("what toISOString writes is read, with and without milliseconds", () => {
  fc.assert(
    fc.property(instants, (date) => {
      const text = date.toISOString();
      expect(parse(parser, text)).toBe(BigInt(date.getTime()) * 1000n);
      const seconds = `${text.slice(0, 19)}Z`;
      expect(parse(parser, seconds)).toBe(BigInt(Math.floor(date.getTime() / 1000)) * 1_000_000n);
    }),
    { numRuns: 2000 },
  );
});

test("one wrong sign is judged alike with Z and with +00:00, whatever was read before", () => {
  const signs = fc.constantFrom(..."0123456789-:.TZ /;a\u007f");
  fc.assert(
    fc.property(instants, fc.nat(22), signs, fc.boolean(), (date, at, sign, withMillis) => {
      const whole = date.toISOString();
      const text = withMillis ? whole.slice(0, 23) : whole.slice(0, 19);
      const wrong = text.slice(0, at) + sign + text.slice(at + 1);
      expect(parse(parser, `${wrong}Z`)).toBe(parse(new TimeParser(), `${wrong}+00:00`));
    }),
    { numRuns: 5000 },
  );
});

test.each(["2023-02-29T00:00:00Z", "2024-02-30T00:00:00Z", "2024-00-10T00:00:00Z", "2024-01-01T24:00:00Z"])(
  "%s is no time",
  (text) => expect(parse(parser, text)).toBeNull(),
);
