import { AnalysisError } from "../common/millrace-error.js";
import type { DataType, Field, Schema } from "./data-type.js";
import { requireUniqueNames } from "./schema.js";
import {
  binary,
  bool,
  date,
  decimal128,
  dictionary,
  duration,
  field,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  list,
  map,
  nullType,
  schema,
  timestamp,
  uint8,
  uint16,
  uint32,
  uint64,
  utf8,
} from "./type-constructors.js";

/** Names without parameters, lower case, with Spark's synonyms. */
const SIMPLE_TYPES: Readonly<Record<string, DataType>> = {
  void: nullType(),
  boolean: bool(),
  bool: bool(),
  tinyint: int8(),
  byte: int8(),
  smallint: int16(),
  short: int16(),
  int: int32(),
  integer: int32(),
  bigint: int64(),
  long: int64(),
  uint8: uint8(),
  uint16: uint16(),
  uint32: uint32(),
  uint64: uint64(),
  float: float32(),
  real: float32(),
  double: float64(),
  string: utf8(),
  binary: binary(),
  date: date(),
  timestamp_ntz: timestamp(null),
  timestamp_ltz: timestamp(),
};

/**
 * Reads a schema in Spark's DDL: `id BIGINT NOT NULL, tags ARRAY<STRING>, at TIMESTAMP COMMENT 'when'`. Types nest;
 * names with other signs than letters, digits and _ stand in backticks. Beyond Spark: `timestamp('Europe/Berlin')`,
 * `uint8` to `uint64`, `dictionary<...>`. Types that this version cannot carry are read all the same.
 * @throws AnalysisError DDL_SYNTAX with the position
 */
export function parseDdl(text: string): Schema {
  const parser = new DdlParser(text);
  return schema(parser.columns());
}

interface Token {
  /** A word, a `quoted name`, a 'text', or one sign. */
  readonly kind: "word" | "name" | "text" | "sign" | "end";
  readonly value: string;
  readonly position: number;
}

class DdlParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  columns(): readonly Field[] {
    const columns: Field[] = [];
    if (this.#peek().kind === "end") return columns;
    do columns.push(this.#field());
    while (this.#takeSign(","));
    if (this.#peek().kind !== "end") throw this.#unexpected("',' or the end");
    return columns;
  }

  #field(): Field {
    const name = this.#name();
    this.#takeSign(":");
    const type = this.#type();
    const nullable = !this.#takeWord("not");
    if (!nullable && !this.#takeWord("null")) throw this.#unexpected("NULL");
    if (this.#takeWord("comment")) this.#expectKind("text");
    return field(name, type, nullable);
  }

  #name(): string {
    const token = this.#peek();
    if (token.kind !== "word" && token.kind !== "name") throw this.#unexpected("a column name");
    this.#next++;
    return token.value;
  }

  #type(): DataType {
    const token = this.#peek();
    if (token.kind !== "word") throw this.#unexpected("a type");
    this.#next++;
    const name = token.value.toLowerCase();
    const simple = Object.hasOwn(SIMPLE_TYPES, name) ? SIMPLE_TYPES[name] : undefined;
    return simple ?? this.#parameterized(name, token);
  }

  #parameterized(name: string, token: Token): DataType {
    switch (name) {
      case "array":
        return list(this.#arguments(1)[0] ?? nullType());
      case "map":
        return this.#map();
      case "dictionary":
        return dictionary(this.#arguments(1)[0] ?? nullType());
      case "struct":
        return this.#struct();
      case "decimal":
      case "dec":
      case "numeric":
        return this.#decimal();
      case "char":
      case "varchar":
        this.#numbers();
        return utf8();
      case "timestamp":
        return this.#timestamp();
      case "interval":
        return this.#interval();
      default:
        throw this.#error(`'${token.value}' is no type`, token);
    }
  }

  #arguments(count: number): readonly DataType[] {
    this.#expectSign("<");
    const types = [this.#type()];
    while (types.length < count) {
      this.#expectSign(",");
      types.push(this.#type());
    }
    this.#expectSign(">");
    return types;
  }

  #map(): DataType {
    const [key = nullType(), value = nullType()] = this.#arguments(2);
    return map(key, value);
  }

  #struct(): DataType {
    this.#expectSign("<");
    const members: Field[] = [];
    while (!this.#takeSign(">")) {
      if (members.length > 0) this.#expectSign(",");
      members.push(this.#field());
    }
    return Object.freeze({ kind: "struct", fields: requireUniqueNames(Object.freeze(members), "A struct") });
  }

  #decimal(): DataType {
    const [precision = 10, scale = 0] = this.#peek().value === "(" ? this.#numbers() : [];
    return decimal128(precision, scale);
  }

  #timestamp(): DataType {
    if (!this.#takeSign("(")) return timestamp();
    const zone = this.#expectKind("text").value;
    this.#expectSign(")");
    return timestamp(zone);
  }

  /** `interval`, `interval day to second`: one kind of duration here. */
  #interval(): DataType {
    const unit = /^(day|hour|minute|second)$/i;
    if (this.#peek().kind === "word" && unit.test(this.#peek().value)) {
      this.#next++;
      if (this.#takeWord("to") && !unit.test(this.#expectKind("word").value)) throw this.#unexpected("a unit of time");
    }
    return duration();
  }

  #numbers(): readonly number[] {
    this.#expectSign("(");
    const numbers: number[] = [];
    do numbers.push(this.#number());
    while (this.#takeSign(","));
    this.#expectSign(")");
    return numbers;
  }

  #number(): number {
    const token = this.#expectKind("word");
    if (!/^\d+$/.test(token.value)) throw this.#error(`'${token.value}' is no number`, token);
    return Number(token.value);
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", value: "", position: this.#text.length };
  }

  #takeSign(sign: string): boolean {
    const { kind, value } = this.#peek();
    if (kind !== "sign" || value !== sign) return false;
    this.#next++;
    return true;
  }

  #takeWord(word: string): boolean {
    const { kind, value } = this.#peek();
    if (kind !== "word" || value.toLowerCase() !== word) return false;
    this.#next++;
    return true;
  }

  #expectSign(sign: string): void {
    if (!this.#takeSign(sign)) throw this.#unexpected(`'${sign}'`);
  }

  #expectKind(kind: "word" | "text"): Token {
    const token = this.#peek();
    if (token.kind !== kind) throw this.#unexpected(kind === "text" ? "a text in quotes" : "a word");
    this.#next++;
    return token;
  }

  #unexpected(wanted: string): AnalysisError {
    const token = this.#peek();
    return this.#error(`${wanted} is expected, not ${token.kind === "end" ? "the end" : `'${token.value}'`}`, token);
  }

  #error(what: string, token: Token): AnalysisError {
    return ddlError(this.#text, what, token.position);
  }
}

function tokenize(text: string): readonly Token[] {
  const pattern = /\s*(?:([\p{L}\p{N}_]+)|`((?:[^`]|``)*)`|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([<>(),:]))\s*/guy;
  const tokens: Token[] = [];
  let position = 0;
  for (const match of text.matchAll(pattern)) {
    tokens.push(tokenOf(match));
    position = match.index + match[0].length;
  }
  if (text.slice(position).trim() !== "")
    throw ddlError(text, `'${text.slice(position).trim()[0]}' is not understood`, position);
  return tokens;
}

function tokenOf(match: RegExpMatchArray): Token {
  const [whole, word, name, single, double, sign] = match;
  const position = (match.index ?? 0) + (whole.length - whole.trimStart().length);
  if (word !== undefined) return { kind: "word", value: word, position };
  if (name !== undefined) return { kind: "name", value: name.replaceAll("``", "`"), position };
  const quoted = single ?? double;
  if (quoted !== undefined) return { kind: "text", value: quoted.replace(/\\(.)/g, "$1"), position };
  return { kind: "sign", value: sign ?? "", position };
}

function ddlError(text: string, what: string, position: number): AnalysisError {
  return new AnalysisError("DDL_SYNTAX", `'${text}' is not a schema: ${what}, at position ${position + 1}.`, {
    hint: "Write columns as 'id bigint not null, tags array<string>'.",
  });
}
