// Flatbuffers read by position, without an object per table. Every read goes through the DataView, which refuses (RangeError)
// what lies outside its bytes, and every vector is checked to lie within them: a loop over one ends.

/** The table, vector or string that the offset at `at` leads to. */
export function targetAt(view: DataView, at: number): number {
  return at + view.getUint32(at, true);
}

/** Where field `index` of a table is stored; 0 where the table leaves it out. */
export function fieldAt(view: DataView, table: number, index: number): number {
  const vtable = table - view.getInt32(table, true);
  const slot = 4 + 2 * index;
  if (slot >= view.getUint16(vtable, true)) return 0;
  const offset = view.getUint16(vtable + slot, true);
  return offset === 0 ? 0 : table + offset;
}

/** The table that field `index` must lead to. */
export function requiredTable(view: DataView, table: number, index: number): number {
  const target = tableField(view, table, index);
  if (target === 0) throw new RangeError("a table is missing");
  return target;
}

/** The table that field `index` leads to; 0 where it is left out. */
export function tableField(view: DataView, table: number, index: number): number {
  const at = fieldAt(view, table, index);
  return at === 0 ? 0 : targetAt(view, at);
}

/** The first element of the vector in field `index`, whose length is in the 4 bytes before; 0 where it is left out. */
export function vectorField(view: DataView, table: number, place: { index: number; elementBytes: number }): number {
  const vector = tableField(view, table, place.index);
  if (vector === 0) return 0;
  const end = vector + 4 + view.getUint32(vector, true) * place.elementBytes;
  if (end > view.byteLength) throw new RangeError(`a vector ends at byte ${end} of ${view.byteLength}`);
  return vector + 4;
}

export function vectorLength(view: DataView, vector: number): number {
  return vector === 0 ? 0 : view.getUint32(vector - 4, true);
}

/** An int64 that counts or places something. */
export function readCount(view: DataView, at: number): number {
  const count = view.getInt32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
  if (count < 0 || count > Number.MAX_SAFE_INTEGER) throw new RangeError(`${count} is no count`);
  return count;
}
