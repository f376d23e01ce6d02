/** The commands of the command line. One file and one line each. */
import type { Command } from "../../platform/cli/index.ts";
import { all } from "./all.ts";
import { cell } from "./cell.ts";
import { cells } from "./cells.ts";
import { consoleCommand } from "./console.ts";
import { control } from "./control.ts";
import { doctor } from "./doctor.ts";
import { edge } from "./edge.ts";
import { env } from "./env.ts";
import { phones } from "./phones.ts";
import { routes } from "./routes.ts";
import { send } from "./send.ts";
import { simulateCarrier } from "./simulate-carrier.ts";
import { trust } from "./trust.ts";
import { up } from "./up.ts";
import { why } from "./why.ts";

export const commands: readonly Command[] = [
  up,
  env,
  trust,
  send,
  consoleCommand,
  phones,
  routes,
  why,
  cells,
  simulateCarrier,
  doctor,
  all,
  edge,
  cell,
  control,
];
