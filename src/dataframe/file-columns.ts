import type { MemberTypes, NullType } from "../types/data-type.js";

/** The columns of files: any may be NULL, whatever the schema says, for files are not checked before they are read. */
export type FileColumns<C> = [C] extends [infer T extends MemberTypes]
  ? { readonly [N in keyof T]: T[N] | NullType }
  : never;
