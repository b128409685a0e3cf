/** The bytes that one partition answered a fetch with, and which of its records count. */
export interface RecordSpan {
  readonly topic: string;
  readonly partition: number;
  /** Record batches of format 2 one after the other; the last may be cut off. They are written to: values move together in place. */
  readonly bytes: Uint8Array;
  /** As the broker sent it: in no order. */
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: number }[];
  /** Records below are skipped. */
  readonly from: number;
  /** Records from here on are skipped. */
  readonly to: number;
}
