// Asks a broker for one partition by the bytes of Fetch version 13, and gives its answer as bytes. Shares nothing with src.
import { once } from "node:events";
import { connect } from "node:net";

const METADATA = { api: 3, version: 12 };
const FETCH = { api: 1, version: 13 };
const LARGEST_ANSWER = 2 ** 26;

/** @param {number} size @param {number | bigint} value */
function integer(size, value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes.subarray(8 - size);
}

/** @param {string} text */
function compactText(text) {
  return Buffer.concat([Buffer.from([Buffer.byteLength(text) + 1]), Buffer.from(text)]);
}

/**
 * @param {number} port
 * @param {{ api: number, version: number }} call
 * @param {Buffer} body
 * @returns {Promise<Buffer>} the body of the answer
 */
async function ask(port, { api, version }, body) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const correlation = 1;
  const header = Buffer.concat([
    integer(2, api),
    integer(2, version),
    integer(4, correlation),
    integer(2, -1),
    Buffer.of(0),
  ]);
  socket.write(Buffer.concat([integer(4, header.length + body.length), header, body]));
  let answer = Buffer.alloc(0);
  for await (const bytes of socket) {
    answer = Buffer.concat([answer, bytes]);
    if (answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0)) break;
  }
  // Length, correlation id, no tagged fields.
  return answer.subarray(9);
}

/** @param {number} port @param {string} topic @returns {Promise<Buffer>} 16 bytes */
export async function topicIdOf(port, topic) {
  const body = Buffer.concat([Buffer.of(2), Buffer.alloc(16), compactText(topic), Buffer.of(0, 0, 0, 0)]);
  const answer = await ask(port, METADATA, body);
  return answer.subarray(answer.indexOf(topic) + topic.length).subarray(0, 16);
}

/**
 * @param {number} port
 * @param {{ topicId: Buffer, offset: number, maxBytes?: number, isolation?: 0 | 1 }} position in partition 0
 */
export function rawFetch(port, { topicId, offset, maxBytes = LARGEST_ANSWER, isolation = 1 }) {
  const partition = [
    ...[integer(4, 0), integer(4, -1), integer(8, offset), integer(4, -1), integer(8, -1), integer(4, maxBytes)],
    Buffer.of(0),
  ];
  const body = Buffer.concat([
    ...[integer(4, -1), integer(4, 100), integer(4, 1), integer(4, LARGEST_ANSWER), integer(1, isolation)],
    ...[integer(4, 0), integer(4, -1)],
    ...[Buffer.of(2), topicId, Buffer.of(2), ...partition, Buffer.of(0)],
    ...[Buffer.of(1), Buffer.of(1), Buffer.of(0)],
  ]);
  return ask(port, FETCH, body);
}

/**
 * @param {Buffer} answer to a fetch of one partition
 * @returns {{ aborted: { producerId: string, firstOffset: number }[], records: Buffer }}
 */
export function partitionOf(answer) {
  let at = 4 + 2 + 4; // throttle time, error, session
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = answer[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  varint();
  at += 16;
  varint();
  at += 4;
  const error = answer.readInt16BE(at);
  if (error !== 0) throw new Error(`the broker answers with error ${error}`);
  at += 2 + 8 + 8 + 8; // error, high watermark, last stable offset, start of the log
  const aborted = [];
  for (let left = varint() - 1; left > 0; left--) {
    aborted.push({
      producerId: String(answer.readBigInt64BE(at)),
      firstOffset: Number(answer.readBigInt64BE(at + 8)),
    });
    at += 17;
  }
  at += 4;
  const length = varint() - 1;
  return { aborted, records: answer.subarray(at, at + length) };
}
