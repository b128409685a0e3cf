import { randomBytes, randomUUID } from "node:crypto";
import type { Random } from "./random.js";

export const nodeRandom: Random = {
  uuid: () => randomUUID(),
  seed: () => randomBytes(4).readUInt32LE(0),
};
