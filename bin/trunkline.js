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
const isStale = existsSync(sources) && (!existsSync(entry) || newest(sources) > statSync(join(root, "dist/.built")).mtimeMs);
if (isStale) {
  process.stderr.write("Building Trunkline …\n");
  const build = spawnSync(process.execPath, [join(root, "scripts/build.js")], { cwd: root, stdio: "inherit" });
  if (build.status !== 0) process.exit(build.status ?? 1);
}
await import(pathToFileURL(entry).href);
