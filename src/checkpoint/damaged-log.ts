/** A log file that is not what a run of this library leaves; the message says why. Never leaves this folder: see `Found`. */
export class DamagedLog extends Error {}
