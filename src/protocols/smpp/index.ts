/** SMPP 3.4 and 5.0 as values: PDUs to and from octets, receipts, times, codes. No sockets, no clock. */
export { COMMANDS, COMMAND_NAMES, commandName, isResponse } from "./commands.ts";
export type { CommandName } from "./commands.ts";
export { CommandStatus, statusName } from "./command-status.ts";
export type { CommandStatusName } from "./command-status.ts";
export {
  DataCoding,
  EsmClass,
  InterfaceVersion,
  MessageState,
  Npi,
  RegisteredDelivery,
  Ton,
  commonVersion,
  hasUdh,
  isIntermediateNotification,
  isReceipt,
  messageStateName,
} from "./codes.ts";
export type { InterfaceVersionValue, MessageStateName } from "./codes.ts";
export { encodePdu, encodePduInto, pduOctets } from "./encode.ts";
export { decodePdu } from "./decode.ts";
export { PduDecoder } from "./pdu-decoder.ts";
export { MAX_DESTINATIONS, MAX_SHORT_MESSAGE_OCTETS } from "./fields.ts";
export type { DestinationAddress, UnsuccessfulAddress } from "./fields.ts";
export { HEADER_OCTETS, MAX_SEQUENCE } from "./pdu.ts";
export type { AnyPdu, Decoded, Pdu, PduBody, PduBodyInput, PduInput } from "./pdu.ts";
export { MAX_TLVS, TLVS, tlvName, withoutVersion5 } from "./tlvs.ts";
export type { NetworkErrorCode, TlvName, Tlvs, UnknownTlv } from "./tlvs.ts";
export { SmppEncodeError } from "./writer.ts";
export { parseReceipt, writeReceiptText } from "./receipt-text.ts";
export type { ReceiptToWrite, TextReceipt } from "./receipt-text.ts";
export { readReceipt } from "./receipt.ts";
export type { DeliveryReceipt } from "./receipt.ts";
export { normaliseMessageId } from "./message-id.ts";
export type { MessageIdForm } from "./message-id.ts";
export { MAX_RELATIVE_TIME_MS, encodeAbsoluteTime, encodeRelativeTime, parseSmppTime, receiptDate } from "./time.ts";
