/** Freezes what is not frozen yet of plain data: expressions, plan nodes. Bytes cannot be frozen: whoever makes a literal of them copies them. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
