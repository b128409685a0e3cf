/** Repeats bytes that were just made: `length` of them at `at`, from `distance` before. They may overlap, and then repeat. */
export function copyBack(
  bytes: Uint8Array,
  at: number,
  { distance, length }: { distance: number; length: number },
): void {
  if (distance >= length && length > 32) {
    bytes.copyWithin(at, at - distance, at - distance + length);
    return;
  }
  for (let i = at; i < at + length; i++) bytes[i] = bytes[i - distance];
}
