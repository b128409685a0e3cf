import type { Column } from "../../columnar/column.js";
import type { ChangedSlots } from "../../state/changed-slots.js";
import { identityRows } from "../../state/identity-rows.js";
import { type KeyFacts, KeyTablePart } from "../../state/key-table-part.js";
import type { KeyTable } from "../../state/state-table.js";
import type { Field } from "../../types/data-type.js";
import type { AccumulatorSet } from "./accumulator-set.js";
import type { GroupExpiry } from "./group-expiry.js";

export interface GroupPartOptions {
  readonly keys: readonly Field[];
  readonly table: KeyTable;
  readonly accumulators: AccumulatorSet;
  readonly expiry: GroupExpiry;
  /** Groups that triggers have touched since the last capture. */
  readonly changed: ChangedSlots;
  /** Makes room for the groups of the table. */
  readonly grow: () => void;
  readonly values: NonNullable<KeyFacts["values"]>;
}

/** The groups of a hash aggregate as state: the slot is the group, the row its key, its rows and its accumulators. */
export function groupPart(options: GroupPartOptions): KeyTablePart {
  const { keys, table, accumulators, expiry, changed, grow, values } = options;
  const removeFromExpiry = (groups: Int32Array): void => {
    for (const group of groups) expiry.remove(group);
  };
  const facts: KeyFacts = {
    fields: accumulators.fields,
    save: (groups) => accumulators.save(groups),
    forget: (groups) => {
      removeFromExpiry(groups);
      accumulators.forget(groups);
    },
    load: (groups: Int32Array, keyColumns: readonly Column[], states: readonly Column[]) => {
      grow();
      removeFromExpiry(groups);
      expiry.add({ groups, rows: identityRows(groups.length), count: groups.length }, keyColumns);
      accumulators.load(groups, states);
    },
    values,
  };
  return new KeyTablePart({ name: "groups", table, keys, changed, facts });
}
