import type { FakeTopic } from "./fake-topic.js";

export interface GroupOffsetValue {
  readonly offset: number;
  readonly epoch: number;
  readonly metadata: string;
}

interface Written extends GroupOffsetValue {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** Offsets of consumer groups; those of transactions count when they end well. */
export class GroupOffsets {
  #committed: readonly Written[] = [];
  readonly #pending = new Map<number, readonly Written[]>();

  commit(offsets: readonly Written[]): void {
    for (const one of offsets) this.#committed = [...this.#committed.filter((other) => !samePlace(other, one)), one];
  }

  hold(producerId: number, offsets: readonly Written[]): void {
    this.#pending.set(producerId, [...(this.#pending.get(producerId) ?? []), ...offsets]);
  }

  end(producerId: number, commit: boolean): void {
    const offsets = this.#pending.get(producerId) ?? [];
    this.#pending.delete(producerId);
    if (commit) this.commit(offsets);
  }

  get(group: string, topic: string, partition: number): GroupOffsetValue | null {
    return this.#committed.find((one) => samePlace(one, { group, topic, partition })) ?? null;
  }

  isPending(group: string, topic: string, partition: number): boolean {
    return [...this.#pending.values()].flat().some((one) => samePlace(one, { group, topic, partition }));
  }

  all(group: string): readonly Written[] {
    return this.#committed.filter((one) => one.group === group);
  }

  forgetGroup(group: string): void {
    this.#committed = this.#committed.filter((one) => one.group !== group);
  }

  forgetTopic(topic: FakeTopic): void {
    this.#committed = this.#committed.filter((one) => one.topic !== topic.name);
  }
}

type Place = Pick<Written, "group" | "topic" | "partition">;

function samePlace(one: Place, other: Place): boolean {
  return one.group === other.group && one.topic === other.topic && one.partition === other.partition;
}
