/** The resources that are settings of rules and nothing more. */
import { AppError } from "../../kernel/errors.ts";
import { boolean, enumeration, list, sid, text, type Route } from "../../platform/http/index.ts";
import { countryCode, scopeOf } from "./checks.ts";
import { keywordOf, KEYWORD_LANGUAGES, type OptOutConfiguration } from "./consent/index.ts";
import { CONTENT_CATEGORIES, MAX_PHRASE_WORDS, wordsOf, type ContentList } from "./content-book.ts";
import type { ComplianceDeps } from "./deps.ts";
import type { DoNotCallExemption } from "./do-not-call/index.ts";
import { complianceErrors } from "./errors.ts";
import { QUIET_ACTIONS, type QuietHoursSetting } from "./quiet-hours-book.ts";
import type { SenderRegistration } from "./sender-book.ts";
import { settingRoutes } from "./setting-routes.ts";

const BASE = "/trunkline/v1";
const MAX_REPLY_CHARACTERS = 320;
const MAX_KEYWORDS = 50;
const MAX_CONFIGURATIONS = 1_000;
const MAX_SENDERS = 1_000;
const MAX_LISTS = 200;
const MAX_PHRASES = 900;
const MAX_EXEMPTIONS = 50;
const COUNTRY_CHARACTERS = 2;

/** Keywords, replies, registered names, quiet hours, exemptions and word lists. */
export function settingResourceRoutes(deps: ComplianceDeps): Route[] {
  return [
    ...configurationRoutes(deps),
    ...senderRoutes(deps),
    ...quietHoursRoutes(deps),
    ...exemptionRoutes(deps),
    ...contentRoutes(deps),
  ];
}

const keywords = (summary: string) => list({ of: text({ maxCharacters: 34 }), maxCount: MAX_KEYWORDS, summary });
const reply = (summary: string) => text({ maxCharacters: MAX_REPLY_CHARACTERS, summary });

function configurationRoutes(deps: ComplianceDeps): Route[] {
  return settingRoutes(deps, {
    kind: "opt-out-configuration",
    path: `${BASE}/OptOuts/Configurations`,
    name: "OptOutConfiguration",
    noun: "how the keywords of a service or number are read and answered",
    tag: "Opt-outs",
    collection: "configurations",
    owner: "account",
    mode: "set",
    max: MAX_CONFIGURATIONS,
    errors: [complianceErrors.scopeInvalid, complianceErrors.keywordInvalid, complianceErrors.keywordTwice],
    parameters: {
      Scope: text({ required: true, maxCharacters: 40, summary: "A Messaging Service, a number or a short code." }),
      Country: text({ maxCharacters: COUNTRY_CHARACTERS, summary: "Only for recipients of this country." }),
      Enabled: boolean({ default: true, summary: "False: no keyword is acted on." }),
      Replies: boolean({ default: true, summary: "False: keywords are acted on without an answer." }),
      Languages: list({ of: text({ maxCharacters: 2 }), maxCount: 10, summary: "Beside English: fr, de, es …" }),
      StopKeywords: keywords("Further words that opt out."),
      StartKeywords: keywords("Further words that opt in."),
      HelpKeywords: keywords("Further words that ask for help."),
      StopReply: reply("The answer to a word that opts out."),
      StartReply: reply("The answer to a word that opts in."),
      HelpReply: reply("The answer to a word that asks for help."),
    },
    read: (params, accountSid) => {
      const scope = scopeOf(deps, accountSid, params.Scope);
      const country = params.Country === undefined || params.Country === "" ? "" : countryCode(params.Country);
      const document: OptOutConfiguration = {
        scope,
        country,
        enabled: params.Enabled,
        replies: params.Replies,
        languages: params.Languages.map(languageOf),
        stopKeywords: params.StopKeywords.map(keyword),
        startKeywords: params.StartKeywords.map(keyword),
        helpKeywords: params.HelpKeywords.map(keyword),
        stopReply: params.StopReply ?? "",
        startReply: params.StartReply ?? "",
        helpReply: params.HelpReply ?? "",
      };
      refuseTwice([...document.stopKeywords, ...document.startKeywords, ...document.helpKeywords]);
      return { key: `${scope}/${country}`, document };
    },
    view: (document: OptOutConfiguration) => ({
      scope: document.scope,
      country: document.country === "" ? null : document.country,
      enabled: document.enabled,
      replies: document.replies,
      languages: [...document.languages],
      stop_keywords: [...document.stopKeywords],
      start_keywords: [...document.startKeywords],
      help_keywords: [...document.helpKeywords],
      stop_reply: document.stopReply === "" ? null : document.stopReply,
      start_reply: document.startReply === "" ? null : document.startReply,
      help_reply: document.helpReply === "" ? null : document.helpReply,
    }),
  });
}

function languageOf(value: string): string {
  const language = value.toLowerCase();
  if (KEYWORD_LANGUAGES[language] !== undefined) return language;
  throw new AppError(complianceErrors.languageUnknown, { value, known: Object.keys(KEYWORD_LANGUAGES).join(", ") });
}

function keyword(value: string): string {
  const word = keywordOf(value);
  if (word === undefined) throw new AppError(complianceErrors.keywordInvalid, { value });
  return word;
}

function refuseTwice(words: readonly string[]): void {
  const seen = new Set<string>();
  for (const value of words) {
    if (seen.has(value)) throw new AppError(complianceErrors.keywordTwice, { value });
    seen.add(value);
  }
}

function senderRoutes(deps: ComplianceDeps): Route[] {
  return settingRoutes(deps, {
    kind: "sender-registration",
    path: `${BASE}/SenderRegistrations`,
    name: "SenderRegistration",
    noun: "an alphanumeric sender that carriers of a country know as the account's",
    tag: "Senders",
    collection: "sender_registrations",
    operator: true,
    owner: "account",
    mode: "make",
    max: MAX_SENDERS,
    errors: [complianceErrors.countryUnknown],
    parameters: {
      Sender: text({ required: true, maxCharacters: 11, summary: "The name, spelled as it was registered." }),
      Country: text({ required: true, maxCharacters: COUNTRY_CHARACTERS, summary: "Where it was registered." }),
      Reference: text({ maxCharacters: 100, summary: "What the registry calls it." }),
    },
    read: (params) => {
      const country = countryCode(params.Country);
      const document: SenderRegistration = { sender: params.Sender, country, reference: params.Reference ?? "" };
      return { key: `${country}/${document.sender}`, document };
    },
    view: ({ sender, country, reference }: SenderRegistration) => ({
      sender,
      country,
      reference: reference === "" ? null : reference,
    }),
  });
}

const TIME = /^([01]\d|2[0-4]):([0-5]\d)$/;
const DAY_MINUTES = 24 * 60;

function minuteOf(value: string): number {
  const match = TIME.exec(value);
  const minute = match === null ? DAY_MINUTES + 1 : Number(match[1]) * 60 + Number(match[2]);
  if (minute > DAY_MINUTES) throw new AppError(complianceErrors.hoursInvalid);
  return minute;
}

const two = (value: number): string => String(value).padStart(2, "0");
const timeOf = (minute: number | undefined): string | null =>
  minute === undefined ? null : `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

function quietHoursRoutes(deps: ComplianceDeps): Route[] {
  return settingRoutes(deps, {
    kind: "quiet-hours",
    path: `${BASE}/QuietHours`,
    name: "QuietHours",
    noun: "what becomes of marketing at quiet hours",
    tag: "Quiet hours",
    collection: "quiet_hours",
    owner: "account",
    mode: "set",
    max: MAX_CONFIGURATIONS,
    errors: [complianceErrors.scopeInvalid, complianceErrors.hoursInvalid],
    parameters: {
      Scope: text({ maxCharacters: 40, summary: "A Messaging Service; the account unless given." }),
      Action: enumeration({ values: QUIET_ACTIONS, required: true, summary: "`off` is for the operator to set." }),
      From: text({ maxCharacters: 5, summary: "The recipient's time from which it may be sent, `09:00`." }),
      To: text({ maxCharacters: 5, summary: "The recipient's time until which it may be sent, `20:00`." }),
    },
    read: (params, accountSid) => {
      const { Scope: wished, Action: action, From: from, To: to } = params;
      const scope = wished === undefined || wished === "" ? accountSid : scopeOf(deps, accountSid, wished);
      const document: QuietHoursSetting =
        from === undefined || to === undefined || from === "" || to === ""
          ? { scope, action }
          : { scope, action, fromMinute: minuteOf(from), toMinute: minuteOf(to) };
      if ((document.fromMinute ?? 0) >= (document.toMinute ?? DAY_MINUTES)) {
        throw new AppError(complianceErrors.hoursInvalid);
      }
      return { key: scope, document };
    },
    mayWrite: ({ action }: QuietHoursSetting, isOperator) => action !== "off" || isOperator,
    view: ({ scope, action, fromMinute, toMinute }: QuietHoursSetting) => ({
      scope,
      action,
      from: timeOf(fromMinute),
      to: timeOf(toMinute),
    }),
  });
}

function exemptionRoutes(deps: ComplianceDeps): Route[] {
  return settingRoutes(deps, {
    kind: "do-not-call-exemption",
    path: `${BASE}/DoNotCall/Exemptions`,
    name: "DoNotCallExemption",
    noun: "an account that a do-not-call list does not bind",
    tag: "Do not call",
    collection: "exemptions",
    operator: true,
    owner: "account",
    mode: "make",
    max: MAX_EXEMPTIONS,
    errors: [complianceErrors.listUnknown],
    parameters: {
      List: text({ required: true, maxCharacters: 64, summary: "The list's name." }),
      Reason: text({ required: true, maxCharacters: 500, summary: "Why it need not keep to the list." }),
    },
    read: (params) => {
      const document: DoNotCallExemption = { list: params.List, reason: params.Reason };
      if (!deps.doNotCall.isList(document.list)) {
        throw new AppError(complianceErrors.listUnknown, { value: document.list });
      }
      return { key: document.list, document };
    },
    view: ({ list: name, reason }: DoNotCallExemption) => ({ list: name, reason }),
  });
}

function contentRoutes(deps: ComplianceDeps): Route[] {
  return settingRoutes(deps, {
    kind: "content-list",
    path: `${BASE}/ContentLists`,
    name: "ContentList",
    noun: "a list of words that no message may have",
    tag: "Content",
    collection: "content_lists",
    operator: true,
    owner: "operator",
    mode: "set",
    max: MAX_LISTS,
    errors: [complianceErrors.countryUnknown, complianceErrors.phraseInvalid],
    parameters: {
      Name: text({ required: true, maxCharacters: 64, summary: "Shown to those whose messages it refuses." }),
      Category: enumeration({ values: CONTENT_CATEGORIES, required: true, summary: "What it is about." }),
      Countries: list({ of: text({ maxCharacters: COUNTRY_CHARACTERS }), maxCount: 250, summary: "None: everywhere." }),
      Phrases: list({
        of: text({ maxCharacters: 100 }),
        maxCount: MAX_PHRASES,
        summary: "Words, or up to four of them.",
      }),
      ExemptAccounts: list({ of: sid({ prefix: "AC" }), maxCount: 100, summary: "Accounts that may use them." }),
    },
    read: (params) => {
      const document: ContentList = {
        name: params.Name,
        category: params.Category,
        countries: params.Countries.map(countryCode),
        phrases: params.Phrases.map(phraseOf),
        exemptAccounts: params.ExemptAccounts,
      };
      return { key: document.name, document };
    },
    view: (document: ContentList) => ({
      name: document.name,
      category: document.category,
      countries: [...document.countries],
      phrases: [...document.phrases],
      exempt_accounts: [...document.exemptAccounts],
    }),
  });
}

function phraseOf(value: string): string {
  const words = wordsOf(value);
  if (words.length > 0 && words.length <= MAX_PHRASE_WORDS) return words.join(" ");
  throw new AppError(complianceErrors.phraseInvalid, { value, max: MAX_PHRASE_WORDS });
}
