import { writeShortMessage } from "./encode-fields.ts";
import type { PduBodyInput } from "./pdu.ts";
import type { Writer } from "./writer.ts";

/*
 * submit_sm and deliver_sm are nearly all of the traffic, so that they are
 * written by hand here. A property test holds this equal to the generic path.
 */

/** Octets of the integers, of the length of short_message and of the NULs of five texts. */
const FIXED_OCTETS = 12 + 5;

/** Octets of the mandatory parameters of submit_sm or deliver_sm. Validates nothing. */
export function shortMessageOctets(body: PduBodyInput["submit_sm"]): number {
  return (
    FIXED_OCTETS +
    (body.service_type?.length ?? 0) +
    (body.source_addr?.length ?? 0) +
    (body.destination_addr?.length ?? 0) +
    (body.schedule_delivery_time?.length ?? 0) +
    (body.validity_period?.length ?? 0) +
    (body.short_message?.length ?? 0)
  );
}

/** Writes the mandatory parameters of submit_sm (SMPP 3.4 §4.4.1). Throws SmppEncodeError. */
export function writeSubmit(writer: Writer, body: PduBodyInput["submit_sm"]): void {
  writeAddresses(writer, body);
  writer.time(body.schedule_delivery_time ?? "", "schedule_delivery_time");
  writer.time(body.validity_period ?? "", "validity_period");
  writeContent(writer, body);
}

/** Writes the mandatory parameters of deliver_sm (SMPP 3.4 §4.6.1), whose two times are always NULL. Throws SmppEncodeError. */
export function writeDeliver(writer: Writer, body: PduBodyInput["deliver_sm"]): void {
  writeAddresses(writer, body);
  writer.text(body.schedule_delivery_time ?? "", 1, "schedule_delivery_time");
  writer.text(body.validity_period ?? "", 1, "validity_period");
  writeContent(writer, body);
}

function writeAddresses(writer: Writer, body: PduBodyInput["submit_sm"]): void {
  writer.text(body.service_type ?? "", 6, "service_type");
  writer.int1(body.source_addr_ton ?? 0, "source_addr_ton");
  writer.int1(body.source_addr_npi ?? 0, "source_addr_npi");
  writer.text(body.source_addr ?? "", 21, "source_addr");
  writer.int1(body.dest_addr_ton ?? 0, "dest_addr_ton");
  writer.int1(body.dest_addr_npi ?? 0, "dest_addr_npi");
  writer.text(body.destination_addr ?? "", 21, "destination_addr");
  writer.int1(body.esm_class ?? 0, "esm_class");
  writer.int1(body.protocol_id ?? 0, "protocol_id");
  writer.int1(body.priority_flag ?? 0, "priority_flag");
}

function writeContent(writer: Writer, body: PduBodyInput["submit_sm"]): void {
  writer.int1(body.registered_delivery ?? 0, "registered_delivery");
  writer.int1(body.replace_if_present_flag ?? 0, "replace_if_present_flag");
  writer.int1(body.data_coding ?? 0, "data_coding");
  writer.int1(body.sm_default_msg_id ?? 0, "sm_default_msg_id");
  writeShortMessage(writer, body.short_message);
}
