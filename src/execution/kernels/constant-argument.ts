import type { Constant } from "./kernel.js";

const encoder = new TextEncoder();

/** The bytes of a text or binary constant. */
export function constantBytes({ value }: Constant): Uint8Array {
  if (typeof value === "string") return encoder.encode(value);
  if (value instanceof Uint8Array) return value;
  throw new Error(`Broken invariant: a constant text is ${typeof value}`);
}

/** The text of a constant argument; its type rule has seen to it that it is one. */
export function constantText(constant: Constant | null | undefined): string {
  const value = constant?.value;
  if (typeof value !== "string") throw new Error("Broken invariant: this argument is a constant text");
  return value;
}

/** A constant whole number, where there is one. */
export function constantInteger(constant: Constant | null | undefined): number | null {
  const value = constant?.value;
  return typeof value === "number" ? value : null;
}
