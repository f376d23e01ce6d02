import { isTollFree, countryOf } from "../../../protocols/e164/index.ts";
import type { InboundDraft, KeywordMatch } from "../compliance.ts";
import type { Setting, SettingIndex } from "../settings/index.ts";
import type { ConsentState } from "./consent-state.ts";
import { COUNTRY_LANGUAGES, KEYWORD_LANGUAGES, keywordOf, type KeywordType } from "./keyword-words.ts";

/** How the keywords of a service or a number are read and answered. */
export interface OptOutConfiguration {
  readonly scope: string;
  /** For recipients of this country; empty for all others. */
  readonly country: string;
  /** False: no keyword is acted on, because the customer does it himself. */
  readonly enabled: boolean;
  /** False: keywords are acted on without an answer. */
  readonly replies: boolean;
  /** Beside English. */
  readonly languages: readonly string[];
  /** Beside those of the languages. In capitals. */
  readonly stopKeywords: readonly string[];
  readonly startKeywords: readonly string[];
  readonly helpKeywords: readonly string[];
  /** Empty: the language's own. */
  readonly stopReply: string;
  readonly startReply: string;
  readonly helpReply: string;
}

interface Word {
  readonly type: KeywordType;
  readonly reply: string | undefined;
}

type Words = ReadonlyMap<string, Word>;

const NONE: Words = new Map();
/** What the network of toll-free numbers acts on by itself. */
const TOLL_FREE_NETWORK: ReadonlyMap<string, "STOP" | "START"> = new Map([
  ["STOP", "STOP"],
  ["UNSTOP", "START"],
]);

/** Reads keywords by the configuration of services and numbers, from memory. */
export class KeywordBook implements SettingIndex {
  readonly kinds = ["opt-out-configuration"] as const;
  private readonly byScope = new Map<string, Words>();
  private readonly byCountry = new Map<string, Words>();
  private readonly consents: ConsentState;

  constructor(consents: ConsentState) {
    this.consents = consents;
  }

  clear(): void {
    this.byScope.clear();
  }

  put({ accountSid, document }: Setting): void {
    const configuration = document as OptOutConfiguration;
    this.byScope.set(`${accountSid}/${configuration.scope}/${configuration.country}`, compile(configuration));
  }

  remove({ accountSid, document }: Setting): void {
    const { scope, country } = document as OptOutConfiguration;
    this.byScope.delete(`${accountSid}/${scope}/${country}`);
  }

  /** The match of a text with a keyword, and what is answered. */
  match(text: InboundDraft): KeywordMatch | undefined {
    const keyword = keywordOf(text.body);
    if (keyword === undefined) return undefined;
    const scope = text.serviceSid ?? text.to;
    const network = isTollFree(text.to) ? TOLL_FREE_NETWORK.get(keyword) : undefined;
    if (network !== undefined) return { type: network, scope, source: "toll-free-network", keyword };
    const word = this.wordsFor(text).get(keyword);
    if (word === undefined) return undefined;
    const { type, reply } = word;
    // Only the network opens a toll-free number again, when it gets an UNSTOP.
    const opensNothing = type === "START" && scope === text.to && isTollFree(text.to);
    if (reply === undefined || opensNothing || !this.answers(type, text)) return { type, scope, keyword };
    return { type, scope, keyword, reply };
  }

  /** One confirmation only: when the state changes. HELP is always answered. */
  private answers(type: KeywordType, { accountSid, serviceSid, from, to }: InboundDraft): boolean {
    if (type === "HELP") return true;
    const isOptedOut = this.consents.isOptedOut({ accountSid, serviceSid, from: to, to: from });
    return type === "START" ? isOptedOut : !isOptedOut;
  }

  private wordsFor({ accountSid, serviceSid, from, to }: InboundDraft): Words {
    const country = countryOf(from) ?? "";
    if (this.byScope.size > 0) {
      for (const scope of serviceSid === undefined ? [to] : [serviceSid, to]) {
        const own =
          this.byScope.get(`${accountSid}/${scope}/${country}`) ?? this.byScope.get(`${accountSid}/${scope}/`);
        if (own !== undefined) return own;
      }
    }
    const known = this.byCountry.get(country);
    if (known !== undefined) return known;
    const words = compile({ ...STANDARD, languages: COUNTRY_LANGUAGES[country] ?? [] });
    this.byCountry.set(country, words);
    return words;
  }
}

/** What holds where nothing is configured. */
export const STANDARD: OptOutConfiguration = {
  scope: "",
  country: "",
  enabled: true,
  replies: true,
  languages: [],
  stopKeywords: [],
  startKeywords: [],
  helpKeywords: [],
  stopReply: "",
  startReply: "",
  helpReply: "",
};

function compile(configuration: OptOutConfiguration): Words {
  if (!configuration.enabled) return NONE;
  const { stopReply, startReply, helpReply } = configuration;
  const own = { STOP: stopReply, START: startReply, HELP: helpReply };
  const words = new Map<string, Word>();
  const add = (list: readonly string[], type: KeywordType, standard: string): void => {
    const reply = !configuration.replies ? undefined : own[type] === "" ? standard : own[type];
    // What stops must not be taken away by another language's word.
    for (const word of list) if (!words.has(word)) words.set(word, { type, reply });
  };
  const main = configuration.languages[0];
  const custom = (main === undefined ? undefined : KEYWORD_LANGUAGES[main]) ?? KEYWORD_LANGUAGES["en"];
  for (const name of ["en", ...configuration.languages]) {
    const language = KEYWORD_LANGUAGES[name];
    if (language === undefined) continue;
    add(language.stop, "STOP", language.replies.STOP);
    add(language.start, "START", language.replies.START);
    add(language.help, "HELP", language.replies.HELP);
  }
  add(configuration.stopKeywords, "STOP", custom?.replies.STOP ?? "");
  add(configuration.startKeywords, "START", custom?.replies.START ?? "");
  add(configuration.helpKeywords, "HELP", custom?.replies.HELP ?? "");
  return words;
}
