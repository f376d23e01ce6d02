// Compiles everything to dist/, joins the program in dist/program/ and the console in dist/console/, and notes when.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.js";
import { newest } from "./newest.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a program of a package; ends this one when it fails. */
function run(program, ...options) {
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", program), ...options], {
    cwd: root,
    // What a build prints must not end up in `eval "$(npx trunkline env)"`, nor in the last line of the tests.
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** What the browser's code is made of: its own folder, and the pure code that both sides share. */
const CONSOLE_SOURCES = ["console", "src/protocols", "package-lock.json"];

function buildConsole() {
  const stamp = join(root, "dist/console/.built");
  const latest = Math.max(...CONSOLE_SOURCES.map((path) => newest(join(root, path))));
  if (existsSync(stamp) && latest <= statSync(stamp).mtimeMs) return;
  run("vite/bin/vite.js", "build", "console", "--logLevel", "warn");
  // Its tests run in Node.
  run("typescript/bin/tsc", "-p", join(root, "console/tsconfig.test.json"));
  writeFileSync(stamp, "");
}

mkdirSync(join(root, "dist"), { recursive: true });
run("typescript/bin/tsc", "-p", join(root, "tsconfig.json"));
await bundle(root);
if (existsSync(join(root, "console/vite.config.ts"))) buildConsole();
writeFileSync(join(root, "dist/.built"), "");
