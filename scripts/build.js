// Compiles the tree to dist/ and notes when.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = join(root, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.json")], { stdio: "inherit" });
if (status === 0) {
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(join(root, "dist/.built"), "");
}
process.exit(status ?? 1);
