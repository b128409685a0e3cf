// Reads the built declarations as the oldest compiler we promise to: TypeScript 5.0.4 with Node10 resolution, the one
// inside notebooks. Complaints about files of other packages are theirs and do not count.
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const dist = join(root, "dist");
const entries = ["index", "core", "testing"].flatMap((name) => [`${name}.d.cts`, `${name}.d.ts`]);

const program = ts.createProgram({
  rootNames: entries.map((entry) => join(dist, entry)),
  options: {
    lib: ["lib.es2022.d.ts"],
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    noEmit: true,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    types: ["node"],
  },
});

const problems = ts
  .getPreEmitDiagnostics(program)
  .filter(({ file }) => file === undefined || join(file.fileName).startsWith(dist + sep));

if (problems.length > 0) {
  console.error(
    ts.formatDiagnostics(problems, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => "\n",
    }),
  );
  process.exitCode = 1;
} else {
  console.log(`declarations: ok under TypeScript ${ts.version}`);
}
