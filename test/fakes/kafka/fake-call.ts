/** One request as it came in. */
export interface FakeCall {
  readonly api: string;
  readonly version: number;
  readonly node: number;
  /** Which socket of this broker, from 1. */
  readonly socket: number;
  /** How many calls of this API came before, plus 1. */
  readonly nth: number;
  readonly body: Uint8Array;
}
