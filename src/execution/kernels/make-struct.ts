import { ALL_VALID } from "../../columnar/validity.js";
import type { VectorKernel } from "./vector-kernel.js";

/** struct(name, value, name, value, ...): the values' columns as they are; never NULL itself. */
export const structKernel: VectorKernel = ({ args, expression, length }) => {
  const children = args.filter((_, i) => i % 2 === 1);
  return { layout: "struct", type: expression.type, length, ...ALL_VALID, children };
};
