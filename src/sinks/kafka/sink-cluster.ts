import type { KafkaCluster } from "../../clients/kafka/kafka-cluster.js";
import type { KafkaProducer } from "../../clients/kafka/kafka-producer.js";
import type { ProducerOptions } from "../../clients/kafka/wire-cluster.js";

/** What writing asks of a cluster. */
export interface SinkCluster extends KafkaCluster {
  producer(options: ProducerOptions): KafkaProducer;
}
