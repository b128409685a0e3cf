import { allocateInt64 } from "../../columnar/buffers.js";
import { ALL_VALID } from "../../columnar/validity.js";
import type { VectorKernel } from "./vector-kernel.js";

/** now(): the time of the trigger, the same for every row and in a replay. */
export const nowKernel: VectorKernel = ({ context, expression, length }) => {
  const values = allocateInt64(length).fill(context.batchTime);
  return { layout: "int64", type: expression.type, length, ...ALL_VALID, values };
};
