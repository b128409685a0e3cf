/** An error code in the answer (nothing is done), or nothing arrives there, or all is done and nothing comes back: both reject as a connection that closed. */
export type Fault = number | "lost request" | "lost reply";

/** Which calls go wrong. */
export class Faults {
  readonly #counts = new Map<string, number>();
  readonly #planned = new Map<string, Fault>();

  /** The nth call from now on. */
  plan(api: string, nth: number, fault: Fault): void {
    this.#planned.set(`${api} ${this.count(api) + nth}`, fault);
  }

  count(api: string): number {
    return this.#counts.get(api) ?? 0;
  }

  /** Counts the call: its number from 1, and what goes wrong with it. */
  next(api: string): { readonly nth: number; readonly fault: Fault | null } {
    const nth = this.count(api) + 1;
    this.#counts.set(api, nth);
    return { nth, fault: this.#planned.get(`${api} ${nth}`) ?? null };
  }
}
