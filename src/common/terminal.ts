/** Where printed tables go. */
export interface Terminal {
  /** Writes text as it is; no newline is added. */
  write(text: string): void;
  /** Columns of the terminal, or null when the output is not a terminal. */
  width(): number | null;
}
