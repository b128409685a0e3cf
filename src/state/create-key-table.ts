import type { DataType } from "../types/data-type.js";
import { HashedKeyTable, type KeyTableOptions } from "./hashed-key-table.js";
import { SingleKeyTable } from "./single-key-table.js";
import type { KeyTable } from "./state-table.js";

/** A table for keys of these types; without types there is one key, (). */
export function createKeyTable(types: readonly DataType[], options: KeyTableOptions = { codegen: true }): KeyTable {
  return types.length === 0 ? new SingleKeyTable() : new HashedKeyTable(types, options);
}
