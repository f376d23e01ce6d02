import { Buffer } from "node:buffer";
import type { CommandName } from "./commands.ts";
import type { DestinationAddress, Field, UnsuccessfulAddress } from "./fields.ts";
import { PLANS } from "./plan.ts";
import type { PlannedField } from "./plan.ts";
import type { Reader } from "./reader.ts";
import type { Tlvs } from "./tlvs.ts";

/** A body while it is being read. */
export interface MutableBody {
  tlvs?: Tlvs | undefined;
  [name: string]: unknown;
}

/**
 * Reads the mandatory parameters of `plan` in order; `reader.broken` tells
 * whether they could be read. With `lenientEnd` a text that is the last
 * parameter may lack its NUL.
 */
export function readFields(reader: Reader, plan: readonly PlannedField[], lenientEnd: boolean): MutableBody {
  const body: MutableBody = {};
  const last = plan.length - 1;
  for (let i = 0; i <= last; i += 1) {
    const { name, field } = plan[i] as PlannedField;
    body[name] = lenientEnd && i === last && field.kind === "text" ? reader.lastText() : readField(reader, name, field);
  }
  return body;
}

/** The body of a response that came without one: every mandatory parameter has its null value. */
export function nullBody(command: CommandName): MutableBody {
  const body: MutableBody = {};
  for (const { name, field } of PLANS[command]) body[name] = nullValue(field);
  return body;
}

function nullValue(field: Field): unknown {
  switch (field.kind) {
    case "integer":
      return 0;
    case "text":
    case "time":
      return "";
    case "short-message":
      return Buffer.alloc(0);
    case "destinations":
    case "failures":
      return [];
  }
}

function readField(reader: Reader, name: string, field: Field): unknown {
  switch (field.kind) {
    case "integer":
      return reader.int1(name);
    case "text":
    case "time":
      return reader.text(name);
    case "short-message":
      return reader.octets(reader.int1("sm_length"), name);
    case "destinations":
      return readDestinations(reader);
    case "failures":
      return readFailures(reader);
  }
}

function readDestinations(reader: Reader): DestinationAddress[] {
  const list: DestinationAddress[] = [];
  const count = reader.int1("number_of_dests");
  for (let i = 0; i < count && reader.broken === undefined; i += 1) {
    const flag = reader.int1("dest_flag");
    if (flag === 1) {
      list.push({
        dest_flag: 1,
        dest_addr_ton: reader.int1("dest_addr_ton"),
        dest_addr_npi: reader.int1("dest_addr_npi"),
        destination_addr: reader.text("destination_addr"),
      });
    } else if (flag === 2) {
      list.push({ dest_flag: 2, dl_name: reader.text("dl_name") });
    } else {
      reader.broken ??= `dest_flag is ${flag}`;
    }
  }
  return list;
}

function readFailures(reader: Reader): UnsuccessfulAddress[] {
  const list: UnsuccessfulAddress[] = [];
  const count = reader.int1("no_unsuccess");
  for (let i = 0; i < count && reader.broken === undefined; i += 1) {
    list.push({
      dest_addr_ton: reader.int1("dest_addr_ton"),
      dest_addr_npi: reader.int1("dest_addr_npi"),
      destination_addr: reader.text("destination_addr"),
      error_status_code: reader.integer(4, "error_status_code"),
    });
  }
  return list;
}
