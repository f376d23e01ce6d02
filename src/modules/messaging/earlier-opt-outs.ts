/**
 * Opt-outs as this module kept them before consent became the rules' part. Checkpoints and
 * logs from then still hold them; they are handed over once, and nothing is added but by
 * replaying such a log.
 */
import { bareAddress } from "./address.ts";
import type { ApplyContext, Cell, CellRecord, Machine, StateTable } from "../../platform/cell/index.ts";
import type { ConsentChanged } from "../compliance/index.ts";
import type { NumberDirectory } from "../numbers/index.ts";

/** A recipient that said STOP to a sender; the key is both of them. */
export interface EarlierOptOut {
  readonly sinceMs: number;
}

/** Opt-outs are handed over to the rules. */
interface OptOutsCarried extends CellRecord {
  readonly kind: "message.opt-outs-carried";
  readonly entries: readonly { readonly key: string; readonly accountSid: string }[];
}

/** Opt-outs came with their numbers from another cell, in logs from then. */
interface OptOutsMoved extends CellRecord {
  readonly kind: "message.opt-outs-moved";
  readonly forget: readonly string[];
  readonly entries: readonly (readonly [key: string, value: EarlierOptOut])[];
}

type Table = StateTable<EarlierOptOut>;

const STOP_WORDS = new Set(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]);
const START_WORDS = new Set(["START", "YES", "UNSTOP"]);
const BATCH = 1_000;

/** A text that was recorded before texts were judged does what it did then. For reducers only. */
export function noteEarlierText(
  table: Table,
  text: { readonly from: string; readonly to: string; readonly text: string },
  context: ApplyContext,
): void {
  const word = text.text.trim().toUpperCase();
  const key = `${text.to}|${text.from}`;
  if (STOP_WORDS.has(word)) table.put(key, { sinceMs: context.atMs });
  else if (START_WORDS.has(word)) table.delete(key);
}

/** The reducers of records that only this knows. */
export function earlierOptOutReducers(table: Table): Machine["reducers"] {
  return {
    "message.opt-outs-carried": (record: OptOutsCarried, context) => {
      for (const { key, accountSid } of record.entries) carry(table, { key, accountSid }, context);
    },
    "message.opt-outs-moved": ({ forget, entries }: OptOutsMoved) => {
      const own = new Set(forget.map(bareAddress));
      const gone = [...table.keys()].filter((key) => own.has(bareAddress(senderOf(key))));
      for (const key of gone) table.delete(key);
      for (const [key, value] of entries) table.put(key, value);
    },
  };
}

function carry(
  table: Table,
  given: { readonly key: string; readonly accountSid: string },
  context: ApplyContext,
): void {
  const { key, accountSid } = given;
  const optOut = table.get(key);
  if (optOut === undefined) return;
  table.delete(key);
  const scope = senderOf(key);
  const fact: ConsentChanged = {
    kind: "consent.changed",
    accountSid,
    scope,
    recipient: key.slice(scope.length + 1),
    state: "opted-out",
    source: "keyword",
    atMs: optOut.sinceMs,
    number: scope,
  };
  context.emit(fact);
}

function senderOf(key: string): string {
  return key.slice(0, key.indexOf("|"));
}

/** Hands over what there is. Those of numbers that nobody has any more stay, and harm nobody. */
export async function carryEarlierOptOuts(table: Table, cell: Cell, numbers: NumberDirectory): Promise<void> {
  const entries: OptOutsCarried["entries"][number][] = [];
  for (const key of table.keys()) {
    const accountSid = numbers.inboundText(senderOf(key))?.accountSid;
    if (accountSid !== undefined) entries.push({ key, accountSid });
  }
  for (let at = 0; at < entries.length; at += BATCH) {
    const record: OptOutsCarried = { kind: "message.opt-outs-carried", entries: entries.slice(at, at + BATCH) };
    await cell.commit(record, "progress");
  }
}
