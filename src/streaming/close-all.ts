export interface Closable {
  close(): Promise<void>;
}

/** Closes everything, whatever fails; gives the first failure, or null. */
export async function closeAll(items: readonly Closable[]): Promise<{ readonly error: unknown } | null> {
  let failure: { readonly error: unknown } | null = null;
  for (const item of items) {
    try {
      await item.close();
    } catch (error) {
      failure ??= { error };
    }
  }
  return failure;
}
