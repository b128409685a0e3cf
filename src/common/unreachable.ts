/** Ends an exhaustive switch: a kind that nobody handles does not compile, and throws if it arrives all the same. */
export function unreachable(value: never): never {
  throw new Error(`Broken invariant: unhandled case ${JSON.stringify(value)}`);
}
