import { AppError } from "../../kernel/errors.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { findDossier, type DossierTarget } from "./dossier.store.ts";
import { isOpen, MAX_ASSIGNMENTS, MAX_ENDPOINTS, type Assignment, type Dossier } from "./dossier.ts";
import { ruleBySid } from "./data/index.ts";
import { regulatoryErrors } from "./errors.ts";
import { findItem } from "./item.store.ts";
import { assignmentStore, endpointStore } from "./stores.ts";

/** Puts an end user, a document or a customer profile into a dossier. `undefined` where there is no such dossier. */
export async function assignObject(
  deps: RegulatoryDeps,
  target: DossierTarget,
  objectSid: string,
): Promise<Assignment | undefined> {
  const mainSid = (await deps.mainAccount?.(target.accountSid)) ?? target.accountSid;
  return deps.database.transaction(async (tx) => {
    const dossier = await findDossier(tx, target, "update");
    if (dossier === undefined) return undefined;
    if (!isOpen(dossier.status)) {
      throw new AppError(regulatoryErrors.stateForbids, { sid: dossier.sid, status: dossier.status });
    }
    const objectType = await typeOfObject(tx, dossier, { objectSid, mainSid });
    return put(deps, tx, { dossier, objectSid, objectType, store: assignmentStore });
  });
}

/** Takes something out of a dossier again. Resolves to whether it was in it. */
export async function unassignObject(
  { database }: RegulatoryDeps,
  target: DossierTarget,
  sid: string,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const dossier = await findDossier(tx, target, "update");
    if (dossier === undefined) return false;
    const known = await assignmentStore.find(tx, { sid, dossierSid: dossier.sid, accountSid: dossier.accountSid });
    if (known === undefined) return false;
    if (!isOpen(dossier.status)) {
      throw new AppError(regulatoryErrors.assignmentFixed, { sid, dossier: dossier.sid, status: dossier.status });
    }
    await assignmentStore.remove(tx, sid);
    return true;
  });
}

async function typeOfObject(
  tx: DatabaseSession,
  dossier: Dossier,
  { objectSid, mainSid }: { readonly objectSid: string; readonly mainSid: string },
): Promise<string> {
  const { accountSid, kind } = dossier;
  const prefix = objectSid.slice(0, 2);
  const isProfile = prefix === "BU" && kind !== "bundle";
  if (prefix !== "IT" && prefix !== "RD" && !isProfile) {
    const reason = kind === "bundle" ? "it is no end user or document" : "it is no end user, document or profile";
    throw new AppError(regulatoryErrors.objectKindRefused, { value: objectSid, reason });
  }
  if (objectSid === dossier.sid) {
    throw new AppError(regulatoryErrors.objectKindRefused, { value: objectSid, reason: "it is the dossier itself" });
  }
  if (isProfile) {
    const profile =
      (await findDossier(tx, { accountSid, sid: objectSid, kind: "customer-profile" }, "share")) ??
      (await findDossier(tx, { accountSid: mainSid, sid: objectSid, kind: "customer-profile" }, "share"));
    if (profile === undefined) throw new AppError(regulatoryErrors.objectUnknown, { value: objectSid });
    return ruleBySid(profile.ruleSid)?.profileType ?? profile.kind;
  }
  const product = kind === "bundle" ? "numbers" : "trusthub";
  const item = await findItem(tx, { accountSid, sid: objectSid, product }, "share");
  if (item === undefined) throw new AppError(regulatoryErrors.objectUnknown, { value: objectSid });
  return item.type;
}

interface Placement {
  readonly dossier: Dossier;
  readonly objectSid: string;
  readonly objectType: string;
  readonly store: typeof assignmentStore;
}

async function put(
  { mintSid, clock }: RegulatoryDeps,
  tx: DatabaseSession,
  { dossier, objectSid, objectType, store }: Placement,
): Promise<Assignment> {
  const isEndpoint = store === endpointStore;
  const assignment: Assignment = {
    sid: mintSid(isEndpoint ? "RA" : "BV"),
    accountSid: dossier.accountSid,
    dossierSid: dossier.sid,
    objectSid,
    objectType,
    createdMs: clock.nowMs(),
  };
  const refusal = await store.insert(tx, assignment);
  if (refusal === undefined) return assignment;
  if (refusal === "full") {
    const max = isEndpoint ? MAX_ENDPOINTS : MAX_ASSIGNMENTS;
    throw new AppError(regulatoryErrors.tooMany, { max, what: "assignments to one of these" });
  }
  throw new AppError(regulatoryErrors.alreadyAssigned, { object: objectSid, sid: refusal.sid });
}

/** Kinds of endpoints, and the prefix of their SIDs. */
export const ENDPOINT_TYPES: Readonly<Record<string, string>> = { "phone-number": "PN", "short-code": "SC" };

/** Says that a dossier stands for a number or short code. `undefined` where there is no such dossier. */
export async function assignEndpoint(
  deps: RegulatoryDeps,
  target: DossierTarget,
  endpoint: { readonly type: string; readonly sid: string },
): Promise<Assignment | undefined> {
  const { type, sid } = endpoint;
  const prefix = ENDPOINT_TYPES[type] ?? "";
  const parameter = "ChannelEndpointSid";
  if (!sid.startsWith(prefix)) {
    throw new AppError(regulatoryErrors.endpointInvalid, {
      parameter,
      reason: `a ${type} has a SID of the form ${prefix}`,
    });
  }
  if (deps.hasEndpoint !== undefined && !(await deps.hasEndpoint(target.accountSid, sid))) {
    throw new AppError(regulatoryErrors.endpointInvalid, { parameter, reason: `there is no ${type} ${sid}` });
  }
  return deps.database.transaction(async (tx) => {
    const dossier = await findDossier(tx, target, "update");
    if (dossier === undefined) return undefined;
    if (dossier.kind === "trust-product" && !(await isOfProfiles(tx, dossier.sid, sid))) {
      const reason = "it is to be assigned to a customer profile of this trust product first";
      throw new AppError(regulatoryErrors.endpointInvalid, { parameter, reason });
    }
    return put(deps, tx, { dossier, objectSid: sid, objectType: type, store: endpointStore });
  });
}

/** Whether a customer profile within a trust product stands for an endpoint. */
async function isOfProfiles(tx: DatabaseSession, dossierSid: string, endpointSid: string): Promise<boolean> {
  const rows = await tx.query<Row>(
    `select 1 from regulatory_endpoints e join regulatory_assignments a on a.object_sid = e.dossier_sid
     where a.dossier_sid = $1 and e.object_sid = $2 limit 1`,
    [dossierSid, endpointSid],
  );
  return rows.length > 0;
}

/** Resolves to whether there was such an assignment. */
export async function unassignEndpoint(
  { database }: RegulatoryDeps,
  target: DossierTarget,
  sid: string,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const dossier = await findDossier(tx, target, "update");
    if (dossier === undefined) return false;
    const known = await endpointStore.find(tx, { sid, dossierSid: dossier.sid, accountSid: dossier.accountSid });
    if (known !== undefined) await endpointStore.remove(tx, sid);
    return known !== undefined;
  });
}
