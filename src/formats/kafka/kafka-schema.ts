import type { Schema } from "../../types/data-type.js";
import {
  binary,
  int32,
  int64,
  list,
  required,
  schemaOf,
  struct,
  timestamp,
  utf8,
} from "../../types/type-constructors.js";

const RECORD_COLUMNS = {
  key: binary(),
  value: binary(),
  topic: required(utf8()),
  partition: required(int32()),
  offset: required(int64()),
  timestamp: timestamp(),
  timestampType: required(int32()),
};

const PLAIN = schemaOf(RECORD_COLUMNS);
const WITH_HEADERS = schemaOf({
  ...RECORD_COLUMNS,
  headers: list(struct({ key: required(utf8()), value: binary() }), false),
});

/** The columns of a Kafka source, as Spark's; `headers` (NULL for a record that has none) only when asked for. */
export function kafkaSchema(includeHeaders: boolean): Schema {
  return includeHeaders ? WITH_HEADERS : PLAIN;
}
