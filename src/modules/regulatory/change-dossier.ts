import { AppError } from "../../kernel/errors.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import { holdersOf } from "./assignment.store.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { findDossier, insertDossier, removeDossier, writeDossier, type DossierTarget } from "./dossier.store.ts";
import {
  documentStatusAt,
  isUnderReview,
  MAX_DOSSIERS,
  maySet,
  type Dossier,
  type DossierChange,
  type DossierError,
} from "./dossier.ts";
import { regulatoryErrors } from "./errors.ts";
import { holdAgainst, refuseNoncompliant, ruleOf } from "./hold-against.ts";
import { markDocuments } from "./item.store.ts";
import { addNotice } from "./notice.ts";
import type { Rule } from "./rule.ts";

/** What an account says of a new dossier. */
export interface NewDossier {
  readonly accountSid: string;
  readonly rule: Rule;
  readonly friendlyName: string;
  readonly email: string;
  readonly statusCallback: string | undefined;
  readonly isTest?: boolean;
}

/** Makes an empty dossier. */
export async function createDossier(deps: RegulatoryDeps, input: NewDossier): Promise<Dossier> {
  const dossier = draftOf(deps, input);
  await storeDossier(deps.database, dossier);
  return dossier;
}

/** A draft, not stored yet. */
export function draftOf({ clock, mintSid }: RegulatoryDeps, input: NewDossier): Dossier {
  const atMs = clock.nowMs();
  return {
    sid: mintSid("BU"),
    accountSid: input.accountSid,
    kind: input.rule.dossierKind,
    ruleSid: input.rule.sid,
    friendlyName: input.friendlyName,
    email: input.email,
    statusCallback: input.statusCallback ?? null,
    status: "draft",
    validUntilMs: null,
    failureReason: null,
    errors: [],
    isTest: input.isTest ?? false,
    copyOf: null,
    dueMs: null,
    revision: 0,
    createdMs: atMs,
    updatedMs: atMs,
  };
}

/** Stores it, or refuses where the account has as many as it may have. */
export async function storeDossier(session: DatabaseSession, dossier: Dossier): Promise<void> {
  if (!(await insertDossier(session, dossier))) {
    throw new AppError(regulatoryErrors.tooMany, { max: MAX_DOSSIERS, what: `${dossier.kind}s of an account` });
  }
}

/** What an account changes. */
export interface DossierUpdate {
  readonly status?: string | undefined;
  readonly friendlyName?: string | undefined;
  readonly email?: string | undefined;
  readonly statusCallback?: string | undefined;
}

/** Changes what a dossier says, or submits it or takes it back. `undefined` where there is no such dossier. */
export async function updateDossier(
  deps: RegulatoryDeps,
  target: DossierTarget,
  update: DossierUpdate,
): Promise<Dossier | undefined> {
  const { status, friendlyName, email, statusCallback } = update;
  const properties: DossierChange = {
    ...(friendlyName === undefined ? {} : { friendlyName }),
    ...(email === undefined ? {} : { email }),
    ...(statusCallback === undefined ? {} : { statusCallback: statusCallback === "" ? null : statusCallback }),
  };
  const isAlone = Object.keys(properties).length === 0;
  if (status !== undefined && !isAlone) throw new AppError(regulatoryErrors.statusAlone);
  const changed = await deps.database.transaction(async (tx) => {
    const dossier = await findDossier(tx, target, "update");
    if (dossier === undefined) return undefined;
    if (status !== undefined) return setStatus(deps, tx, { dossier, status });
    if (isAlone) return dossier;
    if (isUnderReview(dossier.status)) {
      throw new AppError(regulatoryErrors.stateForbids, { sid: dossier.sid, status: dossier.status });
    }
    return writeDossier(tx, dossier, { ...properties, atMs: deps.clock.nowMs() });
  });
  if (changed !== undefined && status !== undefined) deps.wake();
  return changed;
}

async function setStatus(
  deps: RegulatoryDeps,
  tx: DatabaseSession,
  { dossier, status }: { readonly dossier: Dossier; readonly status: string },
): Promise<Dossier> {
  if (status === dossier.status) return dossier;
  if (!maySet(dossier.status, status)) {
    throw new AppError(regulatoryErrors.transitionRefused, { from: dossier.status, to: status });
  }
  const atMs = deps.clock.nowMs();
  if (status === "pending-review") {
    refuseNoncompliant(await holdAgainst(deps, tx, { dossier, rule: ruleOf(dossier) }));
  }
  return moveDossier(tx, dossier, { status, atMs, dueMs: status === "draft" ? null : atMs });
}

/** A step of a dossier to another status. */
export interface Step {
  readonly status: Dossier["status"];
  readonly atMs: number;
  readonly dueMs: number | null;
  readonly errors?: readonly DossierError[];
  readonly failureReason?: string;
  readonly validUntilMs?: number | null;
}

/** Takes a dossier, which the transaction holds, to another status, with its documents and the notice of it. */
export async function moveDossier(tx: DatabaseSession, dossier: Dossier, step: Step): Promise<Dossier> {
  const { status, atMs, dueMs, errors = [], failureReason = errors[0]?.message ?? null, validUntilMs = null } = step;
  const moved = await writeDossier(tx, dossier, { status, atMs, dueMs, errors, failureReason, validUntilMs });
  await markDocuments(tx, dossier.sid, { status: documentStatusAt(status), failureReason, errors, atMs });
  await addNotice(tx, moved);
  return moved;
}

/** Deletes a dossier. Resolves to whether there was one. */
export async function deleteDossier(deps: RegulatoryDeps, target: DossierTarget): Promise<boolean> {
  const isUsed = (await deps.isBundleUsed?.(target.accountSid, target.sid)) ?? false;
  return deps.database.transaction(async (tx) => {
    const dossier = await findDossier(tx, target, "update");
    if (dossier === undefined) return false;
    const { sid, status } = dossier;
    if (isUnderReview(status)) {
      throw new AppError(regulatoryErrors.dossierNotDeletable, { sid, reason: `it is ${status}` });
    }
    if (isUsed) throw new AppError(regulatoryErrors.bundleInUse, { sid });
    const [holder] = await holdersOf(tx, sid);
    if (holder !== undefined) {
      throw new AppError(regulatoryErrors.dossierNotDeletable, { sid, reason: `it is assigned to ${holder.sid}` });
    }
    await removeDossier(tx, dossier);
    return true;
  });
}
