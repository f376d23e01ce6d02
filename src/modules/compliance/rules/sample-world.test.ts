/** A world for the tests of rules: everything is there and empty, and settings are put in as their books get them. */
import { ManualClock } from "../../../adapters/memory/index.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import type { Draft } from "../compliance.ts";
import { ConsentState } from "../consent/index.ts";
import { ContentBook } from "../content-book.ts";
import { CountryBook } from "../countries/index.ts";
import { COMMON_TAGS, DltBook } from "../dlt/index.ts";
import { DoNotCallBook, type DoNotCallSource } from "../do-not-call/index.ts";
import { GeoBook } from "../geo-book.ts";
import { QuietHoursBook } from "../quiet-hours-book.ts";
import { SenderBook } from "../sender-book.ts";
import type { Setting, SettingIndex, SettingKind } from "../settings/index.ts";
import type { RuleAnswer, RuleWorld } from "./rule.ts";

export const ACCOUNT = `AC${"a".repeat(32)}`;
export const SERVICE = `MG${"b".repeat(32)}`;
/** A Tuesday, 17:00 UTC: noon in New York, 9 in Los Angeles, 18:00 in Paris. */
export const NOON_MS = Date.UTC(2026, 10, 17, 17);

export function world(more: Partial<RuleWorld> & { readonly lists?: readonly DoNotCallSource[] } = {}): RuleWorld {
  const { lists: sources = [], ...given } = more;
  return {
    consents: new ConsentState("a key"),
    geo: new GeoBook({ defaults: { homeCountry: "US", countries: [] } }),
    countries: new CountryBook(),
    senders: new SenderBook(),
    registrations: undefined,
    dlt: new DltBook(),
    dltTags: COMMON_TAGS,
    quietHours: new QuietHoursBook("refuse"),
    doNotCall: new DoNotCallBook({ sources, clock: new ManualClock(), logger: silentLogger }),
    content: new ContentBook(),
    spam: undefined,
    ...given,
  };
}

let minted = 0;

/** A setting as its book gets it. */
export function set(index: SettingIndex, kind: SettingKind, document: object, accountSid = ACCOUNT): Setting {
  minted += 1;
  const sid = `XX${minted.toString(16).padStart(32, "0")}`;
  const setting = { sid, kind, accountSid, key: sid, document, revision: 1, createdMs: 0, updatedMs: 0 };
  index.put(setting);
  return setting;
}

/** A text from New York to New York, unless told. */
export function draft(more: Partial<Draft> = {}): Draft {
  return {
    accountSid: ACCOUNT,
    from: "+12125550100",
    senderKind: "local",
    to: "+12125550199",
    country: "US",
    body: "Your table is ready.",
    mediaUrls: [],
    segments: 1,
    trafficClass: "transactional",
    direction: "outbound-api",
    atMs: NOON_MS,
    ...more,
  };
}

/** The code of a refusal; `undefined` where there is none. */
export function codeOf(answer: RuleAnswer | undefined): number | undefined {
  return answer !== undefined && "refuse" in answer ? answer.refuse.code : undefined;
}
