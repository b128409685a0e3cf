import type { FunctionName } from "../../expressions/function-name.js";
import { lowerKernel, upperKernel } from "./change-case.js";
import { concatKernel } from "./concat-text.js";
import { elementAtKernel } from "./element-at.js";
import { fromJsonKernel, toJsonKernel } from "./json-kernels.js";
import type { Kernel } from "./kernel.js";
import { sizeKernel } from "./list-size.js";
import { structKernel } from "./make-struct.js";
import { splitKernel } from "./split-text.js";
import { substringKernel } from "./substring.js";
import { lengthKernel } from "./text-length.js";
import { containsKernel, endsWithKernel, startsWithKernel } from "./text-search.js";
import { toDateKernel } from "./to-date.js";
import { toTimestampKernel } from "./to-timestamp.js";
import { trimKernel } from "./trim.js";
import { vectorAsKernel } from "./vector-as-kernel.js";
import type { VectorKernel } from "./vector-kernel.js";

const VECTOR_KERNELS = {
  upper: upperKernel,
  lower: lowerKernel,
  length: lengthKernel,
  trim: trimKernel,
  substring: substringKernel,
  concat: concatKernel,
  split: splitKernel,
  startsWith: startsWithKernel,
  endsWith: endsWithKernel,
  contains: containsKernel,
  toTimestamp: toTimestampKernel,
  toDate: toDateKernel,
  size: sizeKernel,
  elementAt: elementAtKernel,
  struct: structKernel,
  fromJson: fromJsonKernel,
  toJson: toJsonKernel,
} satisfies Partial<Record<FunctionName, VectorKernel>>;

type VectorName = keyof typeof VECTOR_KERNELS;

/** The functions over text, nested values and JSON, as the table of all kernels holds them. */
export const vectorKernels: Readonly<Record<VectorName, Kernel>> = Object.freeze(
  Object.fromEntries(
    Object.entries(VECTOR_KERNELS).map(([name, kernel]) => [name, vectorAsKernel(name as VectorName, kernel)]),
  ) as Record<VectorName, Kernel>,
);
