/** Who a process is, beyond its number, which another process may get. */
export interface ProcessName {
  readonly host: string;
  /** Differs after every start of the machine. */
  readonly bootId: string;
  /** Process numbers mean something within one namespace (a container has its own). */
  readonly pidNamespace: string;
  readonly pid: number;
  /** When the process started, in the platform's own unit, as text; tells two processes with one number apart. */
  readonly startTime: string;
}

/** Asks the platform about processes. */
export interface ProcessIdentity {
  self(): Promise<ProcessName>;
  /** Start time of the living process with this number in this namespace; null when there is none. */
  startTimeOf(pid: number): Promise<string | null>;
}
