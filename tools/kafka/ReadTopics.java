import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.StringJoiner;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Prints topics as Kafka's own consumer reads them, from their beginning to their end (with read_committed: to the last stable
 * offset). Arguments: the broker, the isolation level, the topics. A line for each record: topic, partition, offset, timestamp,
 * its type, key, value, headers, by tabs; bytes as hexadecimal digits, null as "-", headers as key=value by commas.
 */
public class ReadTopics {
  private static final HexFormat HEX = HexFormat.of();

  public static void main(String[] args) throws IOException {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", args[0]);
    properties.put("isolation.level", args[1]);
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "none");
    properties.put("max.poll.records", "10000");
    properties.put("client.id", "reference");
    properties.put("default.api.timeout.ms", "180000");
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, bytes, bytes);
        BufferedWriter out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8))) {
      List<TopicPartition> partitions =
          Arrays.stream(args).skip(2)
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      // Positions move over records that are not delivered, so they reach the end in every case.
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) print(record, out);
        }
      }
    } catch (RuntimeException error) {
      error.printStackTrace();
      System.exit(1);
    }
  }

  private static void print(ConsumerRecord<byte[], byte[]> record, BufferedWriter out) throws IOException {
    StringJoiner headers = new StringJoiner(",");
    for (Header header : record.headers()) headers.add(header.key() + "=" + hex(header.value()));
    StringJoiner line = new StringJoiner("\t", "", "\n");
    line.add(record.topic()).add(Integer.toString(record.partition())).add(Long.toString(record.offset()));
    line.add(Long.toString(record.timestamp())).add(Integer.toString(record.timestampType().id));
    line.add(hex(record.key())).add(hex(record.value())).add(headers.toString());
    out.write(line.toString());
  }

  private static String hex(byte[] bytes) {
    return bytes == null ? "-" : HEX.formatHex(bytes);
  }
}
