import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { AnalysedNode, WindowShape } from "./analysed-node.js";
import type { EdgeProperties } from "./properties.js";

type Windows = EdgeProperties["windows"];
const NONE: Windows = new Map();

/** Columns that hold time windows, and their shape. Sessions are not among them: their ends do not follow from their starts. */
export function inferWindows(node: AnalysedNode, inputs: readonly EdgeProperties[]): Windows {
  switch (node.kind) {
    case "scan":
    case "sessionAggregate":
      return NONE;
    case "window":
      return new Map([...inputs[0].windows, [node.schema.fields.length - 1, node.shape]]);
    case "project":
      return windowsAmong(node.columns, inputs[0].windows);
    case "aggregate":
      return windowsAmong(node.keys, inputs[0].windows);
    case "union":
      return new Map(
        [...inputs[0].windows].filter(([column, shape]) =>
          inputs.every((input) => isSameShape(input.windows.get(column), shape)),
        ),
      );
    default:
      return inputs[0].windows;
  }
}

function windowsAmong(columns: readonly ResolvedExpression[], windows: Windows): Windows {
  const found = new Map<number, WindowShape>();
  for (const [i, column] of columns.entries()) {
    const shape = column.kind === "column" ? windows.get(column.index) : undefined;
    if (shape !== undefined) found.set(i, shape);
  }
  return found;
}

export function isSameShape(a: WindowShape | undefined, b: WindowShape): boolean {
  if (a === undefined || a.size !== b.size || a.slide !== b.slide || a.offset !== b.offset) return false;
  if (a.calendar === null || b.calendar === null) return a.calendar === b.calendar;
  return (
    a.calendar.unit === b.calendar.unit && a.calendar.count === b.calendar.count && a.calendar.zone === b.calendar.zone
  );
}
