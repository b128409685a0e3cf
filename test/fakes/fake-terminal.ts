import type { Terminal } from "../../src/common/terminal.js";

/** Remembers what was printed. */
export class FakeTerminal implements Terminal {
  text = "";
  columns: number | null;

  constructor(columns: number | null = null) {
    this.columns = columns;
  }

  write(text: string): void {
    this.text += text;
  }

  width(): number | null {
    return this.columns;
  }
}
