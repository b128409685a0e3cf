import { PartitionLog } from "./partition-log.js";

const DEFAULT_MAX_BATCH = 1_048_588;

/** A topic: its id tells it from another of the same name. */
export class FakeTopic {
  readonly name: string;
  readonly id: string;
  readonly partitions: PartitionLog[] = [];
  readonly #configs: ReadonlyMap<string, string>;

  constructor(name: string, parts: { readonly id: string; readonly configs: ReadonlyMap<string, string> }) {
    this.name = name;
    this.id = parts.id;
    this.#configs = parts.configs;
  }

  /** New partitions are led by the nodes in turn. */
  grow(total: number, nodes: readonly number[]): void {
    for (let partition = this.partitions.length; partition < total; partition++) {
      this.partitions.push(new PartitionLog(nodes[partition % nodes.length]!));
    }
  }

  /** What `Fates` calls the log. */
  logName(partition: number): string {
    return `${this.id}-${partition}`;
  }

  get maxBatchBytes(): number {
    return Number(this.#configs.get("max.message.bytes") ?? DEFAULT_MAX_BATCH);
  }

  get compacted(): boolean {
    return (this.#configs.get("cleanup.policy") ?? "delete").split(",").includes("compact");
  }

  get stampsAppendTime(): boolean {
    return this.#configs.get("message.timestamp.type") === "LogAppendTime";
  }

  /** How far records may be ahead of the broker's clock: no limit unless the test sets one, since clocks stand still here. */
  get maxAheadMs(): number {
    return Number(this.#configs.get("message.timestamp.after.max.ms") ?? Number.POSITIVE_INFINITY);
  }
}
