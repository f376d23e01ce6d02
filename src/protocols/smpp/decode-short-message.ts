import type { PduBody } from "./pdu.ts";
import type { Reader } from "./reader.ts";

/**
 * Reads the mandatory parameters of submit_sm and deliver_sm, which have the
 * same layout (SMPP 3.4 §4.4.1, §4.6.1). Written by hand because they are nearly
 * all of the traffic; a property test holds this equal to the generic path.
 * `reader.broken` tells whether the body could be read.
 */
export function readShortMessageBody(reader: Reader): PduBody["submit_sm"] {
  return {
    service_type: reader.text("service_type"),
    source_addr_ton: reader.int1("source_addr_ton"),
    source_addr_npi: reader.int1("source_addr_npi"),
    source_addr: reader.text("source_addr"),
    dest_addr_ton: reader.int1("dest_addr_ton"),
    dest_addr_npi: reader.int1("dest_addr_npi"),
    destination_addr: reader.text("destination_addr"),
    esm_class: reader.int1("esm_class"),
    protocol_id: reader.int1("protocol_id"),
    priority_flag: reader.int1("priority_flag"),
    schedule_delivery_time: reader.text("schedule_delivery_time"),
    validity_period: reader.text("validity_period"),
    registered_delivery: reader.int1("registered_delivery"),
    replace_if_present_flag: reader.int1("replace_if_present_flag"),
    data_coding: reader.int1("data_coding"),
    sm_default_msg_id: reader.int1("sm_default_msg_id"),
    short_message: reader.octets(reader.int1("sm_length"), "short_message"),
  };
}
