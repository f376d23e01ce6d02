import type { COMMANDS, CommandName } from "./commands.ts";
import type { Field, FieldValue } from "./fields.ts";
import type { Tlvs } from "./tlvs.ts";

/** Octets of every PDU header (SMPP 3.4 §3.2). */
export const HEADER_OCTETS = 16;

/** The largest sequence_number that a request may carry (SMPP 3.4 §3.2). */
export const MAX_SEQUENCE = 0x7fffffff;

type Fields<C extends CommandName> = (typeof COMMANDS)[C]["fields"];

type FieldValues<F> = { -readonly [N in keyof F]: F[N] extends Field ? FieldValue<F[N]> : never };

type FieldInputs<F> = { -readonly [N in keyof F]?: (F[N] extends Field ? FieldValue<F[N]> : never) | undefined };

/** The body of every command: its mandatory parameters, all present, and its optional ones under `tlvs`. */
export type PduBody = { [C in CommandName]: FieldValues<Fields<C>> & { tlvs?: Tlvs | undefined } };

/** What may be given for a body: a parameter that is missing is sent as the specification's null value (0, "", empty). */
export type PduBodyInput = { [C in CommandName]: FieldInputs<Fields<C>> & { tlvs?: Tlvs | undefined } };

/** A decoded PDU. `status` is the command_status, `sequence` the sequence_number. */
export interface Pdu<C extends CommandName = CommandName> {
  command: C;
  status: number;
  sequence: number;
  body: PduBody[C];
}

/** Any decoded PDU: a union told apart by `command`. */
export type AnyPdu = { [C in CommandName]: Pdu<C> }[CommandName];

/** A PDU to send: `status` is 0 and every body field null unless given. Every {@link AnyPdu} is one of these too. */
export type PduInput<C extends CommandName = CommandName> = {
  [K in C]: { command: K; status?: number | undefined; sequence: number; body?: PduBodyInput[K] | undefined };
}[C];

/**
 * What the decoder found.
 *
 * `unknown-command` and `malformed` concern one PDU: answer with generic_nack or
 * an error response and read on. After `fatal` the stream has no known PDU
 * boundary any more: answer with generic_nack ESME_RINVCMDLEN and close.
 */
export type Decoded =
  | { kind: "pdu"; pdu: AnyPdu }
  | { kind: "unknown-command"; commandId: number; sequence: number }
  | { kind: "malformed"; commandId: number; sequence: number; reason: string }
  | { kind: "fatal"; reason: string; sequence: number };
