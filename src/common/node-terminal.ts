import type { Terminal } from "./terminal.js";

/** Standard output. */
export const nodeTerminal: Terminal = {
  write: (text) => {
    process.stdout.write(text);
  },
  width: () => (process.stdout.isTTY ? process.stdout.columns : null),
};
