import { Column } from "../column-expression.js";
import { columnPath } from "../column-path.js";
import type { Every, Ref } from "../column-term.js";

/** A column of the frame by name; `window.start` is a member of a struct, "*" every column. */
export function col<N extends string>(name: N): Column<N extends "*" ? Every : Ref<N>> {
  return new Column(columnPath(name));
}
