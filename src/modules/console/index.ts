/** The web console's back end: who may sign in, and the door through which browsers ask. See README.md. */
export { consoleErrors } from "./errors.ts";
export type { ConsoleAccounts, ConsoleCellOptions } from "./deps.ts";
export { consoleCell, type ConsoleCell } from "./module.ts";
export { permissionForTopic } from "./permissions.ts";
export {
  consoleDoor,
  type CellAsker,
  type ConsoleDoor,
  type ConsoleDoorOptions,
  type ConsoleFeatures,
} from "./door/index.ts";
