/** A failure that another attempt may mend; whoever runs out of attempts makes an error of it. */
export class PassingFailure extends Error {
  /** No connection, no answer, or a refusal that passes. */
  readonly kind: "unreachable" | "silent" | "refused";
  /** The protocol's error code; 0 where no broker answered. */
  readonly code: number;

  constructor(
    kind: PassingFailure["kind"],
    what: string,
    details: { readonly code?: number; readonly cause?: unknown } = {},
  ) {
    super(what, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.code = details.code ?? 0;
  }
}
