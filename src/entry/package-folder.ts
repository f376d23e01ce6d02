import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of the program's package: the nearest package.json above, however far above the tree was compiled to. */
export function packageFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

/** The version of the program. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8")) as { version: string };
  return version;
}
