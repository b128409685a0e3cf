import { lazyKernel } from "./kernel.js";
import { noNulls } from "./lane-column.js";

/** struct(name, value, name, value, ...): the values' columns as they are; never NULL itself. */
export const struct = lazyKernel(({ type }, args) => {
  const members = args.filter((_, i) => i % 2 === 1);
  return {
    evaluate: (batch, rows) => ({
      ...noNulls(type, batch.length),
      layout: "struct",
      children: members.map((member) => member.evaluate(batch, rows)),
    }),
  };
});
