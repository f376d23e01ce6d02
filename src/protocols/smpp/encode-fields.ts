import type { Buffer } from "node:buffer";
import { ADDRESS_OCTETS, MAX_DESTINATIONS, MAX_SHORT_MESSAGE_OCTETS, TIME_OCTETS } from "./fields.ts";
import type { DestinationAddress, Field, UnsuccessfulAddress } from "./fields.ts";
import { SmppEncodeError } from "./writer.ts";
import type { Writer } from "./writer.ts";
import type { PlannedField } from "./plan.ts";

/** A body as the generic encoder sees it. The types of `encodePdu` guard what is in it. */
export type LooseBody = Readonly<Record<string, unknown>>;

const NO_DESTINATIONS: readonly DestinationAddress[] = [];
const NO_FAILURES: readonly UnsuccessfulAddress[] = [];

/** Octets that the mandatory parameters of `plan` take, missing ones as their null value. Validates nothing. */
export function fieldsOctets(plan: readonly PlannedField[], body: LooseBody): number {
  let total = 0;
  for (const { name, field } of plan) total += fieldOctets(field, body[name]);
  return total;
}

/** Writes the mandatory parameters of `plan` in order. Throws {@link SmppEncodeError}. */
export function writeFields(writer: Writer, plan: readonly PlannedField[], body: LooseBody): void {
  for (const planned of plan) writeField(writer, planned, body[planned.name]);
}

/** True when every mandatory parameter of `plan` is missing or null. */
export function isNullBody(plan: readonly PlannedField[], body: LooseBody): boolean {
  for (const { name } of plan) {
    const value = body[name];
    if (value !== undefined && value !== 0 && (value as ArrayLike<unknown>).length !== 0) return false;
  }
  return true;
}

function fieldOctets(field: Field, value: unknown): number {
  switch (field.kind) {
    case "integer":
      return 1;
    case "text":
      return ((value as string | undefined)?.length ?? 0) + 1;
    case "time":
      return value === undefined || value === "" ? 1 : TIME_OCTETS + 1;
    case "short-message":
      return ((value as Buffer | undefined)?.length ?? 0) + 1;
    case "destinations": {
      let total = 1;
      for (const one of (value as readonly DestinationAddress[] | undefined) ?? NO_DESTINATIONS) {
        total += one.dest_flag === 1 ? one.destination_addr.length + 4 : one.dl_name.length + 2;
      }
      return total;
    }
    case "failures": {
      let total = 1;
      for (const one of (value as readonly UnsuccessfulAddress[] | undefined) ?? NO_FAILURES) {
        total += one.destination_addr.length + 7;
      }
      return total;
    }
  }
}

function writeField(writer: Writer, planned: PlannedField, value: unknown): void {
  const { name, field } = planned;
  switch (field.kind) {
    case "integer":
      writer.int1((value as number | undefined) ?? 0, name);
      break;
    case "text":
      writer.text((value as string | undefined) ?? "", field.maxOctets, name);
      break;
    case "time":
      writer.time((value as string | undefined) ?? "", name);
      break;
    case "short-message":
      writeShortMessage(writer, value as Buffer | undefined);
      break;
    case "destinations":
      writeDestinations(writer, (value as readonly DestinationAddress[] | undefined) ?? NO_DESTINATIONS);
      break;
    case "failures":
      writeFailures(writer, (value as readonly UnsuccessfulAddress[] | undefined) ?? NO_FAILURES);
      break;
  }
}

/** Writes `sm_length` and `short_message`. Throws {@link SmppEncodeError} over 254 octets. */
export function writeShortMessage(writer: Writer, value: Buffer | undefined): void {
  if (value === undefined) {
    writer.int1(0, "short_message");
    return;
  }
  if (value.length > MAX_SHORT_MESSAGE_OCTETS) {
    throw new SmppEncodeError(
      "short_message",
      `has ${value.length} octets, at most ${MAX_SHORT_MESSAGE_OCTETS} are allowed`,
    );
  }
  writer.int1(value.length, "short_message");
  if (value.length > 0) writer.octets(value);
}

function writeDestinations(writer: Writer, list: readonly DestinationAddress[]): void {
  if (list.length < 1 || list.length > MAX_DESTINATIONS) {
    throw new SmppEncodeError("dest_address", `has ${list.length} entries, 1 to ${MAX_DESTINATIONS} are allowed`);
  }
  writer.int1(list.length, "number_of_dests");
  for (const one of list) {
    writer.int1(one.dest_flag, "dest_flag");
    if (one.dest_flag === 1) {
      writer.int1(one.dest_addr_ton, "dest_addr_ton");
      writer.int1(one.dest_addr_npi, "dest_addr_npi");
      writer.text(one.destination_addr, ADDRESS_OCTETS, "destination_addr");
    } else {
      writer.text(one.dl_name, ADDRESS_OCTETS, "dl_name");
    }
  }
}

function writeFailures(writer: Writer, list: readonly UnsuccessfulAddress[]): void {
  writer.int1(list.length, "no_unsuccess");
  for (const one of list) {
    writer.int1(one.dest_addr_ton, "dest_addr_ton");
    writer.int1(one.dest_addr_npi, "dest_addr_npi");
    writer.text(one.destination_addr, ADDRESS_OCTETS, "destination_addr");
    writer.int4(one.error_status_code, "error_status_code");
  }
}
