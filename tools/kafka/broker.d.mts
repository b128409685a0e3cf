/** See `broker.mjs`: its types for TypeScript that imports it. */
export interface BrokerOptions {
  readonly directory: string;
  readonly port?: number;
  readonly version?: string | undefined;
  readonly extra?: readonly string[];
  readonly format?: readonly string[];
}

export declare class Broker {
  constructor(options: BrokerOptions);
  readonly port: number;
  readonly jars: string;
  readonly directory: string;
  readonly address: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  continue(): void;
  remove(): Promise<void>;
}

export declare function startBroker(options: BrokerOptions): Promise<Broker>;
