const BATCH = /^(?:0|[1-9]\d*)$/;
const ATTEMPT = /^(0|[1-9]\d*)-(0|[1-9]\d*)(?:\.[A-Za-z0-9_%.-]+)?$/;
const TEMPORARY = /\.tmp$/;
/** Capitals are written as bytes, too: some file systems take `A` and `a` for one name. */
const PLAIN = /^[a-z0-9_-]$/;

/** Which attempt at which batch a file belongs to. */
export interface AttemptName {
  readonly batch: number;
  readonly attempt: number;
}

/** The number that names an entry of a log; null: the file is none. */
export function numberOfName(name: string): number | null {
  return BATCH.test(name) ? safeInteger(name) : null;
}

/** Entries of a log among the names of its folder, ascending. */
export function numbersOf(names: readonly string[]): readonly number[] {
  const numbers = names.map(numberOfName).filter((number) => number !== null);
  return numbers.sort((a, b) => a - b);
}

export function attemptName({ batch, attempt }: AttemptName): string {
  return `${batch}-${attempt}`;
}

/** Of a file that an attempt wrote; null: the file is none (temporary ones are not). */
export function attemptOfName(name: string): AttemptName | null {
  const match = isTemporary(name) ? null : ATTEMPT.exec(name);
  if (match === null) return null;
  const batch = safeInteger(match[1]);
  const attempt = safeInteger(match[2]);
  return batch === null || attempt === null ? null : { batch, attempt };
}

/** Left by a run that died while it wrote; or being written. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** A name that users chose, as a part of a file name: different names never meet in one file, and none leads elsewhere. */
export function encodeName(name: string): string {
  if (name === "") return "%";
  let encoded = "";
  for (const char of name) encoded += PLAIN.test(char) ? char : percentBytes(char);
  return encoded;
}

function percentBytes(char: string): string {
  const bytes = new TextEncoder().encode(char);
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

function safeInteger(digits: string): number | null {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : null;
}
