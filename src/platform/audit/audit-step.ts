import { AppError } from "../../kernel/errors.ts";
import type { Cell } from "../cell/index.ts";
import type { Around, Call, HttpRequest, HttpResponse, JsonObject } from "../http/index.ts";
import type { Clock, Logger } from "../ports.ts";
import { sha256 } from "./audit-log.ts";
import { MAX_STATE_CHARACTERS, withoutSecrets, type Actor, type AuditEntry } from "./entry.ts";
import type { AuditBegun, AuditDropped, AuditEnded } from "./records.ts";

/** What the step works with. */
export interface AuditStepDeps {
  readonly cell: () => Pick<Cell, "commit">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  /** The address that a request comes from. Behind an edge that is not the other end of the connection. */
  readonly addressOf: (request: HttpRequest) => string;
}

type Verb = "created" | "updated" | "deleted";

/** Names of resources in events where Twilio's differ from those in paths. */
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  "incoming-phone-number": "phone-number",
  "available-phone-number": "phone-number",
};

/**
 * The step that writes every change of how something is set up into the audit log: the
 * intention with what was before, durable before the work begins, then what became of it.
 * Routes whose changes are traffic are left alone. What is refused leaves nothing.
 */
export function auditStep(deps: AuditStepDeps): Around {
  return async (call, next) => {
    const { route, accountSid } = call;
    if (route.method === "GET" || route.traffic || accountSid === undefined) return next();
    return auditCall(deps, { call, accountSid }, next);
  };
}

async function auditCall(
  deps: AuditStepDeps,
  { call, accountSid }: { readonly call: Call; readonly accountSid: string },
  next: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const before = await call.shown();
  const verb = verbOf(call, before);
  const resourceType = resourceTypeOf(call);
  const entry: AuditEntry = {
    sid: deps.mintSid("AE"),
    accountSid,
    atMs: deps.clock.nowMs(),
    actor: actorOf(call, deps.addressOf(call.request)),
    eventType: `${resourceType}.${verb}`,
    resourceType,
    resourceSid: resourceSidOf(call, before),
    requestId: call.requestId,
    outcome: "unknown",
    before: before === undefined ? null : kept(before),
    after: null,
  };
  const begun: AuditBegun = { kind: "audit.begun", entry };
  await deps.cell().commit(begun);
  let response: HttpResponse;
  try {
    response = await next();
  } catch (error) {
    await settle(deps, isCertain(error) ? dropped(entry) : ended(entry, "unknown"));
    throw error;
  }
  if (response.status >= 500) await settle(deps, ended(entry, "unknown"));
  else if (response.status >= 400) await settle(deps, dropped(entry));
  else await settle(deps, ended(entry, "done", verb === "deleted" ? undefined : call.answered));
  return response;
}

function dropped({ sid }: AuditEntry): AuditDropped {
  return { kind: "audit.dropped", sid };
}

function ended({ sid }: AuditEntry, outcome: "done" | "unknown", answered?: JsonObject): AuditEnded {
  const resourceSid = answered?.["sid"];
  return {
    kind: "audit.ended",
    sid,
    outcome,
    ...(typeof resourceSid === "string" ? { resourceSid } : {}),
    after: answered === undefined ? null : kept(answered),
  };
}

/**
 * The change was made or refused. The answer waits for this, so that its event is there, but does
 * not fail with it: what is lost here ends as unknown at the next start. A full disk takes it from
 * its reserve, because what began has to end.
 */
async function settle(deps: AuditStepDeps, record: AuditEnded | AuditDropped): Promise<void> {
  try {
    await deps.cell().commit(record, "progress");
  } catch (error) {
    deps.logger.error("audit.not-settled", { sid: record.sid, reason: String(error) });
  }
}

function isCertain(error: unknown): boolean {
  return error instanceof AppError && error.spec.fault !== "unknown" && error.status < 500;
}

function verbOf({ route }: Call, before: JsonObject | undefined): Verb {
  if (route.method === "DELETE") return "deleted";
  return before === undefined && route.success === 201 ? "created" : "updated";
}

/** `/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}` → `phone-number`. */
function resourceTypeOf({ route }: Call): string {
  const name = route.element.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return RESOURCE_TYPES[name] ?? name;
}

function resourceSidOf({ path }: Call, before: JsonObject | undefined): string {
  const sid = before?.["sid"];
  return typeof sid === "string" ? sid : (Object.values(path).at(-1) ?? "");
}

function actorOf({ principal }: Call, ipAddress: string): Actor {
  const where = ipAddress === "" ? {} : { ipAddress };
  if (principal === undefined) return { type: "system", source: "api", ...where };
  const { keySid, accountSid, userSid } = principal;
  if (userSid !== undefined) return { sid: userSid, type: "user", source: "web", ...where };
  if (keySid !== undefined) return { sid: keySid, type: "api-key", source: "api", ...where };
  return { sid: accountSid, type: "account", source: "api", ...where };
}

/** A public shape as it is kept: without secrets, and its digest alone where it is very long. */
function kept(shape: JsonObject): JsonObject {
  const cleaned = withoutSecrets(shape);
  const text = JSON.stringify(cleaned);
  if (text.length <= MAX_STATE_CHARACTERS) return cleaned;
  return { sha256: Buffer.from(sha256(Buffer.from(text))).toString("hex"), characters: text.length };
}
