import type { AppError } from "../../../kernel/errors.ts";
import { iso8601 } from "../../../kernel/time.ts";
import { normalizeHost } from "../../../platform/hosts/index.ts";
import {
  actsAsOperator,
  cutPage,
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  text,
  type JsonObject,
  type Principal,
  type Route,
} from "../../../platform/http/index.ts";
import type { LinkDeps } from "../deps.ts";
import { linkErrors } from "../errors.ts";
import { createDomain, removeDomain } from "./create-domain.ts";
import { PROOF_PATH, proofName, type LinkDomain } from "./domain.ts";
import {
  deleteBlockedHost,
  insertBlockedHost,
  listBlockedHosts,
  listDomains,
  type BlockedHost,
} from "./domain.store.ts";
import { setStatus, verifyDomain } from "./verify-domain.ts";

const common = { product: "api", tag: "Links", access: "account" } as const;
const LIST = "/trunkline/v1/LinkDomains";
const ITEM = "/trunkline/v1/LinkDomains/{Sid}";
const BLOCKED = "/trunkline/v1/BlockedLinkHosts";
const MAX_NAME_CHARACTERS = 261;
const MAX_REASON_CHARACTERS = 500;

/** `LinkDomains`, which Twilio has in its console only, and the hosts that the operator has blocked. */
export function linkDomainRoutes(deps: LinkDeps): Route[] {
  return [listRoute(deps), createRoute(deps), ...itemRoutes(deps), ...blockedRoutes(deps)];
}

interface Caller {
  readonly accountSid: string;
  readonly principal: Principal;
  notFound(): AppError;
}

/** The domain of a path: the caller's own, or any for the operator. */
function domainOf(
  { domains, isOperator }: LinkDeps,
  call: Caller & { readonly path: { readonly Sid: string } },
): LinkDomain {
  const { Sid } = call.path;
  const domain = actsAsOperator(call, isOperator) ? domains.bySid(Sid) : domains.ofAccount(call.accountSid, Sid);
  if (domain === undefined) throw call.notFound();
  return domain;
}

function listRoute(deps: LinkDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListLinkDomain",
    summary: "List your link domains, newest first",
    collection: "link_domains",
    page: ({ call, ...asked }) => pageBySid(asked, (slice) => listDomains(deps.database, call.accountSid, slice)),
    view: (domain, call) => viewDomain(domain, call.baseUrl),
  });
}

function createRoute(deps: LinkDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateLinkDomain",
    summary: "Set up a domain of yours for short links",
    success: 201,
    creates: true,
    errors: [linkErrors.nameInvalid, linkErrors.nameTaken, linkErrors.tooManyDomains],
    parameters: {
      DomainName: text({ required: true, maxCharacters: MAX_NAME_CHARACTERS, summary: "For example go.example.com." }),
    },
    run: (call) => createDomain(deps, { accountSid: call.accountSid, name: call.params.DomainName }),
    view: (domain, call) => viewDomain(domain, call.baseUrl),
  });
}

function itemRoutes(deps: LinkDeps): Route[] {
  const view = (domain: LinkDomain, call: { readonly baseUrl: string }): JsonObject => viewDomain(domain, call.baseUrl);
  return [
    defineRoute({
      ...common,
      method: "GET",
      path: ITEM,
      operationId: "FetchLinkDomain",
      summary: "Fetch a link domain, with what proves that you have it",
      success: 200,
      run: (call) => domainOf(deps, call),
      view,
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: ITEM,
      operationId: "UpdateLinkDomain",
      summary: "Approve a link domain without proof, or block it; for the operator",
      success: 200,
      parameters: {
        Status: enumeration({ values: ["verified", "blocked", "pending"], required: true, summary: "How it stands." }),
      },
      run: (call) => {
        if (!actsAsOperator(call, deps.isOperator)) throw call.notFound();
        return setStatus(deps, domainOf(deps, call), call.params.Status);
      },
      view,
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: ITEM,
      operationId: "DeleteLinkDomain",
      summary: "Delete a link domain that has no links",
      success: 204,
      errors: [linkErrors.domainInUse],
      run: (call) => removeDomain(deps, domainOf(deps, call)),
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: `${ITEM}/Verification`,
      operationId: "VerifyLinkDomain",
      summary: "Look for the proof that you have a link domain",
      success: 200,
      run: (call) => verifyDomain(deps, domainOf(deps, call)),
      view,
    }),
  ];
}

function viewDomain(domain: LinkDomain, baseUrl: string): JsonObject {
  const { sid, name, status, token, certificate, createdMs, updatedMs, verifiedMs } = domain;
  return {
    sid,
    account_sid: domain.accountSid,
    domain_name: name,
    status,
    proof: {
      dns: { type: "TXT", name: proofName(name), value: token },
      file: { url: `http://${name}${PROOF_PATH}`, content: token },
    },
    certificate_expires: certificate?.expiresMs === undefined ? null : iso8601(certificate.expiresMs),
    messaging_services: [...domain.services],
    date_verified: verifiedMs === undefined ? null : iso8601(verifiedMs),
    date_created: iso8601(createdMs),
    date_updated: iso8601(updatedMs),
    url: `${baseUrl}${LIST}/${sid}`,
  };
}

function blockedRoutes(deps: LinkDeps): Route[] {
  const { database, clock, domains, isOperator } = deps;
  const operatorOnly = (call: Caller): void => {
    if (!actsAsOperator(call, isOperator)) throw call.notFound();
  };
  const view = ({ host, reason, createdMs }: BlockedHost): JsonObject => ({
    host,
    reason,
    date_created: iso8601(createdMs),
  });
  return [
    defineListRoute({
      ...common,
      path: BLOCKED,
      operationId: "ListBlockedLinkHost",
      summary: "List the hosts that links may not lead to; for the operator",
      collection: "blocked_hosts",
      page: async ({ call, ...asked }) => {
        operatorOnly(call);
        const hosts = await listBlockedHosts(database, { ...asked, limit: asked.limit + 1 });
        return cutPage(hosts, asked, ({ host }) => host);
      },
      view,
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: BLOCKED,
      operationId: "CreateBlockedLinkHost",
      summary:
        "Block a host and all below it: new links are refused, those that are there lead nowhere; for the operator",
      success: 201,
      creates: true,
      parameters: {
        Host: text({ required: true, maxCharacters: MAX_NAME_CHARACTERS, summary: "For example evil.example." }),
        Reason: text({ maxCharacters: MAX_REASON_CHARACTERS, default: "", summary: "For yourself." }),
      },
      run: async (call) => {
        operatorOnly(call);
        const host = normalizeHost(call.params.Host);
        if (host === undefined) throw call.notFound();
        const blocked = { host, reason: call.params.Reason, createdMs: clock.nowMs() };
        await insertBlockedHost(database, blocked);
        domains.setBlocked(host, true);
        return blocked;
      },
      view,
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: `${BLOCKED}/{Host}`,
      operationId: "DeleteBlockedLinkHost",
      summary: "Block a host no more; for the operator",
      success: 204,
      run: async (call) => {
        operatorOnly(call);
        const host = normalizeHost(call.path.Host) ?? "";
        if (!(await deleteBlockedHost(database, host))) throw call.notFound();
        domains.setBlocked(host, false);
      },
    }),
  ];
}
