import type { Logger } from "../../src/platform/ports.ts";

const ignore = (): void => undefined;
const show =
  (level: string) =>
  (event: string, fields?: object): void =>
    console.error(level, event, JSON.stringify(fields ?? {}));

/** Shows errors on the error output, and nothing else. */
export const quietLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: show("error"),
  child: () => quietLogger,
};
