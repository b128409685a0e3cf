import { isBlank } from "./is-blank.js";

const WORDS = new Map([
  ["t", 1],
  ["true", 1],
  ["y", 1],
  ["yes", 1],
  ["1", 1],
  ["f", 0],
  ["false", 0],
  ["n", 0],
  ["no", 0],
  ["0", 0],
]);

/** 1 or 0 for the words Spark takes, in any letter case, blanks around; -1 for anything else. */
export function parseBool(bytes: Uint8Array, from: number, to: number): number {
  let start = from;
  let end = to;
  while (start < end && isBlank(bytes[start])) start++;
  while (end > start && isBlank(bytes[end - 1])) end--;
  if (end - start > 5) return -1;
  let word = "";
  for (let p = start; p < end; p++) word += String.fromCharCode(bytes[p]);
  return WORDS.get(word.toLowerCase()) ?? -1;
}
