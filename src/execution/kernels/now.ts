import { constantColumn } from "../../columnar/constant-column.js";
import { lazyKernel } from "./kernel.js";

/** The time of the trigger: the same for all its rows, and in a replay. */
export const now = lazyKernel(
  ({ type }) => ({ evaluate: ({ length, context }) => constantColumn(type, context.batchTime, length) }),
  () => (writer) => writer.bigValue("T", null),
);
