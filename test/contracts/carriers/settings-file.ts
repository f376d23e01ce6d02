import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { carrierSettings, type ProgramSettings } from "../../../src/entry/carriers.ts";
import { loadSettings } from "../../../src/platform/config/index.ts";
import { findRoot } from "../../tidy/tree.ts";
import { temporaryFolder } from "../../kit/leftovers.ts";

let folder: string | undefined;
let count = 0;

/** The settings that a text says. Throws what a start would say of it. */
export function readSettings(text: string): ProgramSettings {
  folder ??= temporaryFolder("carriers");
  count += 1;
  const config = join(folder, `settings-${count}.yaml`);
  writeFileSync(config, text);
  return loadSettings({ flags: { config }, env: {}, cwd: folder, carrierTypes: carrierSettings });
}

/** The text of an example of `examples/carriers`. */
export function exampleText(name: string): string {
  return readFileSync(join(findRoot(import.meta.dirname), "examples", "carriers", `${name}.yaml`), "utf8");
}
