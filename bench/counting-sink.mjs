/**
 * A sink that counts rows and knows which batch it has, so that the whole commit protocol runs and nothing else is measured.
 * @returns {{ choice: { label: string, make: () => object }, rows: () => number }}
 */
export function countingSink() {
  let rows = 0;
  let committed = null;
  const sink = {
    label: "count",
    modes: ["append", "update", "complete", "changelog"],
    deletes: true,
    idempotent: true,
    durable: false,
    open: async () => {},
    committed: async () => committed,
    begin: async () => {},
    write: async ({ chunk }) => {
      rows += chunk.length;
    },
    prepare: async () => "",
    commit: async ({ batch, attempt }) => {
      committed = { batch, attempt };
    },
    abort: async () => {},
    close: async () => {},
  };
  return { choice: { label: "count", make: () => sink }, rows: () => rows };
}
