/** Where in a plan an error happened, in words a user can find again in `explain()`. */
export interface ErrorDetails {
  /** The operator or expression, as `explain()` prints it. */
  readonly place?: string | undefined;
  /** What the user can do about it; one sentence, imperative. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Root of every error this library throws on purpose.
 * `code` is stable over versions; `message` is code, what happened, where, and the way out.
 */
export class MillraceError extends Error {
  readonly code: string;
  /** What happened, without code, place and hint: for whoever adds a place on the way up. */
  readonly what: string;
  readonly place: string | undefined;
  readonly hint: string | undefined;

  constructor(code: string, what: string, details: ErrorDetails = {}) {
    super(formatMessage(code, what, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.what = what;
    this.place = details.place;
    this.hint = details.hint;
  }
}

function formatMessage(code: string, what: string, details: ErrorDetails): string {
  const place = details.place === undefined ? "" : ` At ${details.place}.`;
  const hint = details.hint === undefined ? "" : ` ${details.hint}`;
  return `${code}: ${what}${place}${hint}`;
}

/** A plan that cannot mean anything: unknown column, wrong type, wrong argument. Thrown when the frame is built or analysed. */
export class AnalysisError extends MillraceError {}

/** A plan that means something, but not as this stream: thrown by `start()`, before anything is read. */
export class StreamingRefusal extends MillraceError {}

/** A value that an expression cannot take: overflow, invalid cast, division by zero. Names expression and row. */
export class ExpressionError extends MillraceError {}

/** Input that is not what its format or schema says. */
export class FormatError extends MillraceError {}

/** A source that cannot deliver. */
export class SourceError extends MillraceError {}

/** A sink that cannot take. */
export class SinkError extends MillraceError {}

/** An unknown option, or an option value outside its domain. */
export class OptionError extends MillraceError {}

/** A query handle used in a state that does not allow it. */
export class QueryError extends MillraceError {}

/** A checkpoint that cannot be read, written or continued. Names the file, and both ways out. */
export class CheckpointError extends MillraceError {}
