/** What the file can say about a carrier that is reached by SMPP. */
import type { ScalarType, SettingsOf } from "./schema.ts";
import { defineSettings, optional, required, setting } from "./schema.ts";
import { boolean, integer, maskUserinfo, oneOf, parseUrl, text } from "./value-types.ts";

/** Registered for SMPP, and for SMPP over TLS. */
const DEFAULT_PORTS = { "smpp:": 2775, "smpps:": 3550 } as const;

/** SMPP 3.4 §5.2.1 and §5.2.2, without the closing NUL. */
const MAX_SYSTEM_ID_OCTETS = 15;
const MAX_PASSWORD_OCTETS = 8;

/** Where the SMSC is and how to sign in, from `smpp://user:secret@host:port` or `smpps://…`. */
export interface SmppAddress {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly systemId: string;
  readonly password: string;
}

function smppUrl(): ScalarType<SmppAddress> {
  return {
    kind: "scalar",
    expected:
      "smpp://user:secret@host:port or smpps://user:secret@host:port with ASCII credentials, " +
      `the user of 1 to ${MAX_SYSTEM_ID_OCTETS} and the secret of at most ${MAX_PASSWORD_OCTETS} characters ` +
      "(special ones percent-encoded), and nothing after the port",
    read: readSmppUrl,
    show: (address) => maskUserinfo(formatSmppUrl(address)),
  };
}

function readSmppUrl(given: string): SmppAddress | undefined {
  const parsed = parseUrl(given);
  if (parsed === undefined || (parsed.protocol !== "smpp:" && parsed.protocol !== "smpps:")) return undefined;
  const extra = parsed.search + parsed.hash;
  if (extra !== "" || !["", "/"].includes(parsed.pathname) || parsed.hostname === "") return undefined;
  const systemId = decodeCredential(parsed.username, MAX_SYSTEM_ID_OCTETS);
  const password = decodeCredential(parsed.password, MAX_PASSWORD_OCTETS);
  if (systemId === undefined || systemId === "" || password === undefined) return undefined;
  return {
    tls: parsed.protocol === "smpps:",
    host: parsed.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: parsed.port === "" ? DEFAULT_PORTS[parsed.protocol] : Number(parsed.port),
    systemId,
    password,
  };
}

function decodeCredential(encoded: string, maxOctets: number): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
  return decoded.length <= maxOctets && /^[\x20-\x7e]*$/.test(decoded) ? decoded : undefined;
}

function formatSmppUrl(address: SmppAddress): string {
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  const credentials = `${encodeURIComponent(address.systemId)}:${encodeURIComponent(address.password)}`;
  return `${address.tls ? "smpps" : "smpp"}://${credentials}@${host}:${address.port}`;
}

const ton = integer(0, 6, "a type of number");
const npi = integer(0, 18, "a numbering plan indicator");

/** The keys of a carrier with `type: smpp`, beside those that every carrier has. */
export const smppCarrierType = defineSettings({
  url: required(smppUrl(), {
    group: "Connection",
    description: "Where the SMSC is and how to sign in. `smpps` is SMPP over TLS.",
  }),
  tlsVerify: setting(boolean(), {
    default: true,
    group: "Connection",
    description: "Whether the certificate of an `smpps` SMSC is checked. Off only on a private line.",
  }),
  bind: setting(oneOf("transceiver", "transmitter", "receiver", "pair"), {
    default: "transceiver",
    group: "Connection",
    description: "How to bind. `pair` is a transmitter and a receiver.",
  }),
  binds: setting(integer(1, 32), { default: 1, group: "Connection", description: "How many such binds to hold open." }),
  window: setting(integer(1, 1000), {
    default: 10,
    group: "Traffic",
    description: "How many requests may wait for their response on one bind, at most.",
  }),
  adaptiveWindow: setting(boolean(), {
    default: true,
    group: "Traffic",
    description:
      "Whether fewer may wait while responses take long, or while the SMSC throttles or says that it is congested. " +
      "Never more than `window`.",
  }),
  interfaceVersion: setting(oneOf("3.4", "5.0"), {
    default: "3.4",
    group: "Connection",
    description: "The version of SMPP to ask for. 5.0 is spoken where the SMSC answers that it does too.",
  }),
  messagesPerSecond: optional(integer(1, 100_000), {
    group: "Traffic",
    description: "Submissions a second over all binds. Without it, as fast as the window allows.",
  }),
  systemType: setting(text({ expected: "at most 12 ASCII characters", maxLength: 12, pattern: /^[\x20-\x7e]*$/ }), {
    default: "",
    group: "Connection",
    description: "`system_type` of the bind.",
  }),
  addressRange: setting(text({ expected: "at most 40 ASCII characters", maxLength: 40, pattern: /^[\x20-\x7e]*$/ }), {
    default: "",
    group: "Connection",
    description: "`address_range` of the bind.",
  }),
  sourceTon: optional(ton, {
    group: "Addresses",
    description: "`source_addr_ton` of every message. Without it, by the kind of sender.",
  }),
  sourceNpi: optional(npi, {
    group: "Addresses",
    description: "`source_addr_npi` of every message. Without it, by the kind of sender.",
  }),
  destinationTon: optional(ton, {
    group: "Addresses",
    description: "`dest_addr_ton` of every message. Without it, international.",
  }),
  destinationNpi: optional(npi, {
    group: "Addresses",
    description: "`dest_addr_npi` of every message. Without it, ISDN.",
  }),
  longMessages: setting(oneOf("udh8", "udh16", "sar", "payload"), {
    default: "udh8",
    group: "Texts",
    description: "How a long text is cut: by user data header with 8 or 16-bit reference, `sar_*` TLVs, or not at all.",
  }),
  defaultAlphabet: setting(oneOf("gsm7", "latin1", "gsm7-packed"), {
    default: "gsm7",
    group: "Texts",
    description: "What `data_coding` 0 means to this SMSC.",
  }),
  ia5Alphabet: setting(oneOf("ascii", "gsm7"), {
    default: "ascii",
    group: "Texts",
    description: "What `data_coding` 1 means in texts from this SMSC.",
  }),
  userReference: setting(boolean(), {
    default: false,
    group: "Receipts",
    description:
      "Whether every part is sent with a `user_message_reference`, which helps to match receipts where the SMSC " +
      "repeats it in them.",
  }),
  messageIds: setting(oneOf("as-is", "hex-to-decimal", "decimal-to-hex"), {
    default: "as-is",
    group: "Receipts",
    description: "How the message id of the response is turned into that of the receipt.",
  }),
  receipts: setting(oneOf("all", "last-part"), {
    default: "all",
    group: "Receipts",
    description: "Whether receipts are asked for on every part of a long message or on the last one.",
  }),
  responseTimeoutMs: setting(integer(100, 600_000), {
    default: 30_000,
    group: "Traffic",
    description: "How long a request waits for its response.",
  }),
  enquireLinkMs: setting(integer(1000, 3_600_000), {
    default: 30_000,
    group: "Traffic",
    description: "How long a bind may be silent before `enquire_link` is sent.",
  }),
});

/** The settings of an SMPP carrier, complete, without those that every carrier has. */
export type SmppCarrierSettings = SettingsOf<typeof smppCarrierType>;
