import type { Buffer } from "node:buffer";
import { commandName, isResponse } from "./commands.ts";
import type { CommandName } from "./commands.ts";
import { nullBody, readFields } from "./decode-fields.ts";
import type { MutableBody } from "./decode-fields.ts";
import { readShortMessageBody } from "./decode-short-message.ts";
import { readTlvs } from "./decode-tlvs.ts";
import { HEADER_OCTETS } from "./pdu.ts";
import type { AnyPdu, Decoded } from "./pdu.ts";
import { PLANS } from "./plan.ts";
import { Reader } from "./reader.ts";

/**
 * Decodes the PDU that fills `buffer` from `start` to before `end`, which the
 * caller has found by its command_length: at least 16 octets. Never throws and never answers
 * `fatal`. A response may lack its body, and one with an error status may have
 * an unreadable one: both then have a null body, because the status matters more.
 */
export function decodePdu(buffer: Buffer, start: number, end: number): Decoded {
  return decode(new Reader(buffer, start + HEADER_OCTETS, end), start, readBody);
}

/** Decodes by the command table alone, without the hand-written paths. For the test that holds the two equal. */
export function decodePduByTable(buffer: Buffer, start: number, end: number): Decoded {
  return decode(new Reader(buffer, start + HEADER_OCTETS, end), start, readBodyByTable);
}

function decode(reader: Reader, start: number, read: (reader: Reader, command: CommandName) => MutableBody): Decoded {
  const { buffer } = reader;
  const commandId = buffer.readUInt32BE(start + 4);
  const status = buffer.readUInt32BE(start + 8);
  const sequence = buffer.readUInt32BE(start + 12);
  const command = commandName(commandId);
  if (command === undefined) return { kind: "unknown-command", commandId, sequence };
  let body: MutableBody;
  if (reader.at === reader.end && isResponse(command)) {
    body = nullBody(command);
  } else {
    body = read(reader, command);
    if (reader.broken === undefined) {
      const tlvs = reader.at === reader.end ? undefined : readTlvs(reader);
      if (tlvs !== undefined) body.tlvs = tlvs;
    } else if (status !== 0 && isResponse(command)) {
      body = nullBody(command);
    } else {
      return { kind: "malformed", commandId, sequence, reason: reader.broken };
    }
  }
  return { kind: "pdu", pdu: { command, status, sequence, body } as AnyPdu };
}

function readBody(reader: Reader, command: CommandName): MutableBody {
  switch (command) {
    case "submit_sm":
    case "deliver_sm":
      return readShortMessageBody(reader);
    case "submit_sm_resp":
    case "deliver_sm_resp":
      return { message_id: reader.lastText() };
    default:
      return readBodyByTable(reader, command);
  }
}

function readBodyByTable(reader: Reader, command: CommandName): MutableBody {
  return readFields(reader, PLANS[command], isResponse(command));
}
