import { nodePlatform } from "./common/node-platform.js";
import type { Platform } from "./common/platform.js";
import { FrameSession } from "./dataframe/session.js";
import { LocalEngine } from "./streaming/local-engine.js";

export interface SessionOptions {
  /** Clock, files, network, terminal; the machine's unless given (tests hand in their own). */
  readonly platform?: Partial<Platform>;
  /** False forbids generated code; results are the same, slower. */
  readonly codegen?: boolean;
}

/**
 * Where everything starts: a session on this machine, running in this process.
 *
 * @example
 * const session = new Session();
 * await session.range(3).show();
 */
export class Session extends FrameSession {
  constructor(options: SessionOptions = {}) {
    const platform: Platform = { ...nodePlatform, ...options.platform };
    super({
      platform,
      engine: (registries) =>
        new LocalEngine({
          platform,
          ...registries,
          ...(options.codegen === undefined ? {} : { codegen: options.codegen }),
        }),
    });
  }
}
