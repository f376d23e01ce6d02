#!/usr/bin/env node
// Builds what is not built yet, or was changed since, and runs the command line.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = join(root, "dist/src/entry/cli.js");

function newest(folder) {
  let latest = 0;
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, item.name);
    latest = Math.max(latest, item.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

const sources = join(root, "src");
const stamp = join(root, "dist/.built");
const isBuilt = existsSync(entry) && existsSync(stamp);
const isStale = existsSync(sources) && (!isBuilt || newest(sources) > statSync(stamp).mtimeMs);
if (isStale) {
  process.stderr.write("Building Trunkline …\n");
  const build = spawnSync(process.execPath, [join(root, "scripts/build.js")], {
    cwd: root,
    // What the build prints must not end up in `eval "$(npx trunkline env)"`.
    stdio: ["ignore", 2, 2],
  });
  if (build.status !== 0) process.exit(build.status ?? 1);
}
await import(pathToFileURL(entry).href);
