let identity = iota(16_384);

/** [0, 1, 2, …] with at least `count` entries: the selection of a chunk that has none. Read only. */
export function identityRows(count: number): Int32Array {
  if (identity.length < count) identity = iota(Math.max(count, identity.length * 2));
  return identity;
}

function iota(count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) rows[i] = i;
  return rows;
}
