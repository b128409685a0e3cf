/** A source of chance for ids and seeds. */
export interface Random {
  /** A UUID of version 4. */
  uuid(): string;
  /** An integer in [0, 2^32). */
  seed(): number;
}
