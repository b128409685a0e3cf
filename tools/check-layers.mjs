// Enforces the layers of src/ (imports point only downwards) and the budgets of its files and functions.
// Prints every breach as file:line and fails when there is one. The tables at the top are the rules.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

// Folders of one level never import each other. Files directly under src/ have the level of ENTRY_LEVEL.
const LEVELS = {
  common: 0,
  types: 1,
  columnar: 2,
  expressions: 2,
  plan: 3,
  state: 3,
  checkpoint: 3,
  formats: 3,
  clients: 3,
  sql: 4,
  sources: 4,
  sinks: 4,
  execution: 4,
  streaming: 5,
  connect: 5,
  dataframe: 6,
  dstream: 7,
  notebook: 7,
  testing: 7,
};
const ENTRY_LEVEL = 8;
const ENTRY_FILES = ["src/index.ts", "src/core.ts", "src/testing/index.ts"];

// Folders that may import a package; "*" is every folder. A package that is not listed may be imported by nobody.
const PACKAGES = {
  "apache-arrow": ["types", "columnar", "formats"],
  "date-fns": ["*"],
  "@date-fns/tz": ["*"],
  re2js: ["*"],
};

// Files outside the tables above that talk to Node or to a client package, with the reason.
const ADAPTERS = {
  "src/clients/kafka/kafkajs-provider.ts": {
    packages: ["kafkajs"],
    reason: "the optional package that connects to brokers, behind the Kafka socket port",
  },
  "src/formats/hyparquet-adapter.ts": {
    packages: ["hyparquet", "hyparquet-compressors"],
    reason: "parquet through its optional library, behind the parquet port",
  },
  "src/formats/hyparquet-writer-adapter.ts": {
    packages: ["hyparquet", "hyparquet-writer"],
    reason: "the same for writing",
  },
};
const NODE_FILE = /^src\/common\/node-[a-z0-9-]+\.ts$/;

const BUDGETS = { softFileLines: 300, fileLines: 400, functionLines: 60, parameters: 3 };

const HOT = "called per row or per chunk: a record of arguments would be garbage on the hot path";

// Breaches that stand, with the reason. Keys: a file ("src/a/b.ts") for "fileLines"; a function ("src/a/b.ts#name")
// for "functionLines" and "parameters". An entry that is no longer needed fails, so that this list stays true.
const EXCEPTIONS = {
  fileLines: {},
  functionLines: {},
  parameters: {
    "src/columnar/compare-bytes.ts#compareBytes": HOT,
    "src/columnar/compare.ts#compareAt": HOT,
    "src/columnar/compare.ts#equalAt": HOT,
    "src/columnar/compare.ts#compareTextAt": HOT,
    "src/columnar/compare.ts#compareListAt": HOT,
    "src/columnar/compare.ts#compareStructAt": HOT,
    "src/state/hashed-key-table.ts#HashedKeyTable.probe": HOT,
    "src/state/hashed-key-table.ts#HashedKeyTable.find": HOT,
    "src/state/single-key-table.ts#SingleKeyTable.probe": HOT,
    "src/state/single-key-table.ts#SingleKeyTable.find": HOT,
    "src/state/state-table.ts#KeyTable.probe": HOT,
    "src/state/state-table.ts#KeyTable.find": HOT,
    "src/formats/kafka/partition-of-key.ts#partitionOfKey": HOT,
  },
};

// Sources of time, chance and environment. Below AMBIENT_LEVEL they are handed in (see common/platform.ts).
const AMBIENT_LEVEL = 5;
const AMBIENT_MEMBERS = {
  Date: ["now"],
  Math: ["random"],
  performance: ["now", "timeOrigin"],
  process: ["env", "cwd", "hrtime", "uptime", "pid"],
  crypto: ["randomUUID", "getRandomValues"],
};
const AMBIENT_CALLS = ["setTimeout", "setInterval", "setImmediate", "fetch"];

const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*\.ts$/;
const NAMELESS = ["utils.ts", "util.ts", "helpers.ts", "helper.ts", "misc.ts", "common.ts"];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const problems = [];
const notes = [];
const usedExceptions = new Set();

for (const file of sourceFiles()) checkFile(file);
checkStaleExceptions();
report();

function sourceFiles() {
  return readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

function folderOf(file) {
  const parts = file.split("/");
  return parts.length === 2 ? null : parts[1];
}

function levelOf(file) {
  const folder = folderOf(file);
  return folder === null ? ENTRY_LEVEL : LEVELS[folder];
}

function checkFile(file) {
  const text = readFileSync(join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  if (levelOf(file) === undefined) {
    problems.push(`${file}: the folder has no level in tools/check-layers.mjs`);
    return;
  }
  checkName(file);
  checkFileLines(file, text);
  checkBarrel(source);
  visit(source, source);
}

function checkName(file) {
  const name = basename(file);
  if (!FILE_NAME.test(name)) problems.push(`${file}: file names are kebab-case`);
  if (NAMELESS.includes(name)) problems.push(`${file}: the name says nothing; name the file after its one concept`);
  if (name === "index.ts" && !ENTRY_FILES.includes(file)) problems.push(`${file}: barrel files are not allowed`);
}

function checkFileLines(file, text) {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  if (lines > BUDGETS.fileLines) breach("fileLines", file, file, `${lines} lines, the limit is ${BUDGETS.fileLines}`);
  else if (lines > BUDGETS.softFileLines) notes.push(`${file}: ${lines} lines, aim for ${BUDGETS.softFileLines}`);
}

function checkBarrel(source) {
  if (ENTRY_FILES.includes(source.fileName) || source.statements.length === 0) return;
  const isBarrel = source.statements.every(
    (statement) => ts.isExportDeclaration(statement) || ts.isImportDeclaration(statement),
  );
  if (isBarrel) problems.push(`${source.fileName}: a file that only re-exports is a barrel; import from the real file`);
}

function visit(node, source) {
  checkImport(node, source);
  checkAmbient(node, source);
  checkFunction(node, source);
  if (node.kind === ts.SyntaxKind.AnyKeyword) problems.push(`${place(node, source)}: no \`any\``);
  ts.forEachChild(node, (child) => visit(child, source));
}

function checkImport(node, source) {
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && node.exportClause === undefined) {
    problems.push(`${place(node, source)}: no \`export *\`; list the names`);
  }
  const specifier = importedModule(node);
  if (specifier === null) return;
  if (specifier.startsWith(".")) checkRelativeImport(node, source, specifier);
  else checkPackageImport(node, source, specifier);
}

function importedModule(node) {
  let argument;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) argument = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) argument = node.argument.literal;
  else if (ts.isExternalModuleReference(node)) argument = node.expression;
  else if (ts.isCallExpression(node) && isImportCall(node)) argument = node.arguments[0];
  return argument !== undefined && ts.isStringLiteralLike(argument) ? argument.text : null;
}

function isImportCall(node) {
  const callee = node.expression;
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}

function checkRelativeImport(node, source, specifier) {
  const from = source.fileName;
  if (!specifier.endsWith(".js")) problems.push(`${place(node, source)}: '${specifier}' must end with .js`);
  const target = posix.join(posix.dirname(from), specifier);
  if (!target.startsWith("src/")) {
    problems.push(`${place(node, source)}: '${specifier}' leaves src/`);
    return;
  }
  if (folderOf(target) === folderOf(from)) return;
  const fromLevel = levelOf(from);
  const toLevel = levelOf(target);
  if (toLevel === undefined) problems.push(`${place(node, source)}: '${specifier}' is in a folder without a level`);
  else if (toLevel >= fromLevel) {
    const names = `${folderOf(from) ?? "entry files"} (level ${fromLevel}) imports ${folderOf(target) ?? "an entry file"} (level ${toLevel})`;
    problems.push(`${place(node, source)}: ${names}; imports point only downwards`);
  }
}

function checkPackageImport(node, source, specifier) {
  const file = source.fileName;
  const packageName = specifier.startsWith("node:")
    ? "node:"
    : specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
  const folders = Object.hasOwn(PACKAGES, packageName) ? PACKAGES[packageName] : [];
  const isAllowed =
    folders.includes("*") ||
    folders.includes(folderOf(file)) ||
    (packageName === "node:" && NODE_FILE.test(file)) ||
    (Object.hasOwn(ADAPTERS, file) && ADAPTERS[file].packages.includes(packageName));
  if (!isAllowed)
    problems.push(`${place(node, source)}: '${specifier}' is not allowed here (PACKAGES and ADAPTERS say where)`);
}

function checkAmbient(node, source) {
  if (levelOf(source.fileName) >= AMBIENT_LEVEL || folderOf(source.fileName) === "common") return;
  const name = ambientName(node);
  if (name !== null)
    problems.push(`${place(node, source)}: ${name} is ambient; take it from the platform that is handed in`);
}

function ambientName(node) {
  if (ts.isPropertyAccessExpression(node)) {
    const owner = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
    if (!ts.isIdentifier(owner) || !Object.hasOwn(AMBIENT_MEMBERS, owner.text)) return null;
    return AMBIENT_MEMBERS[owner.text].includes(node.name.text) ? `${owner.text}.${node.name.text}` : null;
  }
  if (ts.isNewExpression(node) && isNamed(node.expression, "Date")) {
    return (node.arguments ?? []).length === 0 ? "new Date()" : null;
  }
  if (!ts.isCallExpression(node)) return null;
  if (isNamed(node.expression, "Date")) return "Date()";
  return AMBIENT_CALLS.find((name) => isNamed(node.expression, name)) ?? null;
}

function isNamed(expression, name) {
  return ts.isIdentifier(expression) && expression.text === name;
}

function checkFunction(node, source) {
  if (!ts.isFunctionLike(node) || ts.isIndexSignatureDeclaration(node)) return;
  const key = `${source.fileName}#${functionName(node)}`;
  const parameters = node.parameters.filter((parameter) => !isNamed(parameter.name, "this")).length;
  if (parameters > BUDGETS.parameters) {
    breach(
      "parameters",
      key,
      place(node, source),
      `${parameters} positional parameters, the limit is ${BUDGETS.parameters}`,
    );
  }
  if (!("body" in node) || node.body === undefined) return;
  const lines = lineOf(node.getEnd(), source) - lineOf(node.getStart(source), source) + 1;
  if (lines > BUDGETS.functionLines) {
    breach(
      "functionLines",
      key,
      place(node, source),
      `${lines} lines in one function, the limit is ${BUDGETS.functionLines}`,
    );
  }
}

function functionName(node) {
  if (ts.isConstructorDeclaration(node)) return `${node.parent.name?.text ?? "class"}.constructor`;
  const owner = node.parent;
  const holder = ts.isClassLike(owner) || ts.isInterfaceDeclaration(owner) ? `${owner.name?.text ?? "class"}.` : "";
  const name = node.name ?? owner.name;
  return holder + (name !== undefined && ts.isIdentifier(name) ? name.text : "anonymous");
}

function breach(rule, key, where, what) {
  if (Object.hasOwn(EXCEPTIONS[rule], key)) usedExceptions.add(`${rule} ${key}`);
  else problems.push(`${where}: ${what} (${rule}: ${key})`);
}

function checkStaleExceptions() {
  for (const [rule, entries] of Object.entries(EXCEPTIONS)) {
    for (const key of Object.keys(entries)) {
      if (!usedExceptions.has(`${rule} ${key}`))
        problems.push(`tools/check-layers.mjs: exception ${rule} '${key}' is not needed`);
    }
  }
  for (const file of Object.keys(ADAPTERS)) {
    if (!existsSync(join(root, file))) notes.push(`tools/check-layers.mjs: adapter ${file} does not exist`);
  }
}

function lineOf(position, source) {
  return source.getLineAndCharacterOfPosition(position).line + 1;
}

function place(node, source) {
  return `${source.fileName}:${lineOf(node.getStart(source), source)}`;
}

function report() {
  for (const note of notes) console.log(`note: ${note}`);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`layers: ${problems.length} ${problems.length === 1 ? "breach" : "breaches"}`);
    process.exitCode = 1;
  } else {
    console.log("layers: ok");
  }
}
