/** One way to write a path: `./in//orders/` is `in/orders`. What a checkpoint compares must not depend on how it was typed. */
export function plainPath(path: string): string {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  const plain = names.join("/");
  if (path.startsWith("/")) return `/${plain}`;
  return plain === "" ? "." : plain;
}
