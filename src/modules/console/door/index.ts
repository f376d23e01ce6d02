/** The door through which browsers come: static files, sessions, and requests of the API in somebody's name. */
export { consoleDoor, type ConsoleDoor } from "./door.ts";
export type { CellAsker, ConsoleDoorOptions, ConsoleFeatures } from "./options.ts";
