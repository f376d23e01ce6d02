import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import smpp from "smpp";
import type { PDU, PduFields } from "smpp";
import {
  COMMANDS,
  COMMAND_NAMES,
  EsmClass,
  TLVS,
  decodePdu,
  encodePdu,
  parseSmppTime,
} from "../../src/protocols/smpp/index.ts";
import type { AnyPdu, CommandName } from "../../src/protocols/smpp/index.ts";
import { SeededRandom, randomPdu, runSeed } from "../kit/smpp-pdus.ts";

/*
 * Our codec against the npm package `smpp`, which nobody here wrote, in both
 * directions. What the package does otherwise than SMPP 3.4 is kept out of the
 * cases and listed here:
 * - it sends every response with an error status as a bare header;
 * - it keeps body and optional parameters in one object, so that message_state
 *   cannot be both in a query_sm_resp;
 * - it names destination_port `dest_port`, and takes source_telematics_id for
 *   two octets, ms_validity for any octets and alert_on_message_delivery for
 *   one, as later versions do;
 * - it reads most parameters of broadcasts into objects, and those of nodes and
 *   number portability as texts or numbers where we keep octets;
 * - it cannot send TLVs that it does not know;
 * - it decodes texts and times into objects: binary data_coding and absolute
 *   times keep them comparable.
 */

const CASES_PER_COMMAND = 25;
const MAX_PACKAGE_OCTETS = 16_384;
const BINARY = 4;
const OTHERWISE = [
  "source_telematics_id",
  "ms_validity",
  "alert_on_message_delivery",
  "broadcast_content_type",
  "broadcast_content_type_info",
  "broadcast_frequency_interval",
  "broadcast_area_identifier",
  "broadcast_area_success",
  "broadcast_end_time",
  "broadcast_service_group",
  "billing_identification",
  "source_node_id",
  "dest_node_id",
  "dest_addr_np_information",
  "dest_addr_np_country",
  "unknown",
];

type Loose = Record<string, unknown>;

/** Narrows a random PDU to what both sides read in the same way. */
function comparable(random: SeededRandom, command: CommandName): AnyPdu {
  const pdu = randomPdu(random, command);
  const body = pdu.body as Loose;
  pdu.status = 0;
  if ("data_coding" in body) body["data_coding"] = BINARY;
  if ("esm_class" in body) body["esm_class"] = (body["esm_class"] as number) & ~EsmClass.UDHI;
  for (const [name, field] of Object.entries(COMMANDS[command].fields)) {
    if (field.kind === "time") body[name] = random.oneIn(2) ? "" : absoluteTime(random);
  }
  const tlvs = body["tlvs"] as Loose | undefined;
  for (const name of OTHERWISE) delete tlvs?.[name];
  if (command === "query_sm_resp") delete tlvs?.["message_state"];
  // The package's types of an empty object differ from none at all.
  if (tlvs !== undefined && Object.keys(tlvs).length === 0) delete body["tlvs"];
  // A display text of no octets has not even an encoding, which the package reads.
  const display = tlvs?.["callback_num_atag"] as Buffer[] | undefined;
  if (tlvs !== undefined && display?.some((one) => one.length === 0)) delete tlvs["callback_num_atag"];
  if (tlvs !== undefined && Object.keys(tlvs).length === 0) delete body["tlvs"];
  return pdu;
}

function absoluteTime(random: SeededRandom): string {
  const two = (low: number, high: number): string => String(random.between(low, high)).padStart(2, "0");
  const date = two(10, 90) + two(1, 12) + two(1, 28);
  return `${date}${two(0, 23)}${two(0, 59)}${two(0, 59)}${random.between(0, 9)}${two(0, 48)}${random.pick(["+", "-"])}`;
}

function packageName(tlv: string): string {
  return tlv === "destination_port" ? "dest_port" : tlv;
}

/** Our PDU as the fields that the package takes. */
function toPackage(pdu: AnyPdu): PduFields {
  const { tlvs, ...body } = pdu.body as Loose & { tlvs?: Loose };
  const fields: PduFields = { ...body, sequence_number: pdu.sequence, command_status: pdu.status };
  for (const [name, value] of Object.entries(tlvs ?? {})) {
    fields[packageName(name)] = name === "network_error_code" ? networkError(value) : value;
  }
  const list = fields["dest_address"] as Loose[] | undefined;
  if (list !== undefined) fields["dest_address"] = list.map(({ dest_flag: _flag, ...rest }) => rest);
  return fields;
}

function networkError(value: unknown): Buffer {
  const { network_type, error_code } = value as { network_type: number; error_code: number };
  return Buffer.from([network_type, error_code >> 8, error_code & 0xff]);
}

/** What the package decoded, one value, in the form in which we have it. */
function fromPackage(name: string, value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (name === "callback_num") {
    return (value as { digit_mode: number; ton: number; npi: number; number: string }[]).map(
      ({ digit_mode, ton, npi, number }) => [digit_mode, ton, npi, number],
    );
  }
  if (name === "callback_num_atag") {
    return (value as { encoding: number; display: Buffer }[]).map(({ encoding, display }) =>
      Buffer.from([encoding, ...display]),
    );
  }
  if ((name === "short_message" || name === "message_payload") && !Buffer.isBuffer(value)) {
    return Buffer.from((value as { message: Buffer }).message);
  }
  return value;
}

/** Our value, in the form of {@link fromPackage}. */
function expected(name: string, value: unknown, kind: string | undefined): unknown {
  if (kind === "time" && value !== "") return parseSmppTime(value as string, 0);
  if (name === "callback_num") {
    // The package drops the eighth bit of the digits.
    return (value as Buffer[]).map((one) => [one[0], one[1], one[2], one.toString("ascii", 3)]);
  }
  return value;
}

function compare(theirs: PDU, ours: AnyPdu, context: string): void {
  assert.equal(theirs.command, ours.command, context);
  assert.equal(theirs.command_id, COMMANDS[ours.command].id, context);
  assert.equal(theirs.sequence_number, ours.sequence, context);
  const fields: Record<string, { kind: string }> = COMMANDS[ours.command].fields;
  const wanted = toPackage(ours);
  const names = [...Object.keys(fields), ...Object.keys((ours.body.tlvs ?? {}) as Loose).map(packageName)];
  for (const name of names) {
    const theirValue = fromPackage(name, theirs[name]);
    assert.deepEqual(theirValue, expected(name, wanted[name], fields[name]?.kind), `${context}, ${name}`);
  }
}

function eachCase(run: (pdu: AnyPdu, context: string) => void, diagnose: (text: string) => void): void {
  const seed = runSeed();
  diagnose(`seed ${seed}`);
  const random = new SeededRandom(seed);
  for (const command of COMMAND_NAMES) {
    for (let i = 0; i < CASES_PER_COMMAND; i += 1) {
      const pdu = comparable(random, command);
      if (encodePdu(pdu).length <= MAX_PACKAGE_OCTETS) run(pdu, `seed ${seed}, ${command} ${i}`);
    }
  }
}

test("the smpp package reads from our octets what we wrote", (t) => {
  eachCase(
    (pdu, context) => compare(new smpp.PDU(encodePdu(pdu)), pdu, context),
    (text) => t.diagnostic(text),
  );
});

test("we read from the smpp package's octets what it wrote, and would have written the same", (t) => {
  eachCase(
    (pdu, context) => {
      const theirs = new smpp.PDU(pdu.command, toPackage(pdu)).toBuffer();
      assert.deepEqual(decodePdu(theirs, 0, theirs.length), { kind: "pdu", pdu }, context);
      assert.deepEqual(theirs, encodePdu(pdu), context);
    },
    (text) => t.diagnostic(text),
  );
});

test("the two agree on the tag of every optional parameter that both know", () => {
  for (const [name, spec] of Object.entries(TLVS)) {
    if (OTHERWISE.includes(name) || spec.kind !== "integer") continue;
    const value = "repeated" in spec ? [1] : 1;
    const octets = new smpp.PDU("data_sm", { sequence_number: 1, [packageName(name)]: value }).toBuffer();
    const found = decodePdu(octets, 0, octets.length);
    assert.equal(found.kind, "pdu", name);
    if (found.kind === "pdu") assert.deepEqual({ ...found.pdu.body.tlvs }, { [name]: value });
  }
});

test("an error response of the smpp package, a bare header, is read with a null body", () => {
  for (const command of COMMAND_NAMES) {
    if (!command.endsWith("_resp")) continue;
    const octets = new smpp.PDU(command, { sequence_number: 9, command_status: 0x58 }).toBuffer();
    const found = decodePdu(octets, 0, octets.length);
    assert.equal(found.kind, "pdu", command);
    if (found.kind === "pdu") assert.equal(found.pdu.status, 0x58);
  }
});
