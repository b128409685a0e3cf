import type { DataType } from "../types/data-type.js";
import { HashedKeyTable, type KeyTableOptions } from "./hashed-key-table.js";
import type { KeyField } from "./key-layout.js";
import { SingleKeyTable } from "./single-key-table.js";
import type { KeyTable } from "./state-table.js";

/** A table for keys of these types, NULL or not; without types there is one key, (). */
export function createKeyTable(types: readonly DataType[], options?: KeyTableOptions): KeyTable {
  return createKeyTableOf(
    types.map((type) => ({ type, nullable: true, windowSize: null })),
    options,
  );
}

/** A table for keys of which more is known, so that less needs to be kept and compared. */
export function createKeyTableOf(fields: readonly KeyField[], options: KeyTableOptions = { codegen: true }): KeyTable {
  return fields.length === 0 ? new SingleKeyTable() : new HashedKeyTable(fields, options);
}
