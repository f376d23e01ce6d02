import { Buffer } from "node:buffer";
import { assert } from "../../kernel/assert.ts";
import { COMMANDS, isResponse } from "./commands.ts";
import type { CommandName } from "./commands.ts";
import { fieldsOctets, isNullBody, writeFields } from "./encode-fields.ts";
import { shortMessageOctets, writeDeliver, writeSubmit } from "./encode-short-message.ts";
import { tlvsOctets, writeTlvs } from "./encode-tlvs.ts";
import { HEADER_OCTETS, MAX_SEQUENCE } from "./pdu.ts";
import type { PduBodyInput, PduInput } from "./pdu.ts";
import { PLANS } from "./plan.ts";
import type { Tlvs } from "./tlvs.ts";
import { SmppEncodeError, Writer } from "./writer.ts";

type BodyInput = { tlvs?: Tlvs | undefined };

const EMPTY_BODY: BodyInput = {};

/**
 * Responses that are sent as a bare header when command_status is not zero (SMPP 3.4
 * §4.1.2, §4.1.4, §4.1.6, §4.4.2), unless they have optional parameters, which SMPP 5.0
 * allows in every response (§4.8.1): then the body is there, with null values.
 */
const BODILESS_ON_ERROR: ReadonlySet<CommandName> = new Set([
  "bind_receiver_resp",
  "bind_transmitter_resp",
  "bind_transceiver_resp",
  "submit_sm_resp",
]);

/**
 * Octets that `pdu` takes on the wire, header included. Throws
 * {@link SmppEncodeError} for optional parameters of unknown name and for a body
 * where none is allowed; everything else is checked when the PDU is written.
 */
export function pduOctets(pdu: PduInput): number {
  const body: BodyInput = pdu.body ?? EMPTY_BODY;
  if (pdu.status !== undefined && pdu.status !== 0 && BODILESS_ON_ERROR.has(pdu.command)) {
    if (!isNullBody(PLANS[pdu.command], body)) {
      throw new SmppEncodeError(pdu.command, "with an error status has no body");
    }
    if (body.tlvs === undefined) return HEADER_OCTETS;
  }
  const optional = body.tlvs === undefined ? 0 : tlvsOctets(body.tlvs);
  return HEADER_OCTETS + mandatoryOctets(pdu.command, body) + optional;
}

/**
 * Encodes one PDU (SMPP 3.4 §3.2, §4). Missing body fields are sent as their
 * null value. Responses to bind and submit_sm with an error status are a bare
 * header, unless they have optional parameters. Throws {@link SmppEncodeError} on any value that SMPP does not allow.
 * Which optional parameters suit which command is left to the caller.
 */
export function encodePdu(pdu: PduInput): Buffer {
  const octets = pduOctets(pdu);
  const buffer = Buffer.allocUnsafe(octets);
  writePdu(new Writer(buffer, 0), pdu, octets);
  return buffer;
}

/**
 * Encodes one PDU into `buffer` from `offset` on and returns the offset after
 * it, so that a batch needs one buffer and one write. Throws as
 * {@link encodePdu} does, and a RangeError, before anything is written, when the
 * room does not suffice. After a throw the octets from `offset` on are undefined.
 */
export function encodePduInto(pdu: PduInput, buffer: Buffer, offset: number): number {
  const octets = pduOctets(pdu);
  if (offset + octets > buffer.length) {
    throw new RangeError(`a PDU of ${octets} octets does not fit into the ${buffer.length - offset} that are left`);
  }
  writePdu(new Writer(buffer, offset), pdu, octets);
  return offset + octets;
}

/** Encodes by the command table alone, without the hand-written paths. For the test that holds the two equal. */
export function encodePduByTable(pdu: PduInput): Buffer {
  const octets = pduOctets(pdu);
  const writer = new Writer(Buffer.allocUnsafe(octets), 0);
  writeHeader(writer, pdu, octets);
  if (octets > HEADER_OCTETS) {
    const body: BodyInput = pdu.body ?? EMPTY_BODY;
    writeFields(writer, PLANS[pdu.command], body);
    writeOptional(writer, body);
  }
  return writer.buffer;
}

function mandatoryOctets(command: CommandName, body: BodyInput): number {
  switch (command) {
    case "submit_sm":
    case "deliver_sm":
      return shortMessageOctets(body);
    case "submit_sm_resp":
    case "deliver_sm_resp":
      return ((body as PduBodyInput["submit_sm_resp"]).message_id?.length ?? 0) + 1;
    default:
      return fieldsOctets(PLANS[command], body);
  }
}

function writePdu(writer: Writer, pdu: PduInput, octets: number): void {
  const end = writer.at + octets;
  writeHeader(writer, pdu, octets);
  if (octets > HEADER_OCTETS) {
    const body: BodyInput = pdu.body ?? EMPTY_BODY;
    switch (pdu.command) {
      case "submit_sm":
        writeSubmit(writer, body);
        break;
      case "deliver_sm":
        writeDeliver(writer, body);
        break;
      case "submit_sm_resp":
        writer.text((body as PduBodyInput["submit_sm_resp"]).message_id ?? "", 65, "message_id");
        break;
      case "deliver_sm_resp":
        writer.text((body as PduBodyInput["deliver_sm_resp"]).message_id ?? "", 1, "message_id");
        break;
      default:
        writeFields(writer, PLANS[pdu.command], body);
    }
    writeOptional(writer, body);
  }
  assert(writer.at === end, `an encoded ${pdu.command} has the octets that were counted`);
}

/** Responses echo whatever sequence_number the peer chose; requests keep to 1..0x7FFFFFFF and status 0 (SMPP 3.4 §3.2). */
function writeHeader(writer: Writer, pdu: PduInput, octets: number): void {
  const { command, sequence } = pdu;
  const status = pdu.status ?? 0;
  if (!isResponse(command)) {
    if (status !== 0) throw new SmppEncodeError("command_status", `is ${status} in ${command}, a request has 0`);
    if (!(sequence >= 1 && sequence <= MAX_SEQUENCE)) {
      throw new SmppEncodeError("sequence_number", `is ${sequence}, a request has 1 to ${MAX_SEQUENCE}`);
    }
  }
  writer.int4(octets, "command_length");
  writer.int4(COMMANDS[command].id, "command_id");
  writer.int4(status, "command_status");
  writer.int4(sequence, "sequence_number");
}

function writeOptional(writer: Writer, body: BodyInput): void {
  const { tlvs } = body;
  if (tlvs === undefined) return;
  if (tlvs.message_payload !== undefined && (body as PduBodyInput["submit_sm"]).short_message?.length) {
    throw new SmppEncodeError("message_payload", "and short_message exclude each other");
  }
  writeTlvs(writer, tlvs);
}
