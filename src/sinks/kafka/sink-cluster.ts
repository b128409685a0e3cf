import type { KafkaCluster } from "../../clients/kafka/kafka-cluster.js";
import type { KafkaProducer, ProducerOptions } from "../../clients/kafka/kafka-producer.js";

/** What writing asks of a cluster. */
export interface SinkCluster extends KafkaCluster {
  producer(options: ProducerOptions): KafkaProducer;
}
