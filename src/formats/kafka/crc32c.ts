const POLYNOMIAL = 0x82f63b78;
const SLICES = 16;
const TABLES = makeTables();

/**
 * CRC-32C (Castagnoli) of bytes[from, to), sixteen bytes a step ("slicing", Kounavis and Berry, 2005): TABLES[s * 256 + b]
 * is what byte b does to the checksum when s more bytes follow it. Reads whole words, so that the first bytes go one by one.
 */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  const t = TABLES;
  const aligned = Math.min(to, from + (-(bytes.byteOffset + from) & 3));
  let crc = bytewise(bytes, { from, to: aligned }, -1);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, ((to - aligned) >> 4) << 2);
  for (let i = 0; i < words.length; i += 4) {
    const a = crc ^ words[i];
    const b = words[i + 1];
    const c = words[i + 2];
    const d = words[i + 3];
    crc =
      t[3840 + (a & 255)] ^
      t[3584 + ((a >>> 8) & 255)] ^
      t[3328 + ((a >>> 16) & 255)] ^
      t[3072 + (a >>> 24)] ^
      t[2816 + (b & 255)] ^
      t[2560 + ((b >>> 8) & 255)] ^
      t[2304 + ((b >>> 16) & 255)] ^
      t[2048 + (b >>> 24)] ^
      t[1792 + (c & 255)] ^
      t[1536 + ((c >>> 8) & 255)] ^
      t[1280 + ((c >>> 16) & 255)] ^
      t[1024 + (c >>> 24)] ^
      t[768 + (d & 255)] ^
      t[512 + ((d >>> 8) & 255)] ^
      t[256 + ((d >>> 16) & 255)] ^
      t[d >>> 24];
  }
  crc = bytewise(bytes, { from: aligned + words.byteLength, to }, crc);
  return ~crc >>> 0;
}

function bytewise(bytes: Uint8Array, { from, to }: { from: number; to: number }, before: number): number {
  let crc = before;
  for (let i = from; i < to; i++) crc = TABLES[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return crc;
}

function makeTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256];
    tables[i] = tables[before & 255] ^ (before >>> 8);
  }
  return tables;
}
