/**
 * A CRC-32 (zlib's and gzip's) of bytes; `before`: that of the bytes in front of them. Platforms that have one which is
 * faster than `crc32` hand it in.
 */
export type Crc32 = (bytes: Uint8Array, before?: number) => number;

const POLYNOMIAL = 0xedb88320;
const SLICES = 8;
const TABLES = makeTables();

/**
 * CRC-32 as in zlib and gzip, eight bytes a step ("slicing by 8", Kounavis and Berry, 2005): TABLES[s * 256 + b] is what
 * byte b does to the checksum when s more bytes follow it. The plain loop is `crc = TABLES[(crc ^ byte) & 255] ^ (crc >>> 8)`.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const t = TABLES;
  const whole = bytes.length - (bytes.length % SLICES);
  let crc = ~before;
  let i = 0;
  for (; i < whole; i += SLICES) {
    const low = crc ^ (bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
    crc =
      t[1792 + (low & 255)] ^
      t[1536 + ((low >>> 8) & 255)] ^
      t[1280 + ((low >>> 16) & 255)] ^
      t[1024 + (low >>> 24)] ^
      t[768 + bytes[i + 4]] ^
      t[512 + bytes[i + 5]] ^
      t[256 + bytes[i + 6]] ^
      t[bytes[i + 7]];
  }
  for (; i < bytes.length; i++) crc = t[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

export function crc32Hex(bytes: Uint8Array): string {
  return crcText(crc32(bytes));
}

/** Eight lower-case hexadecimal digits. */
export function crcText(crc: number): string {
  return crc.toString(16).padStart(8, "0");
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
