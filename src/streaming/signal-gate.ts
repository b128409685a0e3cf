/** A place where a loop waits until somebody has news: wakes are never lost between two waits. */
export class SignalGate {
  #pending = false;
  #release: (() => void) | null = null;

  /** Wakes the waiter, or lets the next wait return at once. */
  open(): void {
    this.#pending = true;
    this.#release?.();
  }

  async wait(): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        this.#release = resolve;
      });
      this.#release = null;
    }
    this.#pending = false;
  }
}
