/**
 * Loaded before a program of ours (`node --import`), it shifts the wall clock of the process
 * with the name in CHAOS_SKEW_NAME by as many milliseconds as stand in the file CHAOS_SKEW_FILE.
 * Every other process is left alone, and so is the monotonic clock, as on a machine whose time is set.
 */
import { readFileSync } from "node:fs";

const POLL_MS = 100;
const { TRUNKLINE_NAME: name, CHAOS_SKEW_NAME: victim, CHAOS_SKEW_FILE: path } = process.env;

if (path !== undefined && name === victim) {
  const RealDate = Date;
  const now = Date.now.bind(Date);
  let skewMs = 0;
  setInterval(() => {
    try {
      skewMs = Number(readFileSync(path, "utf8"));
    } catch {
      skewMs = 0;
    }
  }, POLL_MS).unref();
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(
        target,
        args.length === 0 ? [now() + skewMs] : args,
        newTarget === globalThis.Date ? target : newTarget,
      ) as Date,
    apply: () => new RealDate(now() + skewMs).toString(),
    get: (target, key) => (key === "now" ? () => now() + skewMs : (Reflect.get(target, key) as unknown)),
  });
}
