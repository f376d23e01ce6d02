#!/usr/bin/env node
// Builds what is not built yet, or was changed since, and runs the command line.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = join(root, "dist/program/cli.js");
const script = join(root, "scripts/build.js");

/** An installation without sources is built once and for all. */
async function isStale() {
  if (!existsSync(script) || !existsSync(join(root, "src"))) return false;
  const stamp = statSync(join(root, "dist/.built"), { throwIfNoEntry: false });
  if (stamp === undefined || !existsSync(entry)) return true;
  const { newest } = await import(pathToFileURL(join(root, "scripts/newest.js")).href);
  return ["src", "console"].some((folder) => newest(join(root, folder)) > stamp.mtimeMs);
}

if (await isStale()) {
  process.stderr.write("Building Trunkline …\n");
  const build = spawnSync(process.execPath, [script], {
    cwd: root,
    // What the build prints must not end up in `eval "$(npx trunkline env)"`.
    stdio: ["ignore", 2, 2],
  });
  if (build.status !== 0) process.exit(build.status ?? 1);
}
await import(pathToFileURL(entry).href);
