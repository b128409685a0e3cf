import { StreamingRefusal } from "../../common/millrace-error.js";
import type { AnalysedLateFilter } from "../../plan/analysed-node.js";
import { nodesOf } from "../../plan/map-inputs.js";
import type { StreamingPlan } from "../../plan/streaming-plan.js";
import type { Field, Schema } from "../../types/data-type.js";
import { formatType } from "../../types/format-type.js";
import { sameType } from "../../types/same-type.js";
import { int64, timestamp, utf8 } from "../../types/type-constructors.js";

/**
 * What is told of a late row beside its columns: which operator it missed, the bound it fell below (NULL where that is
 * a plain integer), and by how much: microseconds, or the integer's own unit.
 */
export const LATE_FIELDS: readonly Field[] = [
  { name: "_operator", type: utf8(), nullable: false },
  { name: "_bound", type: timestamp(), nullable: true },
  { name: "_lateness", type: int64(), nullable: false },
];

/** Schema of the late rows of one operator: its input, then LATE_FIELDS. */
export function lateRowsSchemaOf(node: AnalysedLateFilter): Schema {
  return { fields: [...node.schema.fields, ...LATE_FIELDS] };
}

/**
 * Schema of the late rows of a whole plan: the columns of all its operators by name, then LATE_FIELDS. `conformLateRows`
 * brings the rows of one operator to it.
 * @throws StreamingRefusal LATE_ROWS_COLUMNS when two operators have a column of one name and different types
 */
export function lateRowsSchema(plan: StreamingPlan): Schema {
  const fields = new Map<string, Field>();
  const filters = [...nodesOf(plan.root)].filter((node) => node.kind === "lateFilter");
  for (const { schema, operatorName } of filters) {
    for (const field of schema.fields) {
      const known = fields.get(field.name) ?? field;
      if (!sameType(known.type, field.type)) refuseMixed(known, field, operatorName);
      const isEverywhere = filters.every((filter) => filter.schema.fields.some(({ name }) => name === field.name));
      fields.set(field.name, { ...field, nullable: known.nullable || field.nullable || !isEverywhere });
    }
  }
  return { fields: [...fields.values(), ...LATE_FIELDS] };
}

function refuseMixed(known: Field, other: Field, operatorName: string): never {
  const what = `Late rows of several operators go to one sink, but column "${known.name}" is ${formatType(known.type)} in one and ${formatType(other.type)} at ${operatorName}.`;
  throw new StreamingRefusal("LATE_ROWS_COLUMNS", what, {
    hint: "Rename the column in one of them, or read query.lateRows(operator) instead.",
  });
}
