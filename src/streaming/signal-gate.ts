/** A place where a loop waits until somebody has news: what opens it after the last `clear` is never lost. */
export class SignalGate {
  #pending = false;
  #release: (() => void) | null = null;

  /** Wakes the waiter, or lets the next wait return at once. */
  open(): void {
    this.#pending = true;
    this.#release?.();
  }

  /** The loop is about to look at everything there is: news so far need not wake it again. */
  clear(): void {
    this.#pending = false;
  }

  async wait(): Promise<void> {
    if (this.#pending) return;
    await new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.#release = null;
  }
}
