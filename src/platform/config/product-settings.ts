/** Settings of numbers, rules, registrations, money and links. */
import { defineSettings, optional, required, setting } from "./schema.ts";
import { boolean, integer, list, oneOf, path, record, text, url } from "./value-types.ts";

const country = text({
  expected: "two capital letters (ISO 3166-1 alpha-2)",
  maxLength: 2,
  pattern: /^[A-Z]{2}$/,
});

const e164 = text({
  expected: "a number in E.164, such as +15005550100",
  maxLength: 16,
  pattern: /^\+[1-9]\d{6,14}$/,
});

/** True where the only carrier is the simulated one: nothing leaves this machine. */
const isLaptop = (read: (path: string) => unknown): boolean => (read("carriers") as unknown[]).length === 0;
const LAPTOP = "where no `carriers` are given";

const doNotCallFields = defineSettings({
  name: required(text({ expected: "a name of 1 to 60 characters", maxLength: 60, pattern: /^\S+$/ }), {
    description: "How the list is called in refusals.",
  }),
  country: required(country, { description: "Whose numbers it lists." }),
  file: required(path("the path of a file"), { description: "A file with one number a line; read again every day." }),
});

const complianceSettings = defineSettings({
  homeCountry: setting(country, {
    default: "US",
    description: "The country to which every account may send.",
  }),
  countries: setting(list(country, 250), {
    default: [],
    description: "Further countries to which every account may send. Each account can add to them, or take away.",
  }),
  anyCountry: setting(boolean(), {
    derived: { text: `true ${LAPTOP}`, from: isLaptop },
    description: "Whether accounts may send to all countries but those of which much fraud comes.",
  }),
  quietHours: setting(oneOf("refuse", "hold", "off"), {
    default: "refuse",
    description: "What becomes of marketing at quiet hours where an account has not chosen.",
  }),
  doNotCall: setting(list(record(doNotCallFields), 50), {
    default: [],
    description: "Lists of numbers that no marketing goes to.",
  }),
});

const score = text({
  expected: "a number from 0 to 1, such as 0.9",
  maxLength: 6,
  pattern: /^(0(\.\d{1,4})?|1(\.0{1,4})?)$/,
});

const spamSettings = defineSettings({
  mode: setting(oneOf("block", "flag", "off"), {
    derived: { text: `off ${LAPTOP}, else flag`, from: (read) => (isLaptop(read) ? "off" : "flag") },
    description:
      "Whether texts that look like spam are refused (30007), or only shown to the operator, or not looked at.",
  }),
  blockScore: setting(score, { default: "0.9", description: "From which score on a text is refused." }),
  flagScore: setting(score, { default: "0.6", description: "From which score on a text is shown to the operator." }),
  costlyPrefixes: setting(
    list(text({ expected: "the first digits of numbers, such as 8816", maxLength: 12, pattern: /^\d{1,12}$/ }), 10_000),
    { default: [], description: "Beginnings of numbers that artificial traffic goes to." },
  ),
});

const a2pSettings = defineSettings({
  enforcement: setting(oneOf("off", "on"), {
    default: "off",
    description:
      "Whether texts to the United States are refused (30034) from local numbers without a registered campaign, and from toll-free numbers that are not verified.",
  }),
  registeredElsewhere: setting(list(e164, 100_000), {
    default: [],
    description: "Numbers of which the operator knows that they are registered.",
  }),
  throughput: setting(oneOf("registry", "twilio"), {
    default: "registry",
    description: "Which of the two published tables says how fast registered traffic may go.",
  }),
  statusCallback: optional(url(["http", "https"], "an http or https URL"), {
    description: "Where changes of brands, campaigns and verifications are told.",
  }),
  simulatedReviewMs: setting(integer(0, 86_400_000, "milliseconds"), {
    default: 3_000,
    description: "How long the simulated registry and reviewers take to decide.",
  }),
});

const numberingSettings = defineSettings({
  quarantineSeconds: setting(integer(0, 31_536_000, "seconds"), {
    default: 600,
    description: "How long nobody else gets a number that an account gave back.",
  }),
  requirements: setting(oneOf("shown", "enforced"), {
    default: "shown",
    description: "Whether a number is only sold with the address and bundle that its country asks for.",
  }),
  alphanumericSenders: setting(oneOf("any", "registered"), {
    derived: { text: `any ${LAPTOP}, else registered`, from: (read) => (isLaptop(read) ? "any" : "registered") },
    description: "Whether accounts send from any alphanumeric sender, or from those that they registered.",
  }),
  approveSenders: setting(boolean(), {
    default: true,
    description:
      "Whether an alphanumeric sender may be used as soon as it is registered; else the operator approves it.",
  }),
  deactivationsFolder: optional(path("the path of a folder"), {
    description: "A folder with files `YYYY-MM-DD.txt` of numbers that were deactivated that day, one a line.",
  }),
});

const ledgerSettings = defineSettings({
  currency: setting(text({ expected: "three capital letters (ISO 4217)", maxLength: 3, pattern: /^[A-Z]{3}$/ }), {
    default: "USD",
    description: "In what accounts pay that were given no terms.",
  }),
  leaseSeconds: setting(integer(30, 86_400, "seconds"), {
    default: 600,
    description: "How long a cell may spend what another one gave it without hearing from it.",
  }),
});

const linkSettings = defineSettings({
  ownership: setting(oneOf("required", "waived"), {
    derived: { text: `waived ${LAPTOP}, else required`, from: (read) => (isLaptop(read) ? "waived" : "required") },
    description: "Whether an account must prove that a link domain is its own.",
  }),
  targets: setting(
    list(text({ expected: "a name or an address", maxLength: 253, pattern: /^[A-Za-z0-9.:-]+$/ }), 100),
    {
      default: [],
      description: "Names or addresses to which link domains must lead; any where there are none.",
    },
  ),
  certificates: setting(oneOf("needed", "elsewhere"), {
    default: "elsewhere",
    description: "Whether links need a certificate here, or TLS is taken off in front of this installation.",
  }),
  allowSelfSigned: setting(boolean(), {
    derived: { text: `true ${LAPTOP}`, from: isLaptop },
    description: "Whether a certificate that is given for a link domain may be self-signed.",
  }),
  clicks: setting(oneOf("sync", "async"), {
    default: "sync",
    description: "Whether a visitor is sent on when his click is on the disk, or before.",
  }),
  countriesFile: optional(path("the path of a file"), {
    description: "A MaxMind database (.mmdb) or a CSV of networks and countries, by which clicks have a country.",
  }),
  acmeDirectory: optional(url(["https", "http"], "the URL of an ACME directory"), {
    description: "The authority that gives certificates for link domains (RFC 8555). None are obtained without it.",
  }),
  acmeEmail: optional(text({ expected: "an e-mail address", maxLength: 254, pattern: /^\S+@\S+$/ }), {
    description: "To whom that authority writes before certificates end.",
  }),
});

const consoleSettings = defineSettings({
  enabled: setting(boolean(), {
    default: true,
    description: "Whether the web console is served at `/console`.",
  }),
  startLink: setting(boolean(), {
    derived: { text: `true ${LAPTOP}`, from: isLaptop },
    description: "Whether a link that signs in the operator once is printed at start.",
  }),
  secondFactor: setting(oneOf("required", "optional"), {
    derived: { text: `optional ${LAPTOP}, else required`, from: (read) => (isLaptop(read) ? "optional" : "required") },
    description: "Whether owners and admins who sign in with a password need a code from their authenticator app, too.",
  }),
  sessionHours: setting(integer(1, 168, "hours"), {
    default: 12,
    description: "How long a session lasts.",
  }),
  chaos: setting(boolean(), {
    derived: { text: `true ${LAPTOP}`, from: isLaptop },
    description: "Whether the operator may break things from the console: kill cells, black-hole carriers.",
  }),
  traces: setting(integer(0, 100_000), {
    default: 5_000,
    description: "How many PDUs, webhooks and API requests each cell keeps in memory to show them.",
  }),
});

const insightSettings = defineSettings({
  events: setting(boolean(), {
    default: true,
    description: "Whether changes of messages are written to columnar files, for questions in SQL.",
  }),
  eventDays: setting(integer(1, 400, "days"), {
    default: 30,
    description: "How long those files are kept.",
  }),
  maxRows: setting(integer(1_000, 1_000_000), {
    default: 50_000,
    description: "How many different combinations of account, carrier, sender … are counted apart in one interval.",
  }),
});

const tracingSettings = defineSettings({
  otlpUrl: optional(url(["https", "http"], "the URL of an OTLP endpoint, such as http://127.0.0.1:4318/v1/traces"), {
    description: "Where traces go (OTLP over HTTP). None are made without it.",
  }),
  headers: setting(
    list(text({ expected: "a header as `Name: value`", maxLength: 2_000, pattern: /^[A-Za-z0-9-]+: \S.*$/ }), 10),
    { default: [], description: "Headers that go with them, for authentication.", secret: true },
  ),
  keepOneIn: setting(integer(1, 1_000_000), {
    default: 100,
    description: "Of traces without a failure and without delay, one in so many is kept. All others are.",
  }),
  slowMs: setting(integer(1, 3_600_000, "milliseconds"), {
    default: 5_000,
    description: "From when on a trace counts as slow.",
  }),
});

const alertingSettings = defineSettings({
  smtpUrl: optional(
    url(["smtp", "smtps"], "the URL of a mail server, such as smtp://user:secret@mail.example.net:587"),
    {
      description: "The mail server that alerts go out by. Without it, alerts go to webhooks and phones only.",
      secret: true,
    },
  ),
  mailFrom: optional(text({ expected: "an e-mail address", maxLength: 254, pattern: /^\S+@\S+$/ }), {
    description: "The address that mails come from. Goes together with `smtpUrl`.",
  }),
});

/** The groups of settings, by their names. */
export const productSettings = {
  compliance: complianceSettings,
  spam: spamSettings,
  a2p: a2pSettings,
  numbering: numberingSettings,
  ledger: ledgerSettings,
  links: linkSettings,
  console: consoleSettings,
  insights: insightSettings,
  tracing: tracingSettings,
  alerting: alertingSettings,
};
