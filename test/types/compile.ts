import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = join(root, "test", "types", "snippets");

export interface Compiled {
  /** Texts of the errors in a snippet, by the snippet's name; empty when it compiles. */
  readonly errors: ReadonlyMap<string, readonly string[]>;
  /** Every exported type alias and constant of all snippets, printed; by its name. */
  readonly types: ReadonlyMap<string, string>;
  readonly instantiations: number;
}

/** Compiles snippets of TypeScript, one file each, against src/ with the options of tsconfig.json. */
export function compile(snippets: Readonly<Record<string, string>>): Compiled {
  const options = readOptions();
  const files = new Map(Object.entries(snippets).map(([name, text]) => [join(folder, `${name}.ts`), text]));
  const program = ts.createProgram({ rootNames: [...files.keys()], options, host: hostOf(files, options) });
  const errors = new Map<string, readonly string[]>();
  const types = new Map<string, string>();
  for (const [path, text] of files) {
    const file = program.getSourceFile(path);
    if (file === undefined) throw new Error(`no source file for ${text}`);
    const name = path.slice(folder.length + 1, -".ts".length);
    errors.set(
      name,
      program.getSemanticDiagnostics(file).map((each) => ts.flattenDiagnosticMessageText(each.messageText, "\n")),
    );
    for (const [alias, type] of exportedTypes(program.getTypeChecker(), file)) types.set(alias, type);
  }
  return { errors, types, instantiations: instantiationsOf(program) };
}

function readOptions(): ts.CompilerOptions {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  return { ...options, noErrorTruncation: true, noUnusedLocals: false, noUnusedParameters: false };
}

function hostOf(files: ReadonlyMap<string, string>, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  return {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    readFile: (path) => files.get(path) ?? host.readFile(path),
    getSourceFile: (path, version) => {
      const text = files.get(path);
      return text === undefined ? host.getSourceFile(path, version) : ts.createSourceFile(path, text, version);
    },
  };
}

function exportedTypes(checker: ts.TypeChecker, file: ts.SourceFile): [string, string][] {
  const symbol = checker.getSymbolAtLocation(file);
  if (symbol === undefined) return [];
  return checker.getExportsOfModule(symbol).map((each) => [each.name, printed(checker, typeOf(checker, each, file))]);
}

function typeOf(checker: ts.TypeChecker, symbol: ts.Symbol, file: ts.SourceFile): ts.Type {
  const isAlias = (symbol.flags & ts.SymbolFlags.TypeAlias) !== 0;
  return isAlias ? checker.getDeclaredTypeOfSymbol(symbol) : checker.getTypeOfSymbolAtLocation(symbol, file);
}

function printed(checker: ts.TypeChecker, type: ts.Type): string {
  return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias);
}

function instantiationsOf(program: ts.Program): number {
  return (program as ts.Program & { getInstantiationCount(): number }).getInstantiationCount();
}
