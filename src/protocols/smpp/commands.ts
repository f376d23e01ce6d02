import { ADDRESS_OCTETS, destinations, failures, int1, shortMessage, text, time } from "./fields.ts";
import type { Field } from "./fields.ts";

/** One row of the command table: the command_id and the mandatory parameters in their order on the wire. */
export interface CommandSpec {
  readonly id: number;
  readonly fields: Readonly<Record<string, Field>>;
}

const address = text(ADDRESS_OCTETS);
const longAddress = text(65);
const messageId = text(65);
const serviceType = text(6);
const systemId = text(16);
const password = text(9);
/** A text or time that the specification wants to be NULL in this command. */
const alwaysNull = text(1);

const bindFields = {
  system_id: systemId,
  password,
  system_type: text(13),
  interface_version: int1,
  addr_ton: int1,
  addr_npi: int1,
  address_range: text(41),
};

/**
 * Every command of SMPP 3.4 (§4, §5.1.2.1), and those for broadcasts that SMPP 5.0
 * adds (§4.4, §4.6), which are read but offered by nobody here. The types, the encoder and the
 * decoder all follow from this table; the order of the fields is the order on
 * the wire. Length and count octets (`sm_length`, `number_of_dests`,
 * `no_unsuccess`) are part of the field that they measure.
 */
export const COMMANDS = {
  generic_nack: { id: 0x80000000, fields: {} },
  bind_receiver: { id: 0x00000001, fields: bindFields },
  bind_receiver_resp: { id: 0x80000001, fields: { system_id: systemId } },
  bind_transmitter: { id: 0x00000002, fields: bindFields },
  bind_transmitter_resp: { id: 0x80000002, fields: { system_id: systemId } },
  query_sm: {
    id: 0x00000003,
    fields: { message_id: messageId, source_addr_ton: int1, source_addr_npi: int1, source_addr: address },
  },
  query_sm_resp: {
    id: 0x80000003,
    fields: { message_id: messageId, final_date: time, message_state: int1, error_code: int1 },
  },
  submit_sm: {
    id: 0x00000004,
    fields: {
      service_type: serviceType,
      source_addr_ton: int1,
      source_addr_npi: int1,
      source_addr: address,
      dest_addr_ton: int1,
      dest_addr_npi: int1,
      destination_addr: address,
      esm_class: int1,
      protocol_id: int1,
      priority_flag: int1,
      schedule_delivery_time: time,
      validity_period: time,
      registered_delivery: int1,
      replace_if_present_flag: int1,
      data_coding: int1,
      sm_default_msg_id: int1,
      short_message: shortMessage,
    },
  },
  submit_sm_resp: { id: 0x80000004, fields: { message_id: messageId } },
  deliver_sm: {
    id: 0x00000005,
    fields: {
      service_type: serviceType,
      source_addr_ton: int1,
      source_addr_npi: int1,
      source_addr: address,
      dest_addr_ton: int1,
      dest_addr_npi: int1,
      destination_addr: address,
      esm_class: int1,
      protocol_id: int1,
      priority_flag: int1,
      schedule_delivery_time: alwaysNull,
      validity_period: alwaysNull,
      registered_delivery: int1,
      replace_if_present_flag: int1,
      data_coding: int1,
      sm_default_msg_id: int1,
      short_message: shortMessage,
    },
  },
  deliver_sm_resp: { id: 0x80000005, fields: { message_id: alwaysNull } },
  unbind: { id: 0x00000006, fields: {} },
  unbind_resp: { id: 0x80000006, fields: {} },
  replace_sm: {
    id: 0x00000007,
    fields: {
      message_id: messageId,
      source_addr_ton: int1,
      source_addr_npi: int1,
      source_addr: address,
      schedule_delivery_time: time,
      validity_period: time,
      registered_delivery: int1,
      sm_default_msg_id: int1,
      short_message: shortMessage,
    },
  },
  replace_sm_resp: { id: 0x80000007, fields: {} },
  cancel_sm: {
    id: 0x00000008,
    fields: {
      service_type: serviceType,
      message_id: messageId,
      source_addr_ton: int1,
      source_addr_npi: int1,
      source_addr: address,
      dest_addr_ton: int1,
      dest_addr_npi: int1,
      destination_addr: address,
    },
  },
  cancel_sm_resp: { id: 0x80000008, fields: {} },
  bind_transceiver: { id: 0x00000009, fields: bindFields },
  bind_transceiver_resp: { id: 0x80000009, fields: { system_id: systemId } },
  outbind: { id: 0x0000000b, fields: { system_id: systemId, password } },
  enquire_link: { id: 0x00000015, fields: {} },
  enquire_link_resp: { id: 0x80000015, fields: {} },
  submit_multi: {
    id: 0x00000021,
    fields: {
      service_type: serviceType,
      source_addr_ton: int1,
      source_addr_npi: int1,
      source_addr: address,
      dest_address: destinations,
      esm_class: int1,
      protocol_id: int1,
      priority_flag: int1,
      schedule_delivery_time: time,
      validity_period: time,
      registered_delivery: int1,
      replace_if_present_flag: int1,
      data_coding: int1,
      sm_default_msg_id: int1,
      short_message: shortMessage,
    },
  },
  submit_multi_resp: { id: 0x80000021, fields: { message_id: messageId, unsuccess_sme: failures } },
  alert_notification: {
    id: 0x00000102,
    fields: {
      source_addr_ton: int1,
      source_addr_npi: int1,
      source_addr: longAddress,
      esme_addr_ton: int1,
      esme_addr_npi: int1,
      esme_addr: longAddress,
    },
  },
  data_sm: {
    id: 0x00000103,
    fields: {
      service_type: serviceType,
      source_addr_ton: int1,
      source_addr_npi: int1,
      source_addr: longAddress,
      dest_addr_ton: int1,
      dest_addr_npi: int1,
      destination_addr: longAddress,
      esm_class: int1,
      registered_delivery: int1,
      data_coding: int1,
    },
  },
  data_sm_resp: { id: 0x80000103, fields: { message_id: messageId } },
  broadcast_sm: {
    id: 0x00000111,
    fields: {
      service_type: serviceType,
      source_addr_ton: int1,
      source_addr_npi: int1,
      source_addr: address,
      message_id: messageId,
      priority_flag: int1,
      schedule_delivery_time: time,
      validity_period: time,
      replace_if_present_flag: int1,
      data_coding: int1,
      sm_default_msg_id: int1,
    },
  },
  broadcast_sm_resp: { id: 0x80000111, fields: { message_id: messageId } },
  query_broadcast_sm: {
    id: 0x00000112,
    fields: { message_id: messageId, source_addr_ton: int1, source_addr_npi: int1, source_addr: address },
  },
  query_broadcast_sm_resp: { id: 0x80000112, fields: { message_id: messageId } },
  cancel_broadcast_sm: {
    id: 0x00000113,
    fields: {
      service_type: serviceType,
      message_id: messageId,
      source_addr_ton: int1,
      source_addr_npi: int1,
      source_addr: address,
    },
  },
  cancel_broadcast_sm_resp: { id: 0x80000113, fields: {} },
} as const satisfies Readonly<Record<string, CommandSpec>>;

/** The name of a command, as the specification spells it. */
export type CommandName = keyof typeof COMMANDS;

/** Every command name, in the order of the table. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** The bit of command_id that marks a response (SMPP 3.4 §5.1.2). */
export const RESPONSE_BIT = 0x80000000;

const NAMES_BY_ID: ReadonlyMap<number, CommandName> = new Map(COMMAND_NAMES.map((name) => [COMMANDS[name].id, name]));

/** The command with this command_id, or `undefined` for one that SMPP does not define. */
export function commandName(commandId: number): CommandName | undefined {
  return NAMES_BY_ID.get(commandId);
}

/** True for responses, generic_nack included (bit 31 of command_id, SMPP 3.4 §5.1.2). */
export function isResponse(command: CommandName): boolean {
  return COMMANDS[command].id >= RESPONSE_BIT;
}
