import { assert } from "./assert.js";
import type { NewFile } from "./file-system.js";

/** Writes all bytes, however few the file takes at a time. */
export async function appendWhole(file: NewFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const taken = await file.write(bytes.subarray(at));
    assert(taken > 0, "a file takes at least one byte per write");
    at += taken;
  }
}
