// When anything below a folder was last changed.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The time of the newest file below `path`, in epoch milliseconds; 0 where there is none. */
export function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  let latest = 0;
  for (const name of readdirSync(path)) {
    if (name !== "node_modules") latest = Math.max(latest, newest(join(path, name)));
  }
  return latest;
}
