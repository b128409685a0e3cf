import { KafkaError } from "./kafka-error.js";
import { unsupportedClient } from "./kafkajs-cluster.js";

const AUTHENTICATION = ["SASL_AUTHENTICATION_FAILED", "UNSUPPORTED_SASL_MECHANISM", "ILLEGAL_SASL_STATE"];
const TLS_CODES =
  /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT)|HOSTNAME_MISMATCH|EPROTO)/;

/**
 * What an error of kafkajs means: a KafkaError where no other attempt can help (the password is wrong), or an error that
 * names the broker.
 */
export function kafkajsFailure(error: unknown, address: string): Error {
  if (error instanceof KafkaError) return error;
  const root = rootOf(error);
  const text = `${address}: ${root.message.replace(/^Connection error: /, "")}`;
  if (root.name === "KafkaJSSASLAuthenticationError" || AUTHENTICATION.includes(textOf(root, "type"))) {
    return new KafkaError("KAFKA_AUTHENTICATION", `${text}.`, {
      hint: "Check mechanism, username and password of the option sasl.",
      cause: error,
    });
  }
  if (TLS_CODES.test(textOf(root, "code"))) {
    return new KafkaError("KAFKA_TLS", `${text}.`, {
      hint: "Check the option ssl: the certificate authority (ca) that signed the broker's certificate, and the name in it.",
      cause: error,
    });
  }
  if (root instanceof TypeError || root instanceof ReferenceError) {
    return unsupportedClient(`kafkajs failed in its own code (${root.message})`, error);
  }
  return new Error(text, { cause: error });
}

/** kafkajs wraps what happened in errors that say how often it was tried. */
function rootOf(error: unknown): Error {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root instanceof Error ? root : new Error(String(root));
}

function textOf(error: Error, name: string): string {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : "";
}
