import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import { PduDecoder, encodePdu } from "./index.ts";
import type { AnyPdu } from "./index.ts";

/** Octets written by hand from the layouts of SMPP 3.4 §4 and the PDU that they stand for. */
interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly pdu: AnyPdu;
}

const text = (value: string): Buffer => Buffer.from(value, "latin1");

const VECTORS: readonly Vector[] = [
  {
    name: "bind_transmitter (§4.1.1)",
    hex: `0000002f 00000002 00000000 00000001
      534d505033544553 5400 7365637265743038 00 5355424d49543100 34 01 01 00`,
    pdu: {
      command: "bind_transmitter",
      status: 0,
      sequence: 1,
      body: {
        system_id: "SMPP3TEST",
        password: "secret08",
        system_type: "SUBMIT1",
        interface_version: 0x34,
        addr_ton: 1,
        addr_npi: 1,
        address_range: "",
      },
    },
  },
  {
    name: "bind_transceiver_resp with its interface version (§4.1.6)",
    hex: "0000001a 80000009 00000000 00000001 534d534300 0210 0001 34",
    pdu: {
      command: "bind_transceiver_resp",
      status: 0,
      sequence: 1,
      body: { system_id: "SMSC", tlvs: { sc_interface_version: 0x34 } },
    },
  },
  {
    name: "submit_sm with a validity period and a reference (§4.4.1)",
    hex: `00000052 00000004 00000000 0000002a
      00 05 00 4e6f72746800 01 01 31353030353535303130 3100
      00 00 00 00 303030303030303030353030303030 5200 01 00 00 00
      0b 48656c6c6f20776f726c64 0204 0002 beef`,
    pdu: {
      command: "submit_sm",
      status: 0,
      sequence: 42,
      body: {
        service_type: "",
        source_addr_ton: 5,
        source_addr_npi: 0,
        source_addr: "North",
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        destination_addr: "15005550101",
        esm_class: 0,
        protocol_id: 0,
        priority_flag: 0,
        schedule_delivery_time: "",
        validity_period: "000000000500000R",
        registered_delivery: 1,
        replace_if_present_flag: 0,
        data_coding: 0,
        sm_default_msg_id: 0,
        short_message: text("Hello world"),
        tlvs: { user_message_reference: 0xbeef },
      },
    },
  },
  {
    name: "submit_sm_resp (§4.4.2)",
    hex: "00000015 80000004 00000000 0000002a 3464326600",
    pdu: { command: "submit_sm_resp", status: 0, sequence: 42, body: { message_id: "4d2f" } },
  },
  {
    name: "submit_sm_resp of a throttled message: no body (§4.4.2)",
    hex: "00000010 80000004 00000058 0000002b",
    pdu: { command: "submit_sm_resp", status: 0x58, sequence: 43, body: { message_id: "" } },
  },
  {
    name: "deliver_sm that carries a receipt in TLVs (§4.6.1)",
    hex: `00000046 00000005 00000000 00000007
      00 01 01 31353030353535303130 3100 05 00 4e6f72746800
      04 00 00 00 00 00 00 00 00 00
      001e 0005 3464326600 0427 0001 05 0423 0003 03 0022`,
    pdu: {
      command: "deliver_sm",
      status: 0,
      sequence: 7,
      body: {
        service_type: "",
        source_addr_ton: 1,
        source_addr_npi: 1,
        source_addr: "15005550101",
        dest_addr_ton: 5,
        dest_addr_npi: 0,
        destination_addr: "North",
        esm_class: 4,
        protocol_id: 0,
        priority_flag: 0,
        schedule_delivery_time: "",
        validity_period: "",
        registered_delivery: 0,
        replace_if_present_flag: 0,
        data_coding: 0,
        sm_default_msg_id: 0,
        short_message: text(""),
        tlvs: {
          receipted_message_id: "4d2f",
          message_state: 5,
          network_error_code: { network_type: 3, error_code: 0x22 },
        },
      },
    },
  },
  {
    name: "deliver_sm_resp (§4.6.2)",
    hex: "00000011 80000005 00000000 00000007 00",
    pdu: { command: "deliver_sm_resp", status: 0, sequence: 7, body: { message_id: "" } },
  },
  {
    name: "submit_multi to an address and a distribution list (§4.5.1)",
    hex: `0000002c 00000021 00000000 00000003
      00 00 00 313000 02 01 01 01 343200 02 6c00
      00 00 00 00 00 00 00 04 00 02 cafe`,
    pdu: {
      command: "submit_multi",
      status: 0,
      sequence: 3,
      body: {
        service_type: "",
        source_addr_ton: 0,
        source_addr_npi: 0,
        source_addr: "10",
        dest_address: [
          { dest_flag: 1, dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: "42" },
          { dest_flag: 2, dl_name: "l" },
        ],
        esm_class: 0,
        protocol_id: 0,
        priority_flag: 0,
        schedule_delivery_time: "",
        validity_period: "",
        registered_delivery: 0,
        replace_if_present_flag: 0,
        data_coding: 4,
        sm_default_msg_id: 0,
        short_message: Buffer.from("cafe", "hex"),
      },
    },
  },
  {
    name: "submit_multi_resp with one failure (§4.5.2)",
    hex: "0000001d 80000021 00000000 00000003 393900 01 01 01 343200 0000000b",
    pdu: {
      command: "submit_multi_resp",
      status: 0,
      sequence: 3,
      body: {
        message_id: "99",
        unsuccess_sme: [{ dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: "42", error_status_code: 0x0b }],
      },
    },
  },
  {
    name: "data_sm with its text in message_payload (§4.7.1)",
    hex: `00000026 00000103 00000000 00000004
      00 01 01 313200 01 01 333400 00 01 08 0424 0004 00480069`,
    pdu: {
      command: "data_sm",
      status: 0,
      sequence: 4,
      body: {
        service_type: "",
        source_addr_ton: 1,
        source_addr_npi: 1,
        source_addr: "12",
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        destination_addr: "34",
        esm_class: 0,
        registered_delivery: 1,
        data_coding: 8,
        tlvs: { message_payload: Buffer.from("00480069", "hex") },
      },
    },
  },
  {
    name: "query_sm_resp (§4.8.2)",
    hex: "00000026 80000003 00000000 00000005 393900 3236313132313031323734393030302b 00 02 00",
    pdu: {
      command: "query_sm_resp",
      status: 0,
      sequence: 5,
      body: { message_id: "99", final_date: "261121012749000+", message_state: 2, error_code: 0 },
    },
  },
  {
    name: "cancel_sm (§4.9.1)",
    hex: "0000001e 00000008 00000000 00000006 00 393900 01 01 313200 01 01 333400",
    pdu: {
      command: "cancel_sm",
      status: 0,
      sequence: 6,
      body: {
        service_type: "",
        message_id: "99",
        source_addr_ton: 1,
        source_addr_npi: 1,
        source_addr: "12",
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        destination_addr: "34",
      },
    },
  },
  {
    name: "replace_sm (§4.10.1)",
    hex: "0000001f 00000007 00000000 00000008 393900 01 01 313200 00 00 01 00 02 6f6b",
    pdu: {
      command: "replace_sm",
      status: 0,
      sequence: 8,
      body: {
        message_id: "99",
        source_addr_ton: 1,
        source_addr_npi: 1,
        source_addr: "12",
        schedule_delivery_time: "",
        validity_period: "",
        registered_delivery: 1,
        sm_default_msg_id: 0,
        short_message: text("ok"),
      },
    },
  },
  {
    name: "alert_notification (§4.12.1)",
    hex: "0000001f 00000102 00000000 00000009 01 01 313200 00 00 333400 0422 0001 02",
    pdu: {
      command: "alert_notification",
      status: 0,
      sequence: 9,
      body: {
        source_addr_ton: 1,
        source_addr_npi: 1,
        source_addr: "12",
        esme_addr_ton: 0,
        esme_addr_npi: 0,
        esme_addr: "34",
        tlvs: { ms_availability_status: 2 },
      },
    },
  },
  {
    name: "outbind (§4.1.7)",
    hex: "00000014 0000000b 00000000 0000000a 6100 6200",
    pdu: { command: "outbind", status: 0, sequence: 10, body: { system_id: "a", password: "b" } },
  },
  {
    name: "enquire_link (§4.11.1)",
    hex: "00000010 00000015 00000000 7fffffff",
    pdu: { command: "enquire_link", status: 0, sequence: 0x7fffffff, body: {} },
  },
  {
    name: "unbind_resp (§4.2.2)",
    hex: "00000010 80000006 00000000 0000000c",
    pdu: { command: "unbind_resp", status: 0, sequence: 12, body: {} },
  },
  {
    name: "generic_nack of a PDU without a sequence number (§4.3.1)",
    hex: "00000010 80000000 00000002 00000000",
    pdu: { command: "generic_nack", status: 2, sequence: 0, body: {} },
  },
];

for (const { name, hex, pdu } of VECTORS) {
  const octets = Buffer.from(hex.replace(/\s/g, ""), "hex");

  test(`${name} is written octet by octet as the specification lays it out`, () => {
    assert.equal(encodePdu(pdu).toString("hex"), octets.toString("hex"));
  });

  test(`${name} is read as the specification lays it out`, () => {
    assert.deepEqual(new PduDecoder({ maxPduOctets: 4096 }).push(octets), [{ kind: "pdu", pdu }]);
  });
}
