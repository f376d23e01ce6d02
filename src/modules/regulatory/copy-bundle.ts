import { AppError } from "../../kernel/errors.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import { draftOf, storeDossier } from "./change-dossier.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { findDossier, writeDossier, type DossierTarget } from "./dossier.store.ts";
import { isUnderReview, MAX_ITEMS, type Assignment, type Dossier } from "./dossier.ts";
import { regulatoryErrors } from "./errors.ts";
import { ruleOf } from "./hold-against.ts";
import { insertItem, itemsOf, markDocuments } from "./item.store.ts";
import { assignmentStore } from "./stores.ts";

/** Who the copy is for, and what it is like. */
export interface CopyInput {
  readonly accountSid: string;
  readonly friendlyName: string | undefined;
  /** A draft that says what it is a copy of; else it is as approved as the bundle itself. */
  readonly isDraft: boolean;
}

/** Copies an approved bundle with all its items. `undefined` where there is no such bundle. */
export async function copyBundle(
  deps: RegulatoryDeps,
  target: Omit<DossierTarget, "kind">,
  input: CopyInput,
): Promise<Dossier | undefined> {
  return deps.database.transaction(async (tx) => {
    const original = await findDossier(tx, { ...target, kind: "bundle" }, "share");
    if (original === undefined) return undefined;
    const { sid, status, email, statusCallback, validUntilMs } = original;
    if (status !== "twilio-approved") throw new AppError(regulatoryErrors.notCopyable, { sid, status });
    const draft = draftOf(deps, {
      accountSid: input.accountSid,
      rule: ruleOf(original),
      friendlyName: input.friendlyName ?? original.friendlyName,
      email,
      statusCallback: statusCallback ?? undefined,
    });
    const isOwn = input.accountSid === original.accountSid;
    const copy: Dossier = {
      ...draft,
      copyOf: isOwn && input.isDraft ? sid : null,
      ...(input.isDraft ? {} : { status, validUntilMs, dueMs: validUntilMs }),
    };
    await storeDossier(tx, copy);
    await copyItems(deps, tx, { from: original, to: copy });
    return copy;
  });
}

async function copyItems(
  { mintSid, clock }: RegulatoryDeps,
  tx: DatabaseSession,
  { from, to }: { readonly from: Dossier; readonly to: Dossier },
): Promise<void> {
  const atMs = clock.nowMs();
  for (const item of await itemsOf(tx, from.sid)) {
    const sid = mintSid(item.sid.slice(0, 2));
    const status = to.status === "draft" ? "draft" : item.status;
    const copy = { ...item, sid, accountSid: to.accountSid, status, createdMs: atMs, updatedMs: atMs };
    if (!(await insertItem(tx, copy))) {
      throw new AppError(regulatoryErrors.tooMany, { max: MAX_ITEMS, what: `${item.kind}s of an account` });
    }
    const assignment: Assignment = {
      sid: mintSid("BV"),
      accountSid: to.accountSid,
      dossierSid: to.sid,
      objectSid: sid,
      objectType: item.type,
      createdMs: atMs,
    };
    await assignmentStore.insert(tx, assignment);
  }
}

/**
 * Puts what is in an approved bundle into another one of the same regulation, in the place of
 * what was in it, so that numbers keep their bundle while what it says is renewed.
 */
export async function replaceItems(
  deps: RegulatoryDeps,
  target: Omit<DossierTarget, "kind">,
  fromSid: string,
): Promise<Dossier | undefined> {
  const { accountSid, sid } = target;
  if (fromSid === sid) throw new AppError(regulatoryErrors.fromItself);
  const changed = await deps.database.transaction(async (tx) => {
    // In the order of their SIDs, so that two that replace each other's items do not wait for ever.
    const found = new Map<string, Dossier | undefined>();
    for (const each of [fromSid, sid].toSorted()) {
      found.set(each, await findDossier(tx, { accountSid, sid: each, kind: "bundle" }, "update"));
    }
    const to = found.get(sid);
    const from = found.get(fromSid);
    if (to === undefined) return undefined;
    if (from === undefined) throw new AppError(regulatoryErrors.fromUnknown, { value: fromSid });
    if (from.ruleSid !== to.ruleSid) {
      throw new AppError(regulatoryErrors.regulationMismatch, { from: fromSid, to: sid });
    }
    const unfit = from.status !== "twilio-approved" ? from : isUnderReview(to.status) ? to : undefined;
    if (unfit !== undefined) {
      throw new AppError(regulatoryErrors.itemsNotTransferable, { sid: unfit.sid, status: unfit.status });
    }
    return takeOver(deps, tx, { from, to });
  });
  deps.wake();
  return changed;
}

async function takeOver(
  { mintSid, clock }: RegulatoryDeps,
  tx: DatabaseSession,
  { from, to }: { readonly from: Dossier; readonly to: Dossier },
): Promise<Dossier> {
  const atMs = clock.nowMs();
  await markDocuments(tx, to.sid, { status: "draft", failureReason: null, errors: [], atMs });
  await assignmentStore.removeAll(tx, to.sid);
  for (const { objectSid, objectType } of await assignmentStore.all(tx, from.sid)) {
    const assignment = { sid: mintSid("BV"), accountSid: to.accountSid, dossierSid: to.sid, objectSid, objectType };
    await assignmentStore.insert(tx, { ...assignment, createdMs: atMs });
  }
  await markDocuments(tx, to.sid, { status: "approved", failureReason: null, errors: [], atMs });
  const { validUntilMs } = from;
  return writeDossier(tx, to, { validUntilMs, dueMs: to.status === "twilio-approved" ? validUntilMs : to.dueMs, atMs });
}
