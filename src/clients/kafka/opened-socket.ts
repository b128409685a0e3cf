import { MillraceError } from "../../common/millrace-error.js";
import type { KafkaSocket, KafkaSocketProvider } from "./kafka-socket.js";
import { PassingFailure } from "./passing-failure.js";
import type { RetryPolicy } from "./retries.js";
import { unlessAborted } from "./unless-aborted.js";

/** One attempt to connect, not longer than the deadline. A socket that comes too late is closed. */
export async function openedSocket(
  provider: KafkaSocketProvider,
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
): Promise<KafkaSocket> {
  let isLate = false;
  const opening = opened(provider, () => isLate);
  try {
    return await unlessAborted([policy.closed, signal], async (done) => {
      const silence = policy.clock.sleep(policy.deadlineMs, done).then(() => null);
      const socket = await Promise.race([opening, silence]);
      if (socket !== null) return socket;
      throw new PassingFailure("silent", `${provider.label} did not answer within ${policy.deadlineMs} ms`);
    });
  } catch (failure) {
    isLate = true;
    throw failure;
  }
}

async function opened(provider: KafkaSocketProvider, isLate: () => boolean): Promise<KafkaSocket> {
  try {
    const socket = await provider.openSocket();
    if (isLate()) await socket.close();
    return socket;
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PassingFailure("unreachable", `connecting to ${provider.label} failed: ${why}`, { cause });
  }
}
