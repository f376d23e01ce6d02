import { COMMANDS, COMMAND_NAMES } from "./commands.ts";
import type { CommandName } from "./commands.ts";
import type { Field } from "./fields.ts";

/** One mandatory parameter of a command, with its name. */
export interface PlannedField {
  readonly name: string;
  readonly field: Field;
}

/** The command table in the shape that the generic encoder and decoder walk: an array of fields for each command. */
export const PLANS: Readonly<Record<CommandName, readonly PlannedField[]>> = Object.fromEntries(
  COMMAND_NAMES.map((command) => [
    command,
    Object.entries(COMMANDS[command].fields as Record<string, Field>).map(([name, field]) => ({ name, field })),
  ]),
) as Record<CommandName, PlannedField[]>;
