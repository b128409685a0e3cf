/**
 * A double as Java's Double.toString prints it, which is what Spark shows and writes: `1.0`, `0.001`, `1.0E10`, `NaN`.
 * Digits are the shortest that read back as the same number (so does JavaScript, and Java since 19).
 */
export function javaDouble(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e7 ? plainNotation(value) : scientificNotation(value);
}

function plainNotation(value: number): string {
  const text = String(value);
  return text.includes(".") ? text : `${text}.0`;
}

function scientificNotation(value: number): string {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const digits = mantissa.includes(".") ? mantissa : `${mantissa}.0`;
  return `${digits}E${Number(exponent)}`;
}
