import { AppError } from "../../kernel/errors.ts";
import { iso8601 } from "../../kernel/time.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import type { A2pDeps } from "./deps.ts";
import { a2pErrors } from "./errors.ts";
import { filingIdOf } from "./filing-id.ts";
import { addFiling, removeFilingsOf } from "./filing.store.ts";
import { lockName } from "./lock-name.ts";
import type { RecordTarget } from "./record-store.ts";
import { tollFreeStore } from "./stores.ts";
import {
  MAX_VERIFICATIONS_PER_ACCOUNT,
  type TollFreeContent,
  type TollFreeFields,
  type TollFreeVerification,
} from "./toll-free.ts";

/** A number to verify. */
export interface VerificationInput {
  readonly accountSid: string;
  readonly numberSid: string;
  readonly customerProfileSid: string | null;
  readonly externalReferenceId: string | null;
  readonly fields: TollFreeFields;
}

/** Submits a toll-free number for verification. A number has one that is not rejected at most. */
export async function submitVerification(deps: A2pDeps, input: VerificationInput): Promise<TollFreeVerification> {
  const { accountSid, numberSid, customerProfileSid, externalReferenceId, fields } = input;
  const number = await deps.numberBySid(accountSid, numberSid);
  if (number?.isTollFree !== true) throw new AppError(a2pErrors.tollFreeNumberInvalid, { value: numberSid });
  if (customerProfileSid !== null) await checkProfile(deps, accountSid, customerProfileSid);
  const sid = deps.mintSid("HH");
  const filingId = filingIdOf(sid, 0);
  const content: TollFreeContent = {
    numberSid,
    number: number.number,
    customerProfileSid,
    externalReferenceId,
    fields,
    status: "PENDING_REVIEW",
    errors: [],
    isEditAllowed: null,
    editExpiresMs: null,
    editReason: null,
    filings: 1,
    filingId,
  };
  const atMs = deps.clock.nowMs();
  const verification = await deps.database.transaction(async (tx) => {
    await lockName(tx, `${accountSid} ${number.number}`);
    const open = await openVerification(tx, { accountSid, number: number.number });
    if (open !== undefined) {
      const { status } = open.content;
      throw new AppError(a2pErrors.verificationExists, { number: number.number, sid: open.sid, status });
    }
    if ((await tollFreeStore.count(tx, [accountSid])) >= MAX_VERIFICATIONS_PER_ACCOUNT) {
      throw new AppError(a2pErrors.tooMany, { max: MAX_VERIFICATIONS_PER_ACCOUNT, what: "verifications" });
    }
    const body = { kind: "toll-free", number: number.number, fields } as const;
    await addFiling(tx, { id: filingId, accountSid, resourceSid: sid, body, atMs });
    return tollFreeStore.insert(tx, { sid, accountSid, atMs, content });
  });
  deps.book.putVerification(verification);
  deps.wake();
  return verification;
}

async function checkProfile({ profiles }: A2pDeps, accountSid: string, value: string): Promise<void> {
  if ((await profiles.profile(accountSid, value)) !== undefined) return;
  throw new AppError(a2pErrors.profileNotApproved, { parameter: "CustomerProfileSid", value });
}

async function openVerification(
  tx: DatabaseSession,
  { accountSid, number }: { readonly accountSid: string; readonly number: string },
): Promise<TollFreeVerification | undefined> {
  const slice = { limit: 1, cursor: undefined, direction: "next" } as const;
  const filters = [
    ["t.content->>'number' = ?", number],
    ["t.content->>'status' <> ?", "TWILIO_REJECTED"],
  ] as const;
  const [found] = await tollFreeStore.list(tx, { accountSids: [accountSid], filters }, slice);
  return found;
}

/** Changes a verification that was rejected and submits it again. `undefined` where there is none. */
export async function resubmitVerification(
  deps: A2pDeps,
  target: RecordTarget,
  change: {
    readonly fields: TollFreeFields;
    readonly editReason: string | undefined;
    /** Throws where something is missing now. */
    readonly check: (fields: TollFreeFields) => void;
  },
): Promise<TollFreeVerification | undefined> {
  const { accountSid, sid } = target;
  const atMs = deps.clock.nowMs();
  const verification = await deps.database.transaction(async (tx) => {
    const seen = await tollFreeStore.find(tx, target);
    if (seen === undefined) return undefined;
    const { number } = seen.content;
    await lockName(tx, `${accountSid} ${number}`);
    const known = await tollFreeStore.find(tx, target, true);
    if (known === undefined) return undefined;
    checkEditable(known, atMs);
    const open = await openVerification(tx, { accountSid, number });
    if (open !== undefined) {
      throw new AppError(a2pErrors.verificationExists, { number, sid: open.sid, status: open.content.status });
    }
    const { filings } = known.content;
    const filingId = filingIdOf(sid, filings);
    const fields = { ...known.content.fields, ...change.fields };
    change.check(fields);
    const content: TollFreeContent = {
      ...known.content,
      fields,
      status: "PENDING_REVIEW",
      errors: [],
      isEditAllowed: null,
      editExpiresMs: null,
      editReason: change.editReason ?? null,
      filings: filings + 1,
      filingId,
    };
    const body = { kind: "toll-free", number, fields } as const;
    await addFiling(tx, { id: filingId, accountSid, resourceSid: sid, body, atMs });
    return tollFreeStore.write(tx, target, { atMs, content });
  });
  if (verification === undefined) return undefined;
  deps.book.putVerification(verification);
  deps.wake();
  return verification;
}

function checkEditable({ content }: TollFreeVerification, atMs: number): void {
  const { status, isEditAllowed, editExpiresMs } = content;
  if (status !== "TWILIO_REJECTED") {
    throw new AppError(a2pErrors.editNotAllowed, { status, reason: "only what was rejected can be" });
  }
  if (isEditAllowed !== true) {
    throw new AppError(a2pErrors.editNotAllowed, { status, reason: "it was rejected for good; submit a new one" });
  }
  if (editExpiresMs !== null && editExpiresMs <= atMs) {
    throw new AppError(a2pErrors.editExpired, { at: iso8601(editExpiresMs) });
  }
}

/** Takes a verification back. Resolves to whether there was one. */
export async function withdrawVerification(deps: A2pDeps, target: RecordTarget): Promise<boolean> {
  const removed = await deps.database.transaction(async (tx) => {
    const found = await tollFreeStore.remove(tx, target);
    if (found !== undefined) await removeFilingsOf(tx, target.sid);
    return found;
  });
  if (removed === undefined) return false;
  deps.book.removeVerification(removed);
  return true;
}
