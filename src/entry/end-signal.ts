import { EXIT } from "../platform/cli/index.ts";

/** Told once when the process is to end. */
export interface EndSignal {
  /** Resolves with the reason where it is a bad one. */
  readonly promise: Promise<string | undefined>;
  /** Ends it for a reason of our own. */
  fatal(reason: string): void;
}

/** Waits for SIGINT or SIGTERM, or for the end of the supervisor that started this process. A second signal ends it at once. */
export function waitForEnd(): EndSignal {
  let fatal: (reason: string) => void = () => {};
  const promise = new Promise<string | undefined>((resolve) => {
    fatal = resolve;
    let signals = 0;
    const stop = (): void => {
      signals += 1;
      if (signals > 1) process.exit(EXIT.failed);
      resolve(undefined);
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    process.once("disconnect", () => resolve(undefined));
  });
  return { promise, fatal };
}
