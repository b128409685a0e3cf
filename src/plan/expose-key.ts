import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { Field } from "../types/data-type.js";
import type { AnalysedNode, AnalysedProject } from "./analysed-node.js";
import { inferProperties } from "./infer-properties.js";
import { carriersOf } from "./key-carriers.js";
import { columnAt } from "./rewrite-expression.js";
import { uniqueName } from "./unique-name.js";

/** A plan whose columns hold a key: those it had, then hidden ones. */
export interface Exposed {
  readonly node: AnalysedNode;
  /** Ordinals of the key. */
  readonly key: readonly number[];
}

/**
 * Hands a key that projections dropped, or packed with other columns, on as hidden columns (DESIGN 4.3). null when the
 * rows never had a key, or an operator on the way ended it.
 */
export function exposeKey(node: AnalysedNode): Exposed | null {
  const key = shortest(inferProperties(node).keys);
  if (key !== null) return { node, key };
  switch (node.kind) {
    case "project": {
      const below = exposeKey(node.input);
      return below === null ? null : throughProjection(node, below);
    }
    case "filter": {
      const below = exposeKey(node.input);
      return below === null
        ? null
        : { node: { ...node, input: below.node, schema: below.node.schema }, key: below.key };
    }
    default:
      return null;
  }
}

function shortest(keys: readonly (readonly number[])[]): readonly number[] | null {
  return keys.reduce<readonly number[] | null>(
    (best, key) => (best === null || key.length < best.length ? key : best),
    null,
  );
}

/** The columns of `below.node` are those of the projection's own input, then hidden ones, so ordinals stay valid. */
function throughProjection(project: AnalysedProject, { node: input, key }: Exposed): Exposed {
  const { carriers, missing } = carriersOf(key, project.columns, inferProperties(input));
  const columns: ResolvedExpression[] = [...project.columns];
  const fields: Field[] = [...project.schema.fields];
  const hidden = missing.map((ordinal) => {
    const column = columnAt(input.schema.fields, ordinal);
    columns.push(column);
    fields.push({
      name: uniqueName(
        column.name,
        fields.map((field) => field.name),
      ),
      type: column.type,
      nullable: column.nullable,
    });
    return columns.length - 1;
  });
  return { node: { ...project, input, columns, schema: { fields } }, key: [...carriers, ...hidden] };
}
