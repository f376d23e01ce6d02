import type { Buffer } from "node:buffer";

/** The layout of one optional parameter (SMPP 3.4 §5.3.2). */
export type TlvSpec = { readonly tag: number; readonly repeated?: true; readonly since?: 5 } & (
  | { readonly kind: "integer"; readonly octets: 1 | 2 | 4 }
  | { readonly kind: "text"; readonly maxOctets: number }
  | { readonly kind: "octets"; readonly minOctets: number; readonly maxOctets: number }
  | { readonly kind: "network-error" }
  | { readonly kind: "flag" }
);

/** The value of network_error_code (SMPP 3.4 §5.3.2.31): which network, and its own code. */
export interface NetworkErrorCode {
  /** 1 ANSI-136, 2 IS-95, 3 GSM. */
  network_type: number;
  error_code: number;
}

/** The most octets that the length of a TLV can express. */
export const MAX_TLV_OCTETS = 0xffff;

/** The most TLVs that are sent in, or read from, one PDU: more than this is an attack, not a message. */
export const MAX_TLVS = 256;

const integer = <Octets extends 1 | 2 | 4>(tag: number, octets: Octets) => ({ tag, kind: "integer", octets }) as const;
const text = (tag: number, maxOctets: number) => ({ tag, kind: "text", maxOctets }) as const;
const octets = (tag: number, minOctets: number, maxOctets: number) =>
  ({ tag, kind: "octets", minOctets, maxOctets }) as const;
/** What SMPP 5.0 adds. */
const five = <S extends object>(spec: S) => ({ ...spec, since: 5 }) as const;

/**
 * Every optional parameter of SMPP 3.4 (§5.3.2) and, marked `since: 5`, those that
 * SMPP 5.0 (§4.8.4) adds. Text sizes count the NUL. `repeated` ones may occur more
 * than once in a PDU. A 5.0 peer may send ms_validity with four octets, which are
 * read as one number.
 */
export const TLVS = {
  dest_addr_subunit: integer(0x0005, 1),
  dest_network_type: integer(0x0006, 1),
  dest_bearer_type: integer(0x0007, 1),
  dest_telematics_id: integer(0x0008, 2),
  source_addr_subunit: integer(0x000d, 1),
  source_network_type: integer(0x000e, 1),
  source_bearer_type: integer(0x000f, 1),
  source_telematics_id: integer(0x0010, 1),
  qos_time_to_live: integer(0x0017, 4),
  payload_type: integer(0x0019, 1),
  additional_status_info_text: text(0x001d, 256),
  receipted_message_id: text(0x001e, 65),
  ms_msg_wait_facilities: integer(0x0030, 1),
  privacy_indicator: integer(0x0201, 1),
  source_subaddress: octets(0x0202, 2, 23),
  dest_subaddress: octets(0x0203, 2, 23),
  user_message_reference: integer(0x0204, 2),
  user_response_code: integer(0x0205, 1),
  source_port: integer(0x020a, 2),
  destination_port: integer(0x020b, 2),
  sar_msg_ref_num: integer(0x020c, 2),
  language_indicator: integer(0x020d, 1),
  sar_total_segments: integer(0x020e, 1),
  sar_segment_seqnum: integer(0x020f, 1),
  sc_interface_version: integer(0x0210, 1),
  callback_num_pres_ind: { ...integer(0x0302, 1), repeated: true },
  callback_num_atag: { ...octets(0x0303, 0, 65), repeated: true },
  number_of_messages: integer(0x0304, 1),
  callback_num: { ...octets(0x0381, 4, 19), repeated: true },
  dpf_result: integer(0x0420, 1),
  set_dpf: integer(0x0421, 1),
  ms_availability_status: integer(0x0422, 1),
  network_error_code: { tag: 0x0423, kind: "network-error" },
  message_payload: octets(0x0424, 0, MAX_TLV_OCTETS),
  delivery_failure_reason: integer(0x0425, 1),
  more_messages_to_send: integer(0x0426, 1),
  message_state: integer(0x0427, 1),
  ussd_service_op: integer(0x0501, 1),
  display_time: integer(0x1201, 1),
  sms_signal: integer(0x1203, 2),
  ms_validity: integer(0x1204, 1),
  alert_on_message_delivery: { tag: 0x130c, kind: "flag" },
  its_reply_type: integer(0x1380, 1),
  its_session_info: octets(0x1383, 2, 2),
  /** 0 idle to 100 congested; 80 to 89 is what an SMSC likes best. */
  congestion_state: five(integer(0x0428, 1)),
  broadcast_channel_indicator: five(integer(0x0600, 1)),
  broadcast_content_type: five(octets(0x0601, 3, 3)),
  broadcast_content_type_info: five(octets(0x0602, 1, 255)),
  broadcast_message_class: five(integer(0x0603, 1)),
  broadcast_rep_num: five(integer(0x0604, 2)),
  broadcast_frequency_interval: five(octets(0x0605, 3, 3)),
  broadcast_area_identifier: five({ ...octets(0x0606, 1, 100), repeated: true } as const),
  broadcast_error_status: five({ ...integer(0x0607, 4), repeated: true } as const),
  broadcast_area_success: five({ ...integer(0x0608, 1), repeated: true } as const),
  broadcast_end_time: five(octets(0x0609, 16, 17)),
  broadcast_service_group: five(octets(0x060a, 1, 255)),
  billing_identification: five(octets(0x060b, 1, 1024)),
  source_network_id: five(text(0x060d, 65)),
  dest_network_id: five(text(0x060e, 65)),
  /** Six decimal digits, as ASCII. */
  source_node_id: five(octets(0x060f, 6, 6)),
  dest_node_id: five(octets(0x0610, 6, 6)),
  /** 0 not asked, 1 asked and not ported, 2 ported. */
  dest_addr_np_resolution: five(integer(0x0611, 1)),
  dest_addr_np_information: five(octets(0x0612, 10, 10)),
  dest_addr_np_country: five(octets(0x0613, 1, 5)),
} as const satisfies Readonly<Record<string, TlvSpec>>;

/** The name of an optional parameter, as the specification spells it. */
export type TlvName = keyof typeof TLVS;

type SingleValue<S extends TlvSpec> = S["kind"] extends "integer"
  ? number
  : S["kind"] extends "text"
    ? string
    : S["kind"] extends "octets"
      ? Buffer
      : S["kind"] extends "network-error"
        ? NetworkErrorCode
        : true;

type TlvValue<S extends TlvSpec> = S extends { readonly repeated: true } ? SingleValue<S>[] : SingleValue<S>;

/** A TLV that the table does not know, or whose value does not fit its known layout. */
export interface UnknownTlv {
  tag: number;
  value: Buffer;
}

/** The optional parameters of a PDU by name; what has no name, or an unreadable value, is under `unknown`. */
export type Tlvs = { [N in TlvName]?: TlvValue<(typeof TLVS)[N]> | undefined } & {
  unknown?: UnknownTlv[] | undefined;
};

const NAMES_BY_TAG: ReadonlyMap<number, TlvName> = new Map(
  (Object.keys(TLVS) as TlvName[]).map((name) => [TLVS[name].tag, name]),
);

/** The optional parameter with this tag, or `undefined` for a vendor's or a reserved one. */
export function tlvName(tag: number): TlvName | undefined {
  return NAMES_BY_TAG.get(tag);
}

/**
 * The same parameters without those that a peer of SMPP 3.4 does not know; the
 * same object where there are none of them, and `undefined` where nothing is left.
 * What is under `unknown` stays: it is the business of those who send it.
 */
export function withoutVersion5(tlvs: Tlvs): Tlvs | undefined {
  let hasFive = false;
  for (const name in tlvs) if (isSince5(name)) hasFive = true;
  if (!hasFive) return tlvs;
  const kept = Object.entries(tlvs).filter(([name]) => !isSince5(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function isSince5(name: string): boolean {
  const spec: TlvSpec | undefined = Object.hasOwn(TLVS, name) ? TLVS[name as TlvName] : undefined;
  return spec?.since === 5;
}
