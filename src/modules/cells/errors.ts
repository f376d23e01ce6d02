import { callerError, type ErrorSpec } from "../../kernel/errors.ts";
import { NO_ROOM } from "../../platform/cell-router/index.ts";

/** Refusals of requests about cells and homes. */
export const cellErrors = {
  nameInvalid: callerError(20001, 400, "'{value}' cannot be the name of a cell: it takes a-z, 0-9 and hyphens."),
  regionInvalid: callerError(20001, 400, "'{value}' cannot be the name of a region: it takes a-z, 0-9 and hyphens."),
  hostInvalid: callerError(20001, 400, "'{value}' is no host name or address."),
  keyInvalid: callerError(20001, 400, "'{value}' cannot have a home: it is no SID and no phone number."),
  cellUnknown: callerError(20404, 404, "There is no cell {name}."),
  cellTaken: callerError(20409, 409, "The cell {name} is there already, with another number, type, tier or region."),
  cellRemoved: callerError(20409, 409, "The cell {name} was removed; its name is not used again."),
  numberTaken: callerError(20409, 409, "The number {number} is, or was, that of another cell."),
  tooManyCells: callerError(20409, 409, "There were {max} cells already, and their numbers are not used again."),
  cellNotEmpty: callerError(20409, 409, "The cell {name} is the home of {accounts} accounts still. Move them first."),
  cellFull: callerError(20409, 409, "The cell {name} has no room for another account."),
  homeChanged: callerError(20409, 409, "{key} is not at home in {from} any more, or its epoch is not below {epoch}."),
  tooManyKeys: callerError(20001, 400, "Not more than {max} keys can be changed at once."),
  noRoom: NO_ROOM,
} satisfies Record<string, ErrorSpec>;
