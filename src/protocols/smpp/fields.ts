import type { Buffer } from "node:buffer";

/**
 * How one mandatory parameter is laid out, and the JavaScript value that stands
 * for it. Every command is a list of these; encoder, decoder and types follow.
 */

/** An unsigned integer of one octet (SMPP 3.4 §3.1 "Integer"); no mandatory parameter of its own has more. */
export interface IntegerField {
  readonly kind: "integer";
}

/** ASCII text ended by a NUL octet; `maxOctets` counts the NUL (SMPP 3.4 §3.1 "C-Octet String"). */
export interface TextField {
  readonly kind: "text";
  readonly maxOctets: number;
}

/** A time of 16 characters and a NUL, or the NUL alone (SMPP 3.4 §7.1.1). */
export interface TimeField {
  readonly kind: "time";
}

/** `sm_length` and `short_message` together: one octet of length, then that many octets (SMPP 3.4 §5.2.21, §5.2.22). */
export interface ShortMessageField {
  readonly kind: "short-message";
}

/** `number_of_dests` and the addresses that follow it (SMPP 3.4 §4.5.1.1). */
export interface DestinationsField {
  readonly kind: "destinations";
}

/** `no_unsuccess` and the failed addresses that follow it (SMPP 3.4 §4.5.2.1). */
export interface FailuresField {
  readonly kind: "failures";
}

/** The layout of one mandatory parameter. */
export type Field = IntegerField | TextField | TimeField | ShortMessageField | DestinationsField | FailuresField;

/** A destination of submit_multi: an SME address (`dest_flag` 1) or a distribution list (`dest_flag` 2). */
export type DestinationAddress =
  | { dest_flag: 1; dest_addr_ton: number; dest_addr_npi: number; destination_addr: string }
  | { dest_flag: 2; dl_name: string };

/** A destination that submit_multi could not take, with the reason as a command status. */
export interface UnsuccessfulAddress {
  dest_addr_ton: number;
  dest_addr_npi: number;
  destination_addr: string;
  error_status_code: number;
}

/** The JavaScript value of a field. */
export type FieldValue<F extends Field> = F extends IntegerField
  ? number
  : F extends TextField | TimeField
    ? string
    : F extends ShortMessageField
      ? Buffer
      : F extends DestinationsField
        ? DestinationAddress[]
        : UnsuccessfulAddress[];

/** An integer of one octet. */
export const int1: IntegerField = { kind: "integer" };
/** A relative or absolute time, or none. */
export const time: TimeField = { kind: "time" };
/** The message itself, at most 254 octets. */
export const shortMessage: ShortMessageField = { kind: "short-message" };
/** One to 254 destinations. */
export const destinations: DestinationsField = { kind: "destinations" };
/** Up to 255 failures. */
export const failures: FailuresField = { kind: "failures" };

/** NUL-terminated text of at most `maxOctets` octets, its NUL included. */
export function text(maxOctets: number): TextField {
  return { kind: "text", maxOctets };
}

/** The most octets that `short_message` holds (SMPP 3.4 §5.2.22). */
export const MAX_SHORT_MESSAGE_OCTETS = 254;
/** The most destinations of one submit_multi (SMPP 3.4 §4.5.1). */
export const MAX_DESTINATIONS = 254;
/** Octets of a time without its NUL (SMPP 3.4 §7.1.1). */
export const TIME_OCTETS = 16;
/** The most octets, NUL included, of an address in submit_multi and submit_sm (SMPP 3.4 §5.2.8). */
export const ADDRESS_OCTETS = 21;
