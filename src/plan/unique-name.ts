/** `wanted`, or with the first number that makes it new. For columns that no user names. */
export function uniqueName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  let n = 2;
  while (taken.includes(`${wanted}_${n}`)) n++;
  return `${wanted}_${n}`;
}
