import type { PartitionLeader } from "./kafka-cluster.js";

/** Something that is asked of the leader of its partition. */
export interface Led<T> {
  readonly item: T;
  readonly leader: PartitionLeader;
}

/** By the leader's id, in the order of the first of each. */
export function byLeader<T>(items: readonly Led<T>[]): ReadonlyMap<number, readonly Led<T>[]> {
  const groups = new Map<number, Led<T>[]>();
  for (const led of items) {
    const group = groups.get(led.leader.leader);
    if (group === undefined) groups.set(led.leader.leader, [led]);
    else group.push(led);
  }
  return groups;
}
