import { AppError } from "../../../kernel/errors.ts";
import { isSid } from "../../../kernel/ids.ts";
import { iso8601 } from "../../../kernel/time.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  integer,
  list,
  pageBySid,
  sid,
  text,
  type JsonObject,
  type Route,
} from "../../../platform/http/index.ts";
import type { Clock, Database } from "../../../platform/ports.ts";
import { actorOf, operatorOnly } from "../deps.ts";
import { deleteEntry, ENTRY_KINDS, insertEntry, listEntries, type EntryKind, type SpamEntry } from "./entry.store.ts";
import { spamErrors } from "./errors.ts";
import { readSignature } from "./signature.ts";
import type { SpamChange } from "./spam-change.ts";
import type { SpamFilter } from "./spam-filter.ts";
import type { SpamMemory } from "./spam-memory.ts";
import { FEEDBACKS, labelVerdict, listVerdicts, type SpamVerdict } from "./verdict.store.ts";

/** What the routes work with. */
export interface SpamRouteDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly mintSid: (prefix: string) => string;
  readonly isOperator: (accountSid: string) => boolean;
  readonly filter: SpamFilter;
  readonly memory: SpamMemory;
  readonly onChange: (change: SpamChange) => void;
}

const VERDICTS = "/trunkline/v1/SpamVerdicts";
const ENTRIES = "/trunkline/v1/SpamLists";
const common = { product: "api", tag: "Spam", access: "account" } as const;
const HOUR_MS = 3_600_000;
const MAX_HOURS = 24 * 366;
const DOMAIN = /^(?=.{3,253}$)[^\s./:@]+(\.[^\s./:@]+)+$/;
const MAX_DOMAINS = 50;

/** What the spam check found and what the operator tells it; all of it is the operator's alone. */
export function spamRoutes(deps: SpamRouteDeps): Route[] {
  return [verdictList(deps), feedbackRoute(deps), entryList(deps), entryCreation(deps), entryDeletion(deps)];
}

function verdictList(deps: SpamRouteDeps): Route {
  return defineListRoute({
    ...common,
    path: VERDICTS,
    operationId: "ListSpamVerdict",
    summary: "List what was refused or flagged as spam in the last 30 days, newest first; for the operator",
    collection: "spam_verdicts",
    parameters: {
      AccountSid: sid({ prefix: "AC", summary: "Only this account's." }),
      Action: enumeration({ values: ["block", "flag"], summary: "Only those refused, or only those flagged." }),
    },
    page: async ({ call, ...slice }) => {
      operatorOnly(deps, call);
      await deps.memory.save();
      const { AccountSid: accountSid, Action: action } = call.params;
      return pageBySid(slice, (part) => listVerdicts(deps.database, { accountSid, action }, part));
    },
    view: verdictView,
  });
}

function feedbackRoute(deps: SpamRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${VERDICTS}/{Sid}/Feedback`,
    operationId: "CreateSpamFeedback",
    summary: "Say whether it was spam: texts like it are refused from all accounts, or let through from this one",
    success: 201,
    parameters: {
      Verdict: enumeration({ values: FEEDBACKS, required: true, summary: "`not-spam` holds for its account alone." }),
    },
    run: async (call) => {
      operatorOnly(deps, call);
      const wanted = call.path["Sid"] ?? "";
      const nowMs = deps.clock.nowMs();
      const feedback = call.params.Verdict;
      await deps.memory.save();
      const labelled = isSid(wanted, "SV")
        ? await labelVerdict(deps.database, { sid: wanted, feedback, nowMs })
        : undefined;
      if (labelled === undefined) throw call.notFound();
      const { before, after } = labelled;
      const values = readSignature(after.signature);
      if (values !== undefined) deps.filter.tell(values, feedback, after.accountSid, nowMs);
      deps.onChange({
        kind: "spam-feedback",
        sid: after.sid,
        accountSid: after.accountSid,
        key: after.sid,
        actor: actorOf(call),
        before: before === undefined ? undefined : { feedback: before },
        after: { feedback },
        atMs: nowMs,
      });
      return after;
    },
    view: verdictView,
  });
}

function entryList(deps: SpamRouteDeps): Route {
  return defineListRoute({
    ...common,
    path: ENTRIES,
    operationId: "ListSpamListEntry",
    summary:
      "List the domains, shorteners, brands and exempt accounts that the spam check knows, newest first; for the operator",
    collection: "entries",
    parameters: { Kind: enumeration({ values: ENTRY_KINDS, summary: "Only of this kind." }) },
    page: ({ call, ...slice }) => {
      operatorOnly(deps, call);
      return pageBySid(slice, (part) => listEntries(deps.database, call.params.Kind, part));
    },
    view: entryView,
  });
}

function entryCreation(deps: SpamRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ENTRIES,
    operationId: "CreateSpamListEntry",
    summary: "Add a domain, a shortener, a brand or an exempt account to what the spam check knows; for the operator",
    success: 201,
    creates: true,
    errors: [spamErrors.valueInvalid, spamErrors.entryTaken, spamErrors.tooMany],
    parameters: {
      Kind: enumeration({ values: ENTRY_KINDS, required: true, summary: "What it is." }),
      Value: text({
        required: true,
        maxCharacters: 253,
        summary: "The domain, the brand's name of one or two words, or the account's SID.",
      }),
      Domains: list({
        of: text({ maxCharacters: 253 }),
        maxCount: MAX_DOMAINS,
        summary: "Of a brand: where its own links lead.",
      }),
      AccountSids: list({
        of: sid({ prefix: "AC" }),
        maxCount: MAX_DOMAINS,
        summary: "Of a brand: who may speak in its name.",
      }),
      Hours: integer({ min: 1, max: MAX_HOURS, summary: "Of an exemption: how long it holds; for ever unless given." }),
    },
    run: async (call) => {
      operatorOnly(deps, call);
      const { Kind: kind, Value, Domains, AccountSids, Hours } = call.params;
      const value = checked(kind, Value);
      const nowMs = deps.clock.nowMs();
      const domains = Domains.map((domain) => checked("allowed-domain", domain));
      const entry = await insertEntry(deps.database, {
        sid: deps.mintSid("SX"),
        kind,
        accountSid: kind === "exemption" ? value : "",
        value,
        document:
          kind === "brand"
            ? { domains, accountSids: AccountSids }
            : kind === "exemption" && Hours !== undefined
              ? { untilMs: nowMs + Hours * HOUR_MS }
              : {},
        createdMs: nowMs,
      });
      await deps.memory.readLists();
      deps.onChange(changeOf(entry, { actor: actorOf(call), before: undefined, after: entry.document, atMs: nowMs }));
      return entry;
    },
    view: entryView,
  });
}

function entryDeletion(deps: SpamRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: `${ENTRIES}/{Sid}`,
    operationId: "DeleteSpamListEntry",
    summary: "Delete an entry of the spam check's lists; for the operator",
    success: 204,
    run: async (call) => {
      operatorOnly(deps, call);
      const wanted = call.path["Sid"] ?? "";
      const entry = isSid(wanted, "SX") ? await deleteEntry(deps.database, wanted) : undefined;
      if (entry === undefined) throw call.notFound();
      await deps.memory.readLists();
      const atMs = deps.clock.nowMs();
      deps.onChange(changeOf(entry, { actor: actorOf(call), before: entry.document, after: undefined, atMs }));
    },
  });
}

function changeOf(entry: SpamEntry, change: Pick<SpamChange, "actor" | "before" | "after" | "atMs">): SpamChange {
  const { sid, accountSid, kind, value } = entry;
  return { kind: "spam-list", sid, accountSid, key: `${kind}/${value}`, ...change };
}

function checked(kind: EntryKind, value: string): string {
  if (kind === "exemption") {
    if (!isSid(value, "AC"))
      throw new AppError(spamErrors.valueInvalid, { value: value.slice(0, 40), what: "account's SID" });
    return value;
  }
  const small = value.trim().toLowerCase();
  if (kind === "brand") {
    if (small === "" || small.split(/\s+/).length > 2) {
      throw new AppError(spamErrors.valueInvalid, { value: small.slice(0, 40), what: "name of one or two words" });
    }
    return value.trim();
  }
  if (!DOMAIN.test(small)) throw new AppError(spamErrors.valueInvalid, { value: small.slice(0, 40), what: "domain" });
  return small;
}

function verdictView(verdict: SpamVerdict): JsonObject {
  return {
    sid: verdict.sid,
    account_sid: verdict.accountSid,
    action: verdict.action,
    score: verdict.score,
    reason: verdict.reason,
    fingerprint: verdict.signature,
    feedback: verdict.feedback ?? null,
    date_created: iso8601(verdict.createdMs),
  };
}

function entryView(
  { sid, kind, value, document, createdMs }: SpamEntry,
  call: { readonly baseUrl: string },
): JsonObject {
  return {
    sid,
    kind,
    value,
    domains: [...(document.domains ?? [])],
    account_sids: [...(document.accountSids ?? [])],
    date_expires: document.untilMs === undefined ? null : iso8601(document.untilMs),
    date_created: iso8601(createdMs),
    url: `${call.baseUrl}${ENTRIES}/${sid}`,
  };
}
