import { allocateInt64, int32Halves } from "../../columnar/buffers.js";
import { type FusedValue, plainValue } from "./fused-value.js";
import type { Lane } from "./lane.js";

/** What the generated loop returns when it cannot go on: values beyond exact numbers, or a row that fails. */
export const GIVE_UP = -1;
export const ROW_FAILS = -2;

const TWO_53 = "9007199254740992";
/** |high half| below this: |value| < 2^53. */
const NARROW_HIGH = "0x200000";

// One 64-bit cell seen as bigint and as halves: the conversion that makes no bigint on the heap.
const CELL = allocateInt64(1);
const CELL_HALVES = int32Halves(CELL);

const ZEROS: Record<Lane, string> = { bool: "false", int32: "0", int64: "0n", float64: "0" };

/**
 * Writes the body of a loop over rows. Everything that is not fixed text of this library (constants of the query,
 * functions) goes in as an argument of the generated function and is named by the writer.
 */
export class FusedWriter {
  /** What every row does first: reading columns. */
  readonly #head = new Map<string, string>();
  readonly #lines: string[] = [];
  readonly #constants: unknown[] = [];
  readonly #names: string[] = [];
  #locals = 0;

  /** Values in order of their names. */
  get constants(): readonly unknown[] {
    return this.#constants;
  }

  get constantNames(): readonly string[] {
    return this.#names;
  }

  get body(): string {
    return [...this.#head.values(), ...this.#lines].join("\n");
  }

  line(code: string): void {
    this.#lines.push(code);
  }

  /** A new local with this value. */
  local(code: string): string {
    const name = this.#nextLocal();
    this.#lines.push(`const ${name} = ${code};`);
    return name;
  }

  /** A new local that is assigned later. */
  variable(code: string): string {
    const name = this.#nextLocal();
    this.#lines.push(`let ${name} = ${code};`);
    return name;
  }

  zeroOf(lane: Lane): string {
    return ZEROS[lane];
  }

  /** The name of a value from outside. */
  constant(value: unknown): string {
    // -0 and 0 are two constants.
    const known = this.#constants.findIndex((constant) => Object.is(constant, value));
    if (known >= 0) return this.#names[known];
    this.#constants.push(value);
    const name = `k${this.#names.length}`;
    this.#names.push(name);
    return name;
  }

  /** Ends the loop at this row, unless a NULL makes its values meaningless. */
  failIf(condition: string, valid: string | null): void {
    this.#lines.push(`if (${guarded(condition, valid)}) { E[0] = i; return ${ROW_FAILS}; }`);
  }

  giveUpIf(condition: string, valid: string | null): void {
    this.#lines.push(`if (${guarded(condition, valid)}) return ${GIVE_UP};`);
  }

  /** The value of input column `index` (array a<index>, validity v<index>, 64-bit halves h<index>). */
  input(index: number, lane: Lane, isNullable: boolean): FusedValue {
    const valid = isNullable ? this.#load(`n${index}`, `v${index}[i]`) : null;
    if (lane === "int64") {
      return {
        lane,
        valid,
        code: () => this.#load(`x${index}`, `a${index}[i]`),
        exact: () => this.#loadExact(index, valid),
        native: "code",
      };
    }
    return plainValue(lane, this.#load(`x${index}`, lane === "bool" ? `a${index}[i] === 1` : `a${index}[i]`), valid);
  }

  /** An int64 that was computed as a bigint. */
  bigValue(code: string, valid: string | null): FusedValue {
    return { lane: "int64", valid, code: () => code, exact: () => this.#toExact(code, valid), native: "code" };
  }

  /** An int64 that was computed as a number, exactly and within 64 bits. */
  exactValue(code: string, valid: string | null): FusedValue {
    return { lane: "int64", valid, code: () => this.#toBig(code), exact: () => code, native: "exact" };
  }

  /** The halves of an int64, low first. */
  halves(value: FusedValue): { readonly low: string; readonly high: string } {
    this.#lines.push(`${this.constant(CELL)}[0] = ${value.code()};`);
    const cell = this.constant(CELL_HALVES);
    return { low: this.local(`${cell}[0]`), high: this.local(`${cell}[1]`) };
  }

  #load(name: string, code: string): string {
    if (!this.#head.has(name)) this.#head.set(name, `const ${name} = ${code};`);
    return name;
  }

  #loadExact(index: number, valid: string | null): string {
    const high = this.#load(`g${index}`, `h${index}[2 * i + 1]`);
    const isWide = guarded(`(${high} ^ (${high} >> 31)) >= ${NARROW_HIGH}`, valid);
    this.#head.set(`e${index}?`, `if (${isWide}) return ${GIVE_UP};`);
    return this.#load(`e${index}`, `${high} * 4294967296 + (h${index}[2 * i] >>> 0)`);
  }

  #toExact(code: string, valid: string | null): string {
    const { low, high } = this.halves(plainValue("int64", code, valid));
    this.giveUpIf(`(${high} ^ (${high} >> 31)) >= ${NARROW_HIGH}`, valid);
    return this.local(`${high} * 4294967296 + (${low} >>> 0)`);
  }

  #toBig(code: string): string {
    const cell = this.constant(CELL_HALVES);
    this.#lines.push(`${cell}[0] = ${code} | 0; ${cell}[1] = Math.floor(${code} * 2.3283064365386963e-10);`);
    return this.local(`${this.constant(CELL)}[0]`);
  }

  #nextLocal(): string {
    this.#locals++;
    return `t${this.#locals}`;
  }
}

function guarded(condition: string, valid: string | null): string {
  return valid === null ? condition : `${valid} === 1 && (${condition})`;
}

/** The value is an integer that numbers hold exactly, with room for its neighbours. */
export function isBeyondExact(code: string): string {
  return `!(Math.abs(${code}) < ${TWO_53})`;
}

/** Both are not NULL. */
export function bothValid(left: string | null, right: string | null): string | null {
  if (left === null) return right;
  return right === null ? left : `(${left} & ${right})`;
}
