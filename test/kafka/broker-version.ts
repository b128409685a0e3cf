/** The version of Apache Kafka that the suites run against. */
export const VERSION = process.env["MILLRACE_KAFKA_VERSION"] ?? "4.4.0";
