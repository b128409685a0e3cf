import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    core: "src/core.ts",
    testing: "src/testing/index.ts",
  },
  format: ["esm", "cjs"],
  target: "es2022",
  platform: "neutral",
  // Shared chunks keep one identity per class across the three entry points, in CJS as in ESM.
  splitting: true,
  dts: true,
  clean: true,
  external: ["apache-arrow", "hyparquet", "hyparquet-compressors", "hyparquet-writer", "kafkajs", /^node:/],
  // Used in parts only: bundling them spares every install the rest. Their licences stand in NOTICES.md.
  noExternal: ["date-fns", "@date-fns/tz", "re2js"],
});
