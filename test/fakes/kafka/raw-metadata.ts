import type { RawClient } from "./raw-client.js";
import type { WireReader } from "./wire-reader.js";

export interface RawTopic {
  readonly error: number;
  readonly name: string | null;
  readonly id: string;
  readonly internal: boolean;
  readonly leaders: readonly (readonly [node: number, epoch: number])[];
}

/** Metadata of these topics, or of all. Throws a RangeError where the answer is longer than it should be. */
export async function describeTopics(
  client: RawClient,
  names: readonly string[] | null,
  node: number | null = 1,
): Promise<{ readonly nodes: readonly number[]; readonly topics: readonly RawTopic[] }> {
  const answer = await client.ask(
    "Metadata",
    (to) => {
      if (names === null) to.uvarint(0);
      else to.array(names, (name) => to.uuid("0".repeat(32)).string(name).tags());
      to.bool(false).bool(false).tags();
    },
    node,
  );
  answer.int32();
  const nodes = answer.array(readNode);
  answer.nullableString();
  answer.int32();
  const topics = answer.array(readTopic);
  answer.tags();
  if (answer.left > 0) throw new RangeError(`${answer.left} bytes behind the topics`);
  return { nodes, topics };
}

function readNode(from: WireReader): number {
  const node = from.int32();
  from.string();
  from.int32();
  from.nullableString();
  from.tags();
  return node;
}

function readTopic(from: WireReader): RawTopic {
  const head = { error: from.int16(), name: from.nullableString(), id: from.uuid(), internal: from.bool() };
  const leaders = from.array(readLeader);
  from.int32();
  from.tags();
  return { ...head, leaders };
}

function readLeader(from: WireReader): readonly [number, number] {
  from.int16();
  from.int32();
  const leader = [from.int32(), from.int32()] as const;
  for (let list = 0; list < 3; list++) from.array((replica) => replica.int32());
  from.tags();
  return leader;
}
