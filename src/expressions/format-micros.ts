const UNITS: readonly (readonly [name: string, micros: bigint])[] = [
  ["day", 86_400_000_000n],
  ["hour", 3_600_000_000n],
  ["minute", 60_000_000n],
  ["second", 1_000_000n],
  ["millisecond", 1_000n],
  ["microsecond", 1n],
];

/** A length of time in words, largest unit first: "1 hour 30 minutes". */
export function formatMicros(micros: bigint): string {
  if (micros < 0n) return `-${formatMicros(-micros)}`;
  let rest = micros;
  const parts: string[] = [];
  for (const [name, length] of UNITS) {
    const count = rest / length;
    rest -= count * length;
    if (count > 0n) parts.push(`${count} ${name}${count === 1n ? "" : "s"}`);
  }
  return parts.length === 0 ? "0 seconds" : parts.join(" ");
}
