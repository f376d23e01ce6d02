// Joins the compiled program into few files below dist/program/, because a process that starts should not look for
// 1,400 of them first (docs/decisions/0020-the-program-is-bundled.md).
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { newest } from "./newest.js";

/** What is started as a process or a thread. They lie side by side, where each finds the others. */
const ENTRIES = {
  cli: "dist/src/entry/cli.js",
  "webhook-thread": "dist/src/entry/webhook-thread.js",
  "duckdb-child": "dist/src/adapters/duckdb/duckdb-child.js",
};

/** Bundles what `tsc` has written below `root`, unless nothing was changed since the last time. */
export async function bundle(root) {
  const stamp = join(root, "dist/program/.built");
  const latest = Math.max(newest(join(root, "dist/src")), newest(join(root, "scripts/bundle.js")));
  if (existsSync(stamp) && latest <= statSync(stamp).mtimeMs) return;
  const build = await rolldown({
    cwd: root,
    input: ENTRIES,
    platform: "node",
    // Packages are loaded from where npm has put them.
    external: /^[^./]/,
    // Our modules do nothing by being loaded; what a process does not use it does not load.
    treeshake: { moduleSideEffects: (id) => Object.values(ENTRIES).some((entry) => id.endsWith(entry)) },
  });
  await build.write({
    dir: join(root, "dist/program"),
    format: "esm",
    // Stack traces name the sources by them. The sources themselves are not needed for that.
    sourcemap: true,
    sourcemapExcludeSources: true,
    // Names without a hash: a program that runs while it is built anew still finds what it has not loaded yet.
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
  });
  await build.close();
  writeFileSync(stamp, "");
}
