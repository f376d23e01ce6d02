import type { Logger } from "../../src/platform/ports.ts";

/** A logger that says nothing, for tests that do not look at the log. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
