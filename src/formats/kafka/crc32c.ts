const POLYNOMIAL = 0x82f63b78;
const SLICES = 16;

/** CRC-32C (Castagnoli) of bytes[from, to). */
export const crc32c = makeCrc32c();

/**
 * Sixteen bytes a step ("slicing", Kounavis and Berry, 2005): table s says what a byte does to the checksum when s more bytes
 * follow it. Whole words are read, so that the first bytes go one by one. A function's own constants, each of known length,
 * let the compiler leave every bounds check of the tables out: a third faster than one table in the module.
 */
function makeCrc32c(): (bytes: Uint8Array, from: number, to: number) => number {
  const [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15] = makeTables();

  const bytewise = (bytes: Uint8Array, { from, to }: { from: number; to: number }, before: number): number => {
    let crc = before;
    for (let i = from; i < to; i++) crc = t0[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
    return crc;
  };

  return (bytes, from, to) => {
    const aligned = from + (-(bytes.byteOffset + from) & 3);
    if (to - aligned < SLICES) return ~bytewise(bytes, { from, to }, -1) >>> 0;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, ((to - aligned) >> 4) << 2);
    let crc = bytewise(bytes, { from, to: aligned }, -1);
    for (let i = 0; i < words.length; i += 4) {
      const a = crc ^ words[i];
      const b = words[i + 1];
      const c = words[i + 2];
      const d = words[i + 3];
      crc =
        t15[a & 255] ^
        t14[(a >>> 8) & 255] ^
        t13[(a >>> 16) & 255] ^
        t12[a >>> 24] ^
        t11[b & 255] ^
        t10[(b >>> 8) & 255] ^
        t9[(b >>> 16) & 255] ^
        t8[b >>> 24] ^
        t7[c & 255] ^
        t6[(c >>> 8) & 255] ^
        t5[(c >>> 16) & 255] ^
        t4[c >>> 24] ^
        t3[d & 255] ^
        t2[(d >>> 8) & 255] ^
        t1[(d >>> 16) & 255] ^
        t0[d >>> 24];
    }
    return ~bytewise(bytes, { from: aligned + words.byteLength, to }, crc) >>> 0;
  };
}

function makeTables(): readonly Int32Array[] {
  const tables = Array.from({ length: SLICES }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[0][byte] = crc;
  }
  for (let slice = 1; slice < SLICES; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[slice - 1][byte];
      tables[slice][byte] = tables[0][before & 255] ^ (before >>> 8);
    }
  }
  return tables;
}
