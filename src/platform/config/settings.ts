/** The one table of all settings. */
import { isIPv4 } from "node:net";
import { carrierFields } from "./carrier-fields.ts";
import { fleetSettings } from "./fleet-settings.ts";
import type { SettingsOf, SettingTable } from "./schema.ts";
import { defineSettings, optional, required, setting } from "./schema.ts";
import { productSettings } from "./product-settings.ts";
import { routingSettings } from "./routing-settings.ts";
import { boolean, integer, list, oneOf, path, port, record, text, url, variant } from "./value-types.ts";

/** What can be written for carriers: the keys of each `type`. A new type of carrier is one entry here. */
export type CarrierTypes = Readonly<Record<string, SettingTable>>;

const MAX_CARRIERS = 5_000;
const MAX_NUMBERS = 100_000;

const host = text({
  expected: "an address or a host name",
  maxLength: 253,
  pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/,
});

const numberFields = defineSettings({
  number: required(
    text({
      expected: 'a number such as "+15005550100", or a short code of 3 to 8 digits',
      maxLength: 16,
      pattern: /^(\+[1-9]\d{6,14}|\d{3,8})$/,
    }),
    { description: "In E.164, or a short code. Each once." },
  ),
  sms: setting(boolean(), { default: true, description: "Whether it sends and receives SMS." }),
  mms: setting(boolean(), { default: true, description: "Whether it sends and receives MMS." }),
  voice: setting(boolean(), { default: true, description: "Whether it makes and takes calls." }),
  country: optional(
    text({ expected: "two capital letters (ISO 3166-1 alpha-2)", maxLength: 2, pattern: /^[A-Z]{2}$/ }),
    { description: "Its country. Without it, by the number's prefix." },
  ),
  type: setting(oneOf("local", "mobile", "tollfree", "shortcode"), {
    default: "local",
    description: "As what it is found under AvailablePhoneNumbers.",
  }),
  cell: optional(text({ expected: "the name of a cell", maxLength: 60, pattern: /^[a-z][a-z0-9-]*$/ }), {
    description: "The cell whose accounts can have it. Without it, the operator's.",
  }),
});

/** A number of the operator's inventory. */
export type NumberSettings = SettingsOf<typeof numberFields>;

const webhookSettings = defineSettings({
  allowPrivateNetworks: setting(boolean(), {
    derived: { text: "true where `host` is a loopback address", from: (read) => isLoopback(String(read("host"))) },
    description:
      "Whether webhooks and media may be fetched from private and loopback addresses. Customers can then read what answers inside your network: the debugger shows answers to webhooks and replays, up to 16 KiB of each.",
  }),
  maxInFlight: setting(integer(1, 10_000), {
    default: 512,
    description: "How many webhook requests may be under way at once.",
  }),
  maxInFlightPerHost: setting(integer(1, 10_000), {
    default: 128,
    description: "How many of them may go to one host.",
  }),
});

const rate = integer(1, 60_000_000, "segments a minute");

const senderRateFields = defineSettings({
  kind: optional(oneOf("local", "mobile", "tollfree", "shortcode", "alphanumeric"), {
    description: "The kind of sender; any where absent.",
  }),
  country: optional(text({ expected: "two capital letters", maxLength: 2, pattern: /^[A-Z]{2}$/ }), {
    description: "The country of the sender's own number; any where absent.",
  }),
  segmentsPerMinute: required(rate, { description: "How many segments one such sender may send." }),
});

const accountRateFields = defineSettings({
  accountSid: optional(text({ expected: "AC and 32 hexadecimal digits", maxLength: 34, pattern: /^AC[0-9a-f]{32}$/ }), {
    description: "The account; any where absent.",
  }),
  segmentsPerMinute: required(rate, { description: "How many segments the account may send over all of its senders." }),
});

const messagingSettings = defineSettings({
  statusCallbacks: setting(oneOf("all", "sent-and-final", "final"), {
    default: "all",
    description: "Which status changes are called back: every one, `sent` and the final one, or the final one alone.",
  }),
  adoptReceiptSeconds: setting(integer(1, 3_600), {
    default: 15,
    description: "After this, a receipt with an unknown id is matched to an attempt whose answer was lost.",
  }),
  unknownGraceSeconds: setting(integer(1, 86_400), {
    default: 60,
    description:
      "How long a message whose outcome is not known waits for a receipt before it is given up, or sent once more where it asked for that.",
  }),
  senderRates: setting(list(record(senderRateFields), 1_000), {
    default: [],
    description: "How fast senders may send. The first entry that fits counts; without one there is no limit.",
  }),
  accountRates: setting(list(record(accountRateFields), 10_000), {
    default: [],
    description: "How fast accounts may send. The first entry that fits counts; without one there is no limit.",
  }),
  senderQueueSeconds: setting(integer(1, 864_000), {
    default: 36_000,
    description: "How much may wait for a sender that has a rate: so many seconds' worth of segments.",
  }),
});

const simulatorSettings = defineSettings({
  enabled: setting(boolean(), {
    derived: {
      text: "true where no `carriers` are given",
      from: (read) => (read("carriers") as unknown[]).length === 0,
    },
    description: "Whether the simulated carrier is started.",
  }),
  port: setting(port(), { default: 2775, description: "Its SMPP port on 127.0.0.1." }),
});

const smppSettings = defineSettings({
  port: optional(port(), {
    description: "The port for customers' SMPP clients, usually 2776. Without it there is none.",
  }),
  tlsPort: optional(port(), {
    description: "A port for the same with TLS, usually 3551. Needs `smpp.tlsKey` and `smpp.tlsCertificate`.",
  }),
  tlsKey: optional(path("the path of a file"), { description: "The private key of the TLS port, PEM." }),
  tlsCertificate: optional(path("the path of a file"), {
    description: "The certificate of the TLS port with its chain, PEM. Both are read again when they change.",
  }),
  systemId: setting(
    text({ expected: "1 to 15 letters, digits, dots, dashes or underscores", maxLength: 15, pattern: /^[\w.-]+$/ }),
    { default: "trunkline", description: "How the server calls itself in its answer to a bind." },
  ),
  maxConnections: setting(integer(1, 10_000), {
    default: 1_000,
    description: "Connections of SMPP clients at one time, bound or not; at most 200 of them from one address.",
  }),
  maxBindsPerAccount: setting(integer(1, 1_000), {
    default: 50,
    description: "Binds of one account at one time, over all of its system ids.",
  }),
  fallbackAfterSeconds: setting(integer(1, 86_400), {
    default: 60,
    description: "How long a receipt or text waits for a bind before its webhook is asked instead, where there is one.",
  }),
  keepHours: setting(integer(1, 168), {
    default: 24,
    description: "How long a receipt or text waits for a bind before it is given up.",
  }),
  enquireLinkSeconds: setting(integer(5, 3_600), {
    default: 30,
    description: "How long a client may be silent before it is asked whether it is there.",
  }),
  inactivitySeconds: setting(integer(0, 86_400), {
    default: 0,
    description: "How long a bind may do nothing but that before it is unbound. 0: for ever.",
  }),
});

/** Builds the table for the types of carriers that are known. Paths, environment variables and flags follow from the keys. */
export function settingsTable<V extends CarrierTypes>(carrierTypes: V) {
  return defineSettings({
    config: optional(path("the path of a file"), {
      description: "The configuration file. Without it, `trunkline.yaml` in the working folder where there is one.",
      inFile: false,
    }),
    host: setting(host, { default: "127.0.0.1", description: "The address to listen on. `0.0.0.0` or `::` is all." }),
    port: setting(port(), { default: 8080, description: "The port of the API, and of the proxy. 0 takes a free one." }),
    tlsPort: optional(port(), {
      description: "A second port, with TLS and certificates for the API's public names. Without it there is none.",
    }),
    publicUrl: optional(url(["http", "https"], "an http or https URL"), {
      description: "The base URL under which others reach this platform. Without it, made of `host` and the port.",
    }),
    data: setting(path("the path of a folder"), {
      default: "./.trunkline",
      description: "The folder for everything that is kept.",
    }),
    databaseUrl: optional(url(["postgres", "postgresql"], "a URL such as postgres://user:secret@host:5432/name"), {
      description: "The PostgreSQL server to use. Without it, one is started in the data folder.",
    }),
    accountSid: optional(
      text({ expected: "AC and 32 hexadecimal digits", maxLength: 34, pattern: /^AC[0-9a-f]{32}$/ }),
      { description: "The SID of the first account. Without it, one is made up and kept." },
    ),
    authToken: optional(
      text({
        expected: "16 to 128 printable characters without spaces",
        maxLength: 128,
        pattern: /^[\x21-\x7e]{16,}$/,
      }),
      { description: "The auth token of the first account. Goes together with `accountSid`.", secret: true },
    ),
    carriers: setting(list(variant(carrierFields, carrierTypes), MAX_CARRIERS), {
      default: [],
      description: "The carriers that messages go out by and come in from.",
    }),
    numbers: setting(list(record(numberFields), MAX_NUMBERS), {
      default: [],
      description: "The numbers that there are to be had. Without any, and with the simulated carrier, test numbers.",
    }),
    webhooks: webhookSettings,
    messaging: messagingSettings,
    routing: routingSettings,
    log: {
      level: setting(oneOf("debug", "info", "warn", "error"), {
        default: "info",
        description: "The least level that is written.",
      }),
      format: setting(oneOf("pretty", "json", "auto"), {
        default: "auto",
        description: "Lines for people, or one JSON object a line. `auto`: for people on a terminal.",
      }),
    },
    ...productSettings,
    ...fleetSettings,
    simulator: simulatorSettings,
    smpp: smppSettings,
  });
}

/** True for `localhost` and for what only this machine can reach. */
export function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || (isIPv4(name) && name.startsWith("127."));
}

/** All settings, complete. `undefined` stands only where its description says what that means. */
export type Settings<V extends CarrierTypes = CarrierTypes> = SettingsOf<ReturnType<typeof settingsTable<V>>>;

/** One thing that two settings must agree on; gives the path to blame and what is wrong, or `undefined`. */
export type CrossCheck = (settings: Settings) => { path: string; message: string } | undefined;

/** What no single setting can say. */
export const CROSS_CHECKS: readonly CrossCheck[] = [
  ({ accountSid, authToken }) =>
    (accountSid === undefined) === (authToken === undefined)
      ? undefined
      : {
          path: accountSid === undefined ? "authToken" : "accountSid",
          message: `expected ${accountSid === undefined ? "accountSid" : "authToken"} to be given with it`,
        },
  ({ carriers }) => {
    const index = firstRepeated(carriers.map((carrier) => carrier.name));
    return index < 0 ? undefined : { path: `carriers[${index}].name`, message: "expected a name of its own" };
  },
  ({ numbers }) => {
    const index = firstRepeated(numbers.map((entry) => entry.number));
    return index < 0 ? undefined : { path: `numbers[${index}].number`, message: "expected each number only once" };
  },
  ({ port: plain, tlsPort }) =>
    tlsPort === undefined || tlsPort === 0 || tlsPort !== plain
      ? undefined
      : { path: "tlsPort", message: "expected another port than that of `port`" },
  ({ port: plain, simulator }) =>
    !simulator.enabled || simulator.port === 0 || simulator.port !== plain
      ? undefined
      : { path: "simulator.port", message: "expected another port than that of `port`" },
  ({ smpp }) =>
    smpp.tlsPort === undefined || (smpp.tlsKey !== undefined && smpp.tlsCertificate !== undefined)
      ? undefined
      : { path: "smpp.tlsPort", message: "expected smpp.tlsKey and smpp.tlsCertificate to be given with it" },
  ({ smpp }) =>
    smpp.tlsPort === undefined || smpp.tlsPort === 0 || smpp.tlsPort !== smpp.port
      ? undefined
      : { path: "smpp.tlsPort", message: "expected another port than that of `smpp.port`" },
];

function firstRepeated(values: readonly string[]): number {
  const seen = new Set<string>();
  return values.findIndex((value) => seen.size === seen.add(value).size);
}
