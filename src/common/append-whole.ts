import { assert } from "./assert.js";
import type { NewFile } from "./file-system.js";

/** Writes all bytes, however few the file takes at a time. `meanwhile` is called with them while the first are being written. */
export async function appendWhole(
  file: NewFile,
  bytes: Uint8Array,
  meanwhile?: (bytes: Uint8Array) => void,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const writing = file.write(bytes.subarray(at));
    if (at === 0) meanwhile?.(bytes);
    const taken = await writing;
    assert(taken > 0, "a file takes at least one byte per write");
    at += taken;
  }
}
