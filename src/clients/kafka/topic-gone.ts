import { UNKNOWN_TOPIC_ID } from "./error-codes.js";
import { KafkaError } from "./kafka-error.js";

/** Of a topic whose id or name is known, or both. */
export function topicGone(id: string | null, name: string | null): KafkaError {
  const named = name === null ? "The topic" : `Topic '${name}'`;
  return new KafkaError(
    "KAFKA_TOPIC_GONE",
    `${named}${id === null ? "" : ` with the id ${id}`} does not exist any more.`,
    {
      error: UNKNOWN_TOPIC_ID,
      ...(name === null ? {} : { topic: name }),
      hint: "It was deleted, or deleted and created anew, which makes it another topic.",
    },
  );
}
