/** The commands of the command line. One file and one line each. */
import type { Command } from "../../platform/cli/index.ts";
import { up } from "./up.ts";

export const commands: readonly Command[] = [up];
