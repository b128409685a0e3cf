/** A value that a kernel cannot take. The call that the kernel computes makes an ExpressionError of it, naming the expression. */
export class RowFailure extends Error {
  /** Physical row of the columns that the kernel was given. */
  readonly row: number;
  readonly code: string;
  /** What is wrong with the value; a sentence without its full stop. */
  readonly what: string;
  readonly hint: string | undefined;

  constructor(row: number, code: string, details: { readonly what: string; readonly hint?: string | undefined }) {
    super(details.what);
    this.row = row;
    this.code = code;
    this.what = details.what;
    this.hint = details.hint;
  }

  /** The same failure as another column counts its rows. */
  at(row: number): RowFailure {
    return new RowFailure(row, this.code, this);
  }
}

export function overflow(row: number, what: string): RowFailure {
  return new RowFailure(row, "ARITHMETIC_OVERFLOW", { what, hint: "Cast to a wider type first." });
}

export function divideByZero(row: number, what: string): RowFailure {
  return new RowFailure(row, "DIVIDE_BY_ZERO", {
    what,
    hint: "Use when(divisor.ne(0), ...) to give such rows another value.",
  });
}
