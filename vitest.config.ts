import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

const slow = "test/**/*.slow.test.ts";

export default defineConfig({
  resolve: {
    alias: [
      { find: /^millrace$/, replacement: source("index.ts") },
      { find: /^millrace\/core$/, replacement: source("core.ts") },
      { find: /^millrace\/testing$/, replacement: source("testing/index.ts") },
    ],
  },
  test: {
    pool: "threads",
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    projects: [
      { extends: true, test: { name: "fast", include: ["test/**/*.test.ts"], exclude: [slow] } },
      {
        extends: true,
        test: {
          name: "slow",
          include: [slow],
          globalSetup: "test/kafka/shared-broker-life.ts",
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
