import type { CountryRule, DayWindow, MarketingHours, RuleSource, SenderRule } from "./country-rule.ts";

/** Rises with every change of this file. */
export const TABLE_VERSION = "2026-11-21";

const READ = TABLE_VERSION;
const source = (url: string): RuleSource => ({ url, read: READ });

/** Amazon SNS: countries that support sender IDs, and those where they are registered before (note 1). */
const SNS = source(
  "https://github.com/awsdocs/amazon-sns-developer-guide/blob/09c315366915637a4368d3bd0479b284aba02ec8/doc_source/sns-supported-regions-countries.md",
);
/** AWS End User Messaging: countries with a registration form for sender IDs. */
const AWS_FORMS = source("https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-country.md");
/** Pushtech: sender ID regulations by country. */
const PUSHTECH = source(
  "https://help.pushtech.com/hc/en-us/articles/15407493751954-SMS-International-SMS-Sender-ID-regulations-and-requirements-list-of-countries",
);
const AWS_SENDER_IDS = source("https://docs.aws.amazon.com/sms-voice/latest/userguide/sender-id.html");
const AWS_SPAIN = source("https://docs.aws.amazon.com/end-user-messaging/latest/userguide/nx-country-reg-es.md");
/** Acoustic: hours of marketing in France. */
const ACOUSTIC_FR = source(
  "https://help.goacoustic.com/hc/en-us/articles/360043722874-Send-promotional-SMS-messages-to-France",
);
/** Callr: the STOP command, and what becomes of senders in France. */
const CALLR_FR = source(
  "https://support.callr.com/hc/en-us/articles/115000858183-SMS-traffic-types-and-legal-framework-France",
);
const MESSAGEMEDIA_GB = source(
  "https://support.messagemedia.com/hc/en-us/articles/7060182992271-UK-Sender-ID-requirements",
);
const CLICKATELL_GB = source("https://www.clickatell.com/sms-country-regulations/united-kingdom/");
/** Generic names, as British networks publish them to those who send. */
const CASTMESSAGE_GB = source("https://castmessage.com/banned-sender-ids");
/** No law, but the DMA's code asks to avoid antisocial times. */
const LISTRAK_GB = source("https://help.listrak.com/en/articles/8291119-sms-compliance-in-the-united-kingdom");
/** What T-Mobile's code of conduct and other American carriers say of public shorteners. */
const SHORTENERS_US = source("https://trustsignal.io/how-to-use-short-links-and-attachments-in-sms");
const CODES_US = source("https://www.twilio.com/blog/local-numbers-international-sms?tag=verify");
/** The federal hours of 47 CFR 64.1200(c)(1), and the states' own. */
const REFERRIZER_US = source(
  "https://support.referrizer.com/en/category/text-campaigns/article/tcpa-quiet-hours-and-state-specific-rules-for-text-campaigns",
);
const INDIA_DLT = source("https://smsgatewayhub.com/tcccpr-trai-dlt-registration");
const INDIA_HOURS = source(
  "https://developer.enablex.io/docs/quickstart/sms/international-sms-regulations/country/india/",
);
const BELARUS = source("https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-belarus.html");
/** Good practice, not law. */
const BELARUS_HOURS = source("https://www.sent.dm/resources/belarus-sms-guide");

/** Alphanumeric senders: anything that is a name. */
const ALLOWED =
  "AL AD AO AI AG AW BS BH BB BZ BJ BM BT BO BA BW BN BG BF BI KH CM CV CF TD KM CK CY DK DJ DM EE GQ FO FJ FR GA GM GE DE GI GR GL GD GP GN GW GY HT HK IS IL IT JM LV LB LS LR LY LI LT LU MO MK MG MW MV MT MQ MR MU MD MN ME MS NL NC NE NG NO OM PG PY PL PT RE RW WS ST SN RS SC SL SK SI SB SO SS SR SZ SE CH TJ TG TO TT TN TM TC UG UA GB UZ VU VG YE ZM ZW";

/** Names that were registered there before. By the source that says so. */
const REGISTERED: readonly (readonly [countries: string, source: RuleSource])[] = [
  ["BY EG IN JO KW PH QA RU SA TH AE VN", SNS],
  ["AU AT FI ID IE KZ KE SG LK TR", AWS_FORMS],
  ["ES", AWS_SPAIN],
  ["AM AF BD", PUSHTECH],
];

/** No names at all: the United States and its neighbours, where carriers know numbers only, and where carriers replace every name. */
const FORBIDDEN: readonly (readonly [countries: string, source: RuleSource])[] = [
  ["US CA CN", AWS_SENDER_IDS],
  ["AR BE BR CL CO CR DO EC SV GT GU HN HR HU JP KR MX MY NZ PA PE PR RO TW UY ZA CZ", SNS],
];

const hours = (from: number, to: number): DayWindow => [from * 60, to * 60];
const everyDay = (from: number, to: number, at: RuleSource): MarketingHours => ({
  days: Array.from({ length: 7 }, () => hours(from, to)),
  source: at,
});
/** Sunday, Monday to Friday, Saturday. */
const week = (sunday: DayWindow, weekday: DayWindow, saturday: DayWindow, at: RuleSource): MarketingHours => ({
  days: [sunday, weekday, weekday, weekday, weekday, weekday, saturday],
  source: at,
});

/** Stricter than the federal 8 to 21. A secondary source: whoever answers for the traffic checks it. */
const US_STATES: Readonly<Record<string, MarketingHours>> = {
  CT: everyDay(9, 20, REFERRIZER_US),
  FL: everyDay(8, 20, REFERRIZER_US),
  MD: everyDay(8, 20, REFERRIZER_US),
  MS: everyDay(8, 20, REFERRIZER_US),
  NJ: everyDay(8, 20, REFERRIZER_US),
  OK: everyDay(8, 20, REFERRIZER_US),
  RI: week(hours(10, 17), hours(9, 18), hours(10, 17), REFERRIZER_US),
  TX: week(hours(12, 21), hours(9, 21), hours(9, 21), REFERRIZER_US),
};

/** Names that say nobody, which British networks block. */
const GENERIC_NAMES =
  "1TIMEPIN 2FA ACCEPT ACCESS ACCOUNT ACTIVE ADMIN ADVISE ALERT ALLOW ALLOWANCE APP APPOINTMENT APPROVE APPROVED AUTH AUTHMSG AUTHORISE AUTHSMS BANK BANKING BILL BILLING CALL CARD CAUTION CERTIFY CHECK CLOUDOTP CODE COLLECT COLLECTION CONFIRM CONTACT CONTROL COURIER DELAY DELIVER DELIVERY DISCOUNT ENERGY FRAUD HELP INFO INFOSMS ISA KEY LOAN LOGIN LOGISTICS LOGMEIN LOGON MALWARE MESSAGE MOBILE MORTGAGE MSG MSGAUTH NETWORK NOREPLY NOTIFY ONETIMEPIN ORDER OTP OTPSMS PACKAGE PARCEL PAY PAYMENT PIN PINCODE POST PROTOCOL PURCHASE RATIFY REBATE RECEIPT REFUND REMINDER REPAYMENT REPLY RESPOND SAVE SAVING SAVINGS SCAM SCHEDULE SECURE SECURITY SERVICE SHIPPING SIGN SIGNIN SIGNON SMS SMSAUTH SMSCODE SMSINFO SMSOTP SUPPORT SYSTEM TEXT TRACE TRACK TRACKING TRUST TXT UPDATE UPDATES VALIDATE VERIFY VERIFYSMS VERIFYME VIRUS WARN WARNING WINNER".split(
    " ",
  );

type Details = Partial<Omit<CountryRule, "country" | "sources" | "version">> & {
  readonly sources?: readonly RuleSource[];
};

/** What is known of a country beside its alphanumeric senders. */
const DETAILS: Readonly<Record<string, Details>> = {
  US: {
    shortCodePattern: "^\\d{5,6}$",
    shorteners: "blocked",
    marketingHours: everyDay(8, 21, REFERRIZER_US),
    stateHours: US_STATES,
    sources: [REFERRIZER_US, SHORTENERS_US, CODES_US],
  },
  // Puerto Rico, Guam and the others are under the TCPA too.
  AS: {
    marketingHours: everyDay(8, 21, REFERRIZER_US),
    shorteners: "blocked",
    sources: [REFERRIZER_US, SHORTENERS_US],
  },
  GU: {
    marketingHours: everyDay(8, 21, REFERRIZER_US),
    shorteners: "blocked",
    sources: [REFERRIZER_US, SHORTENERS_US],
  },
  MP: {
    marketingHours: everyDay(8, 21, REFERRIZER_US),
    shorteners: "blocked",
    sources: [REFERRIZER_US, SHORTENERS_US],
  },
  PR: {
    marketingHours: everyDay(8, 21, REFERRIZER_US),
    shorteners: "blocked",
    sources: [REFERRIZER_US, SHORTENERS_US],
  },
  VI: {
    marketingHours: everyDay(8, 21, REFERRIZER_US),
    shorteners: "blocked",
    sources: [REFERRIZER_US, SHORTENERS_US],
  },
  GB: {
    alphanumericPattern: "^[A-Za-z0-9 ._&-]{1,11}$",
    genericNames: GENERIC_NAMES,
    foreignNumbers: "forbidden",
    shortCodePattern: "^[6-8]\\d{4}$",
    flash: false,
    shorteners: "blocked",
    marketingHours: everyDay(8, 21, LISTRAK_GB),
    sources: [MESSAGEMEDIA_GB, CLICKATELL_GB, CASTMESSAGE_GB, LISTRAK_GB],
  },
  FR: {
    foreignNumbers: "rewritten",
    shortCodePattern: "^3[68]\\d{3}$",
    stopMention: true,
    // Sources differ: 8 to 20 and Saturdays 10 to 18, or 8 to 22 from Monday to Saturday. The stricter one holds.
    marketingHours: { ...week(undefined, hours(8, 20), hours(10, 18), ACOUSTIC_FR), holidays: "FR" },
    sources: [ACOUSTIC_FR, CALLR_FR],
  },
  BE: { foreignNumbers: "rewritten" },
  BY: { marketingHours: everyDay(9, 21, BELARUS_HOURS), sources: [BELARUS, BELARUS_HOURS] },
  IN: {
    foreignNumbers: "rewritten",
    registry: "IN-DLT",
    shorteners: "blocked",
    marketingHours: everyDay(9, 21, INDIA_HOURS),
    sources: [INDIA_DLT, INDIA_HOURS],
  },
};

function* rules(): IterableIterator<readonly [string, SenderRule, RuleSource]> {
  for (const country of ALLOWED.split(" ")) yield [country, "allowed", SNS];
  for (const [countries, at] of REGISTERED)
    for (const country of countries.split(" ")) yield [country, "registered", at];
  for (const [countries, at] of FORBIDDEN) for (const country of countries.split(" ")) yield [country, "forbidden", at];
  for (const country of ["AS", "MP", "VI"]) yield [country, "forbidden", AWS_SENDER_IDS];
}

/** What holds for a country that no row knows: carriers decide. */
export function unknownCountry(country: string): CountryRule {
  return {
    country,
    alphanumeric: "allowed",
    foreignNumbers: "allowed",
    flash: true,
    shorteners: "allowed",
    stopMention: false,
    sources: [],
    version: TABLE_VERSION,
  };
}

/** The table, by country. */
export const COUNTRY_TABLE: ReadonlyMap<string, CountryRule> = new Map(
  [...rules()].map(([country, alphanumeric, at]) => {
    const { sources = [], ...details } = DETAILS[country] ?? {};
    return [country, { ...unknownCountry(country), alphanumeric, ...details, sources: [at, ...sources] }];
  }),
);
