/** What is wrong with a batch, in a sentence; whoever knows its place makes the user's error of it. */
export class BatchDamage extends Error {
  readonly code: "KAFKA_RECORD_DAMAGED" | "KAFKA_BATCH_TOO_LARGE";

  constructor(message: string, options: { code?: BatchDamage["code"]; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? "KAFKA_RECORD_DAMAGED";
  }
}
