export { MemoryStream } from "../sources/memory-stream.js";
export { ManualClock } from "./manual-clock.js";
