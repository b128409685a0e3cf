/** The rows to look at: `count` entries of `sel`, or the rows 0..count-1. */
export interface SelectedRows {
  readonly sel: Int32Array | null;
  readonly count: number;
}
