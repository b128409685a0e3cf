let allowed: boolean | null = null;

/** Whether this place lets functions be made from text (a content security policy may not). Asked once. */
export function codegenAllowed(): boolean {
  allowed ??= probe();
  return allowed;
}

function probe(): boolean {
  try {
    return new Function("return 1;")() === 1;
  } catch {
    return false;
  }
}
