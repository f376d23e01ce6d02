import { iso8601 } from "../../../kernel/time.ts";
import type { JsonObject } from "../../../platform/http/index.ts";
import { NOT_PORTABLE, REJECTIONS, type PortInNumber, type PortInRequest } from "./port-in.ts";

const orNull = (text: string): string | null => (text === "" ? null : text);
const moment = (ms: number | undefined): string | null => (ms === undefined ? null : iso8601(ms));

/** A request, complete. */
export function viewPortIn(request: PortInRequest, baseUrl: string): JsonObject {
  return {
    port_in_request_sid: request.sid,
    url: `${baseUrl}/v1/Porting/PortIn/${request.sid}`,
    account_sid: request.accountSid,
    ...request.content,
    port_in_request_status: request.status,
    order_cancellation_reason: orNull(request.cancellationReason),
    phone_numbers: request.numbers.map(viewResult),
    date_created: iso8601(request.createdMs),
    support_ticket_id: request.ticket,
    signature_request_url: null,
  };
}

function viewResult(number: PortInNumber): JsonObject {
  return {
    not_portability_reason: reasonOf(number),
    not_portability_reason_code: number.notPortableCode,
    number_type: number.kind,
    phone_number: number.number,
    port_date: moment(number.portAtMs),
    port_in_phone_number_sid: number.sid,
    port_in_phone_number_status: number.status,
    portable: number.portable,
    rejection_reason: REJECTIONS[number.rejectionCode] ?? null,
    rejection_reason_code: orNull(number.rejectionCode),
    status_last_time_updated_timestamp: iso8601(number.updatedMs),
    external_porting_vendor_phone_number_id: null,
  };
}

/** A number of a request. */
export function viewPortInNumber(number: PortInNumber, baseUrl: string): JsonObject {
  return {
    port_in_request_sid: number.requestSid,
    phone_number_sid: number.sid,
    url: `${baseUrl}/v1/Porting/PortIn/${number.requestSid}/PhoneNumber/${number.sid}`,
    account_sid: number.accountSid,
    phone_number_type: number.kind,
    date_created: iso8601(number.createdMs),
    country: number.country,
    missing_required_fields: number.kind === "MOBILE" && number.pin === "",
    last_updated: iso8601(number.updatedMs),
    phone_number: number.number,
    portable: number.portable,
    not_portability_reason: reasonOf(number),
    not_portability_reason_code: number.notPortableCode,
    port_in_phone_number_status: number.status,
    port_out_pin: /^\d{1,9}$/.test(number.pin) ? Number(number.pin) : null,
    rejection_reason: REJECTIONS[number.rejectionCode] ?? null,
    rejection_reason_code: orNull(number.rejectionCode),
    port_date: moment(number.portAtMs),
  };
}

function reasonOf({ notPortableCode }: PortInNumber): string | null {
  return notPortableCode === null ? null : (NOT_PORTABLE[notPortableCode] ?? null);
}
