/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
/** Wider than what one multiplication and the shortest decimal form can be off, as a share of the value. */
const MARGIN = 2 ** -50;

/**
 * A double rounded half away from zero to so many decimal places, as Spark does it: on the shortest decimal that reads back
 * as the double, so that roundHalfUp(2.675, 2) = 2.68. Numbers not close to a half need no decimals: an integer below 2^53
 * divided by an exact power of ten is the nearest double to the rounded decimal.
 */
export function roundHalfUp(value: number, places: number): number {
  const size = Math.abs(value);
  if (!(size < Number.POSITIVE_INFINITY) || (places >= 0 && size >= 2 ** 52)) return value;
  if (places > 22 || places < -22) return roundDecimal(value, places);
  const scaled = places >= 0 ? size * POWERS[places] : size / POWERS[-places];
  const whole = Math.floor(scaled);
  const fraction = scaled - whole;
  if (Math.abs(fraction - 0.5) <= scaled * MARGIN || !(scaled < 2 ** 52)) return roundDecimal(value, places);
  const rounded = fraction > 0.5 ? whole + 1 : whole;
  const result = places >= 0 ? rounded / POWERS[places] : rounded * POWERS[-places];
  // Above zero and below: Spark's decimals know no -0.
  return value < 0 && result !== 0 ? -result : result;
}

/** The same on the digits themselves. */
function roundDecimal(value: number, places: number): number {
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  // value = 0.digits * 10^point
  const point = Number(exponent) + 1;
  const kept = point + places;
  if (kept >= digits.length) return value;
  if (kept < 0) return 0;
  const whole = BigInt(`0${digits.slice(0, kept)}`) + (digits.charCodeAt(kept) >= 53 ? 1n : 0n);
  const result = Number(`${whole}e${-places}`);
  return value < 0 && result !== 0 ? -result : result;
}
