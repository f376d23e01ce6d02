import type { Buffer } from "node:buffer";
import {
  COMMANDS,
  DataCoding,
  EsmClass,
  HEADER_OCTETS,
  MAX_TLVS,
  TLVS,
  commandName,
  decodePdu,
  hasUdh,
  isReceipt,
  messageStateName,
  readReceipt,
  statusName,
  tlvName,
  type CommandName,
} from "../../../../protocols/smpp/index.ts";
import { decodeUserData } from "../../../../protocols/sms/index.ts";
import type { TracedField } from "../../pdu-trace.ts";

/** Destinations and failures that are shown one by one. */
const MAX_SHOWN = 32;

const TONS = ["unknown", "international", "national", "network specific", "subscriber", "alphanumeric", "abbreviated"];
const NPIS: Readonly<Record<number, string>> = {
  0: "unknown",
  1: "ISDN (E.163, E.164)",
  3: "data (X.121)",
  4: "telex (F.69)",
  6: "land mobile (E.212)",
  8: "national",
  9: "private",
  10: "ERMES",
  14: "internet (IP)",
  18: "WAP client id",
};
const CODINGS: Readonly<Record<number, string>> = {
  [DataCoding.SMSC_DEFAULT]: "the SMSC's default alphabet",
  [DataCoding.IA5]: "IA5 (ASCII)",
  [DataCoding.BINARY_ALIAS]: "binary",
  [DataCoding.LATIN1]: "Latin-1",
  [DataCoding.BINARY]: "binary",
  [DataCoding.JIS]: "JIS",
  [DataCoding.CYRILLIC]: "Cyrillic",
  [DataCoding.HEBREW]: "Hebrew",
  [DataCoding.UCS2]: "UCS-2",
};

/** How the carrier writes texts, which only its settings say. */
export interface TextForm {
  readonly defaultAlphabet: "gsm7" | "latin1" | "gsm7-packed";
}

/** The command of a PDU; its number where it has no name. */
export function nameOfPdu(octets: Buffer): string {
  if (octets.length < HEADER_OCTETS) return "unreadable";
  const id = octets.readUInt32BE(4);
  return commandName(id) ?? `0x${hex(id, 8)}`;
}

/**
 * The fields of a PDU in the order in which they stand, each with its place in the octets and what
 * it means. Reads as far as the octets go: they may have been cut.
 */
export function describePdu(octets: Buffer, form: TextForm): TracedField[] {
  if (octets.length < HEADER_OCTETS) return [];
  return new Description(octets, form).fields();
}

class Description {
  private readonly octets: Buffer;
  private readonly form: TextForm;
  private readonly found: TracedField[] = [];
  private readonly values = new Map<string, number>();
  private at = HEADER_OCTETS;

  constructor(octets: Buffer, form: TextForm) {
    this.octets = octets;
    this.form = form;
  }

  fields(): TracedField[] {
    const { octets } = this;
    const id = octets.readUInt32BE(4);
    const status = octets.readUInt32BE(8);
    const command = commandName(id);
    this.put({ name: "command_length", value: String(octets.readUInt32BE(0)), offset: 0, length: 4 });
    this.put({ name: "command_id", value: `0x${hex(id, 8)}`, meaning: command, offset: 4, length: 4 });
    this.put({
      name: "command_status",
      value: `0x${hex(status, 8)}`,
      meaning: statusName(status),
      offset: 8,
      length: 4,
    });
    this.put({ name: "sequence_number", value: String(octets.readUInt32BE(12)), offset: 12, length: 4 });
    if (command === undefined || this.at >= octets.length) return this.found;
    if (this.mandatory(command)) this.optional();
    this.meanings(command);
    return this.found;
  }

  private put(field: Omit<TracedField, "meaning"> & { readonly meaning?: string | undefined }): void {
    const { meaning, ...rest } = field;
    this.found.push(meaning === undefined ? rest : { ...rest, meaning });
  }

  /** False where the octets end before the last one. */
  private mandatory(command: CommandName): boolean {
    for (const [name, field] of Object.entries(COMMANDS[command].fields) as [string, { readonly kind: string }][]) {
      switch (field.kind) {
        case "integer":
          if (!this.integer(name, 1)) return false;
          break;
        case "text":
        case "time":
          if (!this.text(name)) return false;
          break;
        case "short-message":
          if (!this.shortMessage()) return false;
          break;
        case "destinations":
          if (!this.destinations()) return false;
          break;
        default:
          if (!this.failures()) return false;
      }
    }
    return true;
  }

  private integer(name: string, length: number): boolean {
    const { octets, at } = this;
    if (at + length > octets.length) return false;
    const value = octets.readUIntBE(at, length);
    this.values.set(name, value);
    this.put({ name, value: String(value), meaning: meaningOf(name, value), offset: at, length });
    this.at = at + length;
    return true;
  }

  private text(name: string): boolean {
    const { octets, at } = this;
    const nul = octets.indexOf(0, at);
    const end = nul < 0 ? octets.length : nul;
    this.put({
      name,
      value: octets.toString("latin1", at, end),
      offset: at,
      length: Math.min(end + 1, octets.length) - at,
    });
    this.at = Math.min(end + 1, octets.length);
    return nul >= 0;
  }

  private shortMessage(): boolean {
    if (!this.integer("sm_length", 1)) return false;
    const length = this.values.get("sm_length") ?? 0;
    const { octets, at } = this;
    const end = Math.min(octets.length, at + length);
    if (length > 0)
      this.put({ name: "short_message", value: octets.toString("hex", at, end), offset: at, length: end - at });
    this.at = end;
    return end === at + length;
  }

  private destinations(): boolean {
    if (!this.integer("number_of_dests", 1)) return false;
    const count = this.values.get("number_of_dests") ?? 0;
    for (let n = 0; n < count; n += 1) {
      if (n === MAX_SHOWN) return false;
      if (!this.integer("dest_flag", 1)) return false;
      const isList = this.values.get("dest_flag") === 2;
      if (isList ? !this.text("dl_name") : !this.address()) return false;
    }
    return true;
  }

  private address(): boolean {
    return this.integer("dest_addr_ton", 1) && this.integer("dest_addr_npi", 1) && this.text("destination_addr");
  }

  private failures(): boolean {
    if (!this.integer("no_unsuccess", 1)) return false;
    const count = Math.min(MAX_SHOWN, this.values.get("no_unsuccess") ?? 0);
    for (let n = 0; n < count; n += 1) if (!this.address() || !this.integer("error_status_code", 4)) return false;
    return true;
  }

  private optional(): void {
    const { octets } = this;
    for (let count = 0; count < MAX_TLVS && octets.length - this.at >= 4; count += 1) {
      const { at } = this;
      const tag = octets.readUInt16BE(at);
      const length = octets.readUInt16BE(at + 2);
      const end = Math.min(octets.length, at + 4 + length);
      const name = tlvName(tag);
      const value = octets.subarray(at + 4, end);
      const shown = name === undefined ? undefined : tlvValue(TLVS[name].kind, value);
      const number = name !== undefined && TLVS[name].kind === "integer" ? Number(shown) : undefined;
      const meaning =
        name === undefined
          ? "a parameter of the carrier's own"
          : number === undefined
            ? undefined
            : meaningOf(name, number);
      if (name !== undefined && number !== undefined) this.values.set(name, number);
      this.put({
        name: name ?? `tag 0x${hex(tag, 4)}`,
        value: shown ?? value.toString("hex"),
        meaning,
        offset: at,
        length: end - at,
      });
      this.at = end;
    }
  }

  /** What follows from several fields together: the text, and what a receipt says. */
  private meanings(command: CommandName): void {
    if (command !== "submit_sm" && command !== "deliver_sm" && command !== "data_sm") return;
    const decoded = decodePdu(this.octets, 0, this.octets.length);
    if (decoded.kind !== "pdu") return;
    const { body } = decoded.pdu;
    if (!("esm_class" in body) || !("data_coding" in body)) return;
    const isReceiptPdu = command !== "submit_sm" && isReceipt(body.esm_class);
    const receipt = isReceiptPdu ? readReceipt(body as Parameters<typeof readReceipt>[0]) : undefined;
    const short = "short_message" in body ? body.short_message : undefined;
    const payload = body.tlvs?.message_payload;
    const carried = short !== undefined && short.length > 0 ? "short_message" : "message_payload";
    const octets = carried === "short_message" ? short : payload;
    const data =
      octets === undefined
        ? undefined
        : decodeUserData({
            dataCoding: body.data_coding,
            shortMessage: octets,
            udhi: hasUdh(body.esm_class),
            defaultAlphabet: this.form.defaultAlphabet,
          });
    const text = data?.text;
    const part = data?.concat === undefined ? "" : `part ${data.concat.sequence} of ${data.concat.total}: `;
    const told = receipt === undefined ? "" : `receipt for ${receipt.id}: `;
    if (text !== undefined) this.mean(carried, `${part}${told}${text}`);
  }

  private mean(name: string, meaning: string): void {
    const at = this.found.findIndex((field) => field.name === name);
    const field = this.found[at];
    if (field !== undefined) this.found[at] = { ...field, meaning };
  }
}

function tlvValue(kind: string, value: Buffer): string | undefined {
  switch (kind) {
    case "integer":
      return value.length >= 1 && value.length <= 4 ? String(value.readUIntBE(0, value.length)) : undefined;
    case "text":
      return value.toString("latin1").replace(/\0.*$/s, "");
    case "flag":
      return "present";
    case "network-error":
      return value.length === 3 ? `${value[0]} ${value.readUInt16BE(1)}` : undefined;
    default:
      return undefined;
  }
}

function meaningOf(name: string, value: number): string | undefined {
  if (name.endsWith("_ton")) return TONS[value];
  if (name.endsWith("_npi")) return NPIS[value];
  switch (name) {
    case "data_coding":
      return CODINGS[value] ?? (value >= 0xc0 ? "a GSM class or indication (3GPP TS 23.038)" : undefined);
    case "esm_class":
      return esmMeaning(value);
    case "registered_delivery":
      return ["no receipt", "a receipt at the end", "a receipt if it fails"][value & 3];
    case "message_state":
      return messageStateName(value);
    case "error_status_code":
      return statusName(value);
    case "protocol_id":
    case "priority_flag":
    case "replace_if_present_flag":
    case "sm_default_msg_id":
    case "sm_length":
      return undefined;
    default:
      return undefined;
  }
}

function esmMeaning(value: number): string | undefined {
  const told: string[] = [];
  const type = value & EsmClass.TYPE_MASK;
  if (type === EsmClass.TYPE_RECEIPT) told.push("delivery receipt");
  else if (type === EsmClass.TYPE_INTERMEDIATE) told.push("intermediate notification");
  else if (type !== 0) told.push("acknowledgement of a phone");
  if ((value & EsmClass.MODE_MASK) === EsmClass.MODE_STORE_AND_FORWARD) told.push("store and forward");
  if (hasUdh(value)) told.push("with a user data header");
  if ((value & EsmClass.REPLY_PATH) !== 0) told.push("with a reply path");
  return told.length === 0 ? "default" : told.join(", ");
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
