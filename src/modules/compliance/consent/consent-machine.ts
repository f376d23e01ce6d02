import { isTollFree } from "../../../protocols/e164/index.ts";
import type { ApplyContext, CellRecord, Machine } from "../../../platform/cell/index.ts";
import type { AlertRaised } from "../../../platform/webhooks/index.ts";
import type { ConsentChanged, ConsentFlagged } from "../compliance.ts";
import { ruleErrors } from "../errors.ts";
import { changeSid, MAX_CHANGES_PER_RECORD } from "./consent.ts";
import type { ConsentState } from "./consent-state.ts";
import type { PackedPage } from "./pair-page.ts";

/** Record: consents that the API brought. All of one scope. */
export interface ConsentImported extends CellRecord {
  readonly kind: "consent.imported";
  readonly accountSid: string;
  readonly scope: string;
  readonly state: "opted-out" | "opted-in";
  readonly recipients: readonly string[];
  readonly actor: string;
}

/** Record: the hashes of accounts that come from another cell, or go to one. */
export interface ConsentMoved extends CellRecord {
  readonly kind: "consent.moved";
  readonly forget: readonly string[];
  readonly entries: readonly (readonly [key: string, value: PackedPage])[];
}

/** What an import came to. */
export interface ImportOutcome {
  readonly changed: number;
  readonly unchanged: number;
}

/** What one record changes, told apart by a count. */
interface RecordPlace {
  offset: number;
  count: number;
}

/** Keeps who may be written to: hears of `consent.changed`, and takes what the API says. */
export function consentMachine(state: ConsentState, cell: string): Machine {
  // A replay begins with a whole record, so it counts the same.
  const place: RecordPlace = { offset: -1, count: 0 };
  const change = (fact: ConsentChanged, context: ApplyContext): boolean => {
    if (place.offset !== context.offset) Object.assign(place, { offset: context.offset, count: 0 });
    return apply({ state, cell, place }, fact, context);
  };
  return {
    name: "consent",
    tables: state.tables,
    reducers: {
      "consent.imported": (record: ConsentImported, context): ImportOutcome => {
        const { accountSid, scope, actor } = record;
        let changed = 0;
        for (const recipient of record.recipients) {
          const what = { kind: "consent.changed", source: "api", state: record.state, atMs: context.atMs } as const;
          if (change({ ...what, accountSid, scope, recipient, actor }, context)) changed += 1;
        }
        return { changed, unchanged: record.recipients.length - changed };
      },
      "consent.moved": ({ forget, entries }: ConsentMoved) => state.pairs.move(forget, entries),
    },
    listeners: {
      "consent.changed": change,
      "consent.flagged": (fact: ConsentFlagged, context) => context.emit(flagged(fact)),
    },
    restored: () => state.restored(),
  };
}

interface Step {
  readonly state: ConsentState;
  readonly cell: string;
  readonly place: RecordPlace;
}

/** Whether anything changed. */
function apply(step: Step, fact: ConsentChanged, context: ApplyContext): boolean {
  const { state } = step;
  const { accountSid, recipient } = fact;
  let changed = false;
  for (const scope of scopesOf(fact)) {
    const isNew =
      fact.state === "opted-out"
        ? state.pairs.add(accountSid, scope, recipient)
        : state.pairs.delete(accountSid, scope, recipient);
    if (isNew) note(step, { ...fact, scope }, context);
    changed ||= isNew;
  }
  return changed;
}

/** What a change is about beside its scope: the number itself, which may have been opted out of before it was in a service. */
function scopesOf({ scope, number, state, source }: ConsentChanged): string[] {
  if (number === undefined) return [scope];
  // The network of toll-free numbers blocks until it gets an UNSTOP itself.
  const isShut = state === "opted-in" && source === "keyword" && isTollFree(number);
  if (number === scope) return isShut ? [] : [scope];
  if (source === "toll-free-network") return [scope, number];
  return state === "opted-out" || isShut ? [scope] : [scope, number];
}

function note({ state, cell, place }: Step, fact: ConsentChanged, context: ApplyContext): void {
  const { accountSid, scope, recipient, number, keyword, messageSid, actor } = fact;
  const sid = state.sidOf(accountSid, scope, recipient);
  const consent = {
    sid,
    accountSid,
    scope,
    recipient,
    state: fact.state,
    source: fact.source,
    changedMs: context.atMs,
    ...(number === undefined ? {} : { number }),
    ...(keyword === undefined ? {} : { keyword }),
    ...(messageSid === undefined ? {} : { messageSid }),
    ...(actor === undefined ? {} : { actor }),
  };
  state.consents.put(sid, consent);
  if (place.count >= MAX_CHANGES_PER_RECORD) return;
  const change = changeSid({ cell, atMs: context.atMs, offset: context.offset, index: place.count });
  place.count += 1;
  state.changes.put(change, { ...consent, changeSid: change });
}

function flagged({ accountSid, recipient, number, messageSid }: ConsentFlagged): AlertRaised {
  return {
    kind: "alert.raised",
    accountSid,
    errorCode: ruleErrors.optedOut.code,
    level: "warning",
    text: `A text from ${recipient} to ${number} reads like a request to stop, but holds no keyword. Please read it, and opt ${recipient} out if so: the law takes any reasonable wording.`,
    resourceSid: messageSid,
  };
}
