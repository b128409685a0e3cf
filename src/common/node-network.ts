import { createConnection, type Socket } from "node:net";
import type { Connection, Network } from "./network.js";

export const nodeNetwork: Network = { connect };

async function connect(host: string, port: number, signal: AbortSignal): Promise<Connection> {
  const socket = await opened(host, port, signal);
  return {
    chunks: plainChunks(socket),
    close: async () => {
      socket.destroy();
    },
  };
}

function opened(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, signal });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

/** Buffers become plain Uint8Arrays: one array class on every path that reads bytes. */
async function* plainChunks(socket: Socket): AsyncGenerator<Uint8Array> {
  for await (const buffer of socket as AsyncIterable<Buffer>) {
    yield new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }
}
