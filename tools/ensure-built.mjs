// Builds dist when it is missing or older than what it is made from.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outputs = ["index", "core", "testing"].flatMap((entry) =>
  [".js", ".cjs", ".d.ts", ".d.cts"].map((ending) => join(root, "dist", entry + ending)),
);
const inputs = ["package.json", "tsconfig.json", "tsup.config.ts"].map((name) => join(root, name));
for (const entry of readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })) {
  if (entry.isFile()) inputs.push(join(entry.parentPath, entry.name));
}

const modified = (file) => statSync(file).mtimeMs;
const isFresh =
  outputs.every((file) => existsSync(file)) && Math.max(...inputs.map(modified)) < Math.min(...outputs.map(modified));

if (!isFresh) {
  console.log("dist is missing or older than src: building");
  const tsup = join(root, "node_modules", "tsup", "dist", "cli-default.js");
  const result = spawnSync(process.execPath, [tsup, "--silent"], { cwd: root, stdio: "inherit" });
  process.exitCode = result.status ?? 1;
}
