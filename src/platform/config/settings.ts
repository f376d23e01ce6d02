/** The one table of all settings. */
import { isIPv4 } from "node:net";
import type { SettingsOf, SettingTable } from "./schema.ts";
import { defineSettings, optional, required, setting } from "./schema.ts";
import { boolean, integer, list, oneOf, path, port, record, text, url, variant } from "./value-types.ts";

/** What can be written for carriers: the keys of each `type`. A new type of carrier is one entry here. */
export type CarrierTypes = Readonly<Record<string, SettingTable>>;

const MAX_CARRIERS = 200;
const MAX_NUMBERS = 100_000;
const MAX_PREFIXES = 1000;

const host = text({
  expected: "an address or a host name",
  maxLength: 253,
  pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/,
});

const carrierCommon = defineSettings({
  name: required(
    text({
      expected: "a name of small letters, digits and dashes, at most 32 characters",
      maxLength: 32,
      pattern: /^[a-z0-9][a-z0-9-]*$/,
    }),
    { description: "How the carrier is called in routes, logs and metrics. Each name once." },
  ),
  priority: setting(integer(0, 1000), {
    default: 100,
    description: "Among carriers that reach a number, the smallest goes first.",
  }),
  prefixes: setting(
    list(text({ expected: "a prefix such as +44", maxLength: 16, pattern: /^\+[1-9]\d{0,14}$/ }), MAX_PREFIXES),
    { default: [], description: "Beginnings of the numbers that it reaches. Empty: all." },
  ),
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
});

/** A number of the operator's inventory. */
export type NumberSettings = SettingsOf<typeof numberFields>;

const webhookSettings = defineSettings({
  allowPrivateNetworks: setting(boolean(), {
    derived: { text: "true where `host` is a loopback address", from: (read) => isLoopback(String(read("host"))) },
    description: "Whether webhooks and media may be fetched from private and loopback addresses.",
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

const messagingSettings = defineSettings({
  statusCallbacks: setting(oneOf("all", "final"), {
    default: "all",
    description: "Which status changes are called back: every one, or the final one alone.",
  }),
  adoptReceiptSeconds: setting(integer(1, 3_600), {
    default: 15,
    description: "After this, a receipt with an unknown id is matched to an attempt whose answer was lost.",
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
    carriers: setting(list(variant(carrierCommon, carrierTypes), MAX_CARRIERS), {
      default: [],
      description: "The carriers that messages go out by and come in from.",
    }),
    numbers: setting(list(record(numberFields), MAX_NUMBERS), {
      default: [],
      description: "The numbers that there are to be had. Without any, and with the simulated carrier, test numbers.",
    }),
    webhooks: webhookSettings,
    messaging: messagingSettings,
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
    simulator: simulatorSettings,
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
];

function firstRepeated(values: readonly string[]): number {
  const seen = new Set<string>();
  return values.findIndex((value) => seen.size === seen.add(value).size);
}
