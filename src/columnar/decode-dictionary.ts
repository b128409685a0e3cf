import type { Column, DictionaryColumn } from "./column.js";
import { takeColumn } from "./take.js";

/** The column with every dictionary in it, at any depth, turned into plain text; the column itself when there is none. */
export function plainColumn(column: Column): Column {
  switch (column.layout) {
    case "dictionary":
      return decode(column);
    case "list": {
      const elements = plainColumn(column.elements);
      return elements === column.elements ? column : { ...column, elements };
    }
    case "struct": {
      const children = column.children.map(plainColumn);
      return children.every((child, i) => child === column.children[i]) ? column : { ...column, children };
    }
    default:
      return column;
  }
}

function decode(column: DictionaryColumn): Column {
  const texts = takeColumn(column.dictionary, column.indices, column.length);
  if (texts.layout !== "bytes") return texts;
  return { ...texts, nullCount: column.nullCount, validity: column.validity };
}
