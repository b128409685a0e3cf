import { readFileSync } from "node:fs";
import ts from "typescript";

export interface CodeBlock {
  readonly title: string;
  readonly code: string;
}

/** The blocks of a markdown file that are fenced as `ts` and meant to run; `ts no-run` is for reading only. */
export function codeBlocks(file: string): readonly CodeBlock[] {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match, i) => ({
    title: `${file} #${i + 1}`,
    code: match[1] ?? "",
  }));
}

type Names = Readonly<Record<string, unknown>>;

/** Runs a block: its imports come from `modules`, the rest as the body of an async function with `scope` in sight. */
export async function runBlock(
  block: CodeBlock,
  modules: Readonly<Record<string, Names>>,
  scope: Names,
): Promise<void> {
  const body = block.code.replace(
    /import \{([^}]*)\} from "([^"]+)";/g,
    (_, names: string, from: string) => `const {${names}} = modules[${JSON.stringify(from)}];`,
  );
  const { outputText } = ts.transpileModule(`async function run() {${body}\n}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const make = new Function("modules", ...Object.keys(scope), `${outputText}; return run();`);
  await make(modules, ...Object.values(scope));
}
