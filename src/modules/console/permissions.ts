/**
 * What a role may do: the one table of the console. A request of a browser is turned into a request of
 * the API only where a line here says what permission it takes, and the user's role has that; the same
 * for what is watched live. What no line names is refused.
 */
import { ROLES, type Role } from "../../platform/console/index.ts";

/** Every permission, with the roles beside the owner and the admins, who have all of them. */
const GRANTS = {
  /** One's own sessions, second factor, name and password. */
  self: ["developer", "billing", "support"],
  "accounts.read": ["developer", "billing", "support"],
  "accounts.write": [],
  "audit.read": ["developer", "support"],
  "carriers.read": ["developer", "support"],
  "carriers.write": [],
  "cells.read": ["developer", "support"],
  "cells.write": [],
  chaos: ["developer"],
  "debugger.read": ["developer", "support"],
  "debugger.write": ["developer"],
  "insights.read": ["developer", "billing", "support"],
  "insights.write": ["developer"],
  "keys.read": ["developer"],
  "keys.write": ["developer"],
  "links.read": ["developer", "support"],
  "links.write": ["developer"],
  "messages.read": ["developer", "support"],
  "messages.write": ["developer"],
  "money.read": ["billing"],
  "money.write": ["billing"],
  "numbers.read": ["developer", "support"],
  "numbers.write": ["developer"],
  phones: ["developer", "support"],
  "prices.read": ["developer", "billing", "support"],
  "prices.write": [],
  "registrations.read": ["developer", "support"],
  "registrations.write": ["developer"],
  "routes.read": ["developer", "support"],
  "routes.write": [],
  "rules.read": ["developer", "support"],
  "rules.write": ["developer"],
  "services.read": ["developer", "support"],
  "services.write": ["developer"],
  "smpp.read": ["developer", "support"],
  "smpp.write": ["developer"],
  "system.read": ["developer", "support"],
  "system.write": [],
  /** Auth tokens: to see them in answers, and to change them. Who has one is the owner in all but name. */
  tokens: [],
  "usage.read": ["developer", "billing", "support"],
  "usage.write": ["billing"],
  "users.read": [],
  "users.write": [],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

/** The name of a permission. */
export type Permission = keyof typeof GRANTS;

/** All of them. */
export const PERMISSIONS = Object.keys(GRANTS) as readonly Permission[];

/** What there is only in the account of the operator. */
const OPERATOR_ONLY: ReadonlySet<Permission> = new Set([
  "carriers.read",
  "carriers.write",
  "cells.read",
  "cells.write",
  "chaos",
  "phones",
  "prices.write",
  "routes.read",
  "routes.write",
  "system.read",
  "system.write",
]);

/** Keys and customers' binds of the operator's account can do what its developers may not. */
const NOT_FOR_DEVELOPERS_OF_THE_OPERATOR: ReadonlySet<Permission> = new Set(["keys.write", "smpp.write"]);

/** The roles that have a permission, the most powerful first. */
export function rolesWith(permission: Permission): readonly Role[] {
  const granted: readonly Role[] = GRANTS[permission];
  return ROLES.filter((role) => role === "owner" || role === "admin" || granted.includes(role));
}

/** What somebody may do: by his role, and by whether the account is the operator's. */
export function permissionsOf(role: Role, isOperator: boolean): ReadonlySet<Permission> {
  return new Set(
    PERMISSIONS.filter((permission) => {
      if (OPERATOR_ONLY.has(permission) && !isOperator) return false;
      if (isOperator && role === "developer" && NOT_FOR_DEVELOPERS_OF_THE_OPERATOR.has(permission)) return false;
      return rolesWith(permission).includes(role);
    }),
  );
}

/** What of a line depends on the method: reading and changing, or one permission for both. */
type Takes = Permission | { readonly read?: Permission; readonly write?: Permission };
type Area = Permission extends infer P ? (P extends `${infer Name}.read` ? Name : never) : never;

/** Paths without extension. `{x}` is one segment, `{x*}` at the end everything below. */
type Line = readonly [path: string, takes: Takes];

const A = "/2010-04-01/Accounts/{AccountSid}";
const T = "/trunkline/v1";

/** `x.read` for reading and `x.write` for changing, for each path. */
function area(name: Area, ...paths: readonly string[]): readonly Line[] {
  const takes = { read: `${name}.read` as Permission, write: `${name}.write` as Permission };
  return paths.map((path) => [path, takes]);
}

/** For reading alone. */
function reads(permission: Permission, ...paths: readonly string[]): readonly Line[] {
  return paths.map((path) => [path, { read: permission }]);
}

/** Every path of the API that the console may ask for, by product. */
const LINES: Readonly<Record<string, readonly Line[]>> = {
  api: [
    ...area("accounts", "/2010-04-01/Accounts", A),
    ...area("keys", `${A}/Keys/{x*}`, `${A}/SigningKeys/{x*}`, `${A}/Keys`, `${A}/SigningKeys`),
    ...area("messages", `${A}/Messages`, `${A}/Messages/{x*}`),
    ...area("numbers", `${A}/IncomingPhoneNumbers`, `${A}/IncomingPhoneNumbers/{x*}`, `${A}/Addresses`),
    ...area("numbers", `${A}/Addresses/{x*}`, `${A}/Applications`, `${A}/Applications/{x*}`),
    ...area("numbers", `${A}/SMS/ShortCodes`, `${A}/SMS/ShortCodes/{x*}`, `${T}/AlphanumericSenders`),
    ...area("numbers", `${T}/AlphanumericSenders/{Sid}`, `${T}/Numbers/{PhoneNumber}/PortOut`),
    ...reads("numbers.read", `${A}/AvailablePhoneNumbers`, `${A}/AvailablePhoneNumbers/{x*}`),
    ...reads("money.read", `${A}/Balance`, `${T}/Invoices`, `${T}/Invoices/{Period}`, `${T}/Ledger/Holds`),
    ...reads("money.read", `${T}/Ledger/Lines`, `${T}/Ledger/Breakdown`),
    ...area("money", `${T}/Ledger/Accounts/{Sid}/Wallet`, `${T}/Ledger/Accounts/{Sid}/Cap`, `${T}/Ledger/Credits`),
    ...area("money", `${T}/Ledger/Grants`, `${T}/Ledger/Adjustments`, `${T}/Ledger/Refunds`),
    ...reads("usage.read", `${A}/Usage/Records`, `${A}/Usage/Records/{x*}`),
    ...area("usage", `${A}/Usage/Triggers`, `${A}/Usage/Triggers/{Sid}`),
    ...area("system", `${T}/NumberHolds`, `${T}/NumberHolds/{Sid}`, `${T}/BlockedLinkHosts`),
    ...area("system", `${T}/BlockedLinkHosts/{Host}`, `${T}/NumberPool/{x*}`, `${T}/SpamLists`, `${T}/SpamLists/{x*}`),
    ...area("system", `${T}/SpamVerdicts`, `${T}/SpamVerdicts/{x*}`),
    ...area("numbers", `${T}/Numbers/Export`, `${T}/Numbers/Import`),
    ...reads("messages.read", `${T}/Messages/{Sid}/{x*}`),
    ...area("debugger", `${T}/Debugger/{x*}`, `${T}/Webhooks`, `${T}/Webhooks/{x*}`, `${T}/Requests`),
    ...area("debugger", `${T}/Requests/{x*}`),
    [`${T}/Routing/Explanations`, "routes.read"],
    [`${T}/Routing/Comparisons`, "routes.read"],
    ...area("routes", `${T}/Routing/{x*}`),
    ...area("carriers", `${T}/Carriers`, `${T}/Carriers/{x*}`),
    ...area("smpp", `${T}/Smpp/Credentials`, `${T}/Smpp/Credentials/{Sid}`),
    ...area("cells", `${T}/Cells`, `${T}/Cells/{x*}`, `${T}/Moves`, `${T}/Moves/{Sid}`, `${T}/Accounts`),
    ...area("cells", `${T}/Accounts/{Sid}/Home`, `${T}/Accounts/{Sid}/Moves`),
    ...reads("cells.read", `${T}/Fleet`, `${T}/Fleet/Processes`),
    [`${T}/Fleet/Processes/{Name}/Kills`, { write: "chaos" }],
    [`${T}/Fleet/Cells`, { write: "cells.write" }],
    [`${T}/Fleet/Processes/{Name}/Kills`, "chaos"],
    [`${T}/Carriers/{Name}/Chaos`, "chaos"],
    [`${T}/Chaos/{x*}`, "chaos"],
    ...area("prices", `${T}/Prices/{x*}`),
    ...area("rules", `${T}/OptOuts`, `${T}/OptOuts/{x*}`, `${T}/SenderRegistrations`, `${T}/SenderRegistrations/{Sid}`),
    ...area("rules", `${T}/QuietHours`, `${T}/QuietHours/{Sid}`, `${T}/DoNotCall/{x*}`, `${T}/ContentLists`),
    ...area("rules", `${T}/ContentLists/{Sid}`, `${T}/GeoPermissions`),
    ...reads("rules.read", `${T}/Rules`, `${T}/CountryRules`),
    [`${T}/CountryRules/{Country}`, { read: "rules.read", write: "system.write" }],
    ...area("registrations", `${T}/Dlt/{x*}`),
    ...area("links", `${T}/Links`, `${T}/Links/{x*}`, `${T}/LinkDomains`, `${T}/LinkDomains/{x*}`),
    ...reads("audit.read", `${T}/Audit/{x*}`),
    ...area("insights", `${T}/Insights/{x*}`),
    ...area("users", `${T}/Console/Users`, `${T}/Console/Users/{Sid}/{x*}`, `${T}/Console/SignInLinks`),
    [`${T}/Console/Users/{Sid}`, { read: "self", write: "self" }],
    [`${T}/Console/Sessions`, "self"],
    [`${T}/Console/Sessions/{Sid}`, "self"],
    [`${T}/Console/Totp`, "self"],
    [`${T}/Console/Totp/{x*}`, "self"],
  ],
  accounts: [
    ["/v1/AuthTokens/{x*}", "tokens"],
    ["/v1/Consents/Bulk", { write: "rules.write" }],
    ...area("rules", "/v1/Messaging/GeoPermissions"),
  ],
  iam: [...area("keys", "/v1/Keys", "/v1/Keys/{Sid}")],
  messaging: [
    ...area("services", "/v1/Services", "/v1/Services/{x*}", "/v2/Channels/Senders", "/v2/Channels/Senders/{Sid}"),
    ...area("registrations", "/v1/Services/{ServiceSid}/Compliance/{x*}", "/v1/Services/PreregisteredUsa2p"),
    ...area("registrations", "/v1/a2p/{x*}", "/v1/Tollfree/{x*}"),
    ...area("links", "/v1/LinkShortening/{x*}", "/v2/LinkShortening/{x*}"),
    ...reads("numbers.read", "/v1/Deactivations"),
  ],
  monitor: [
    ...reads("debugger.read", "/v1/Alerts", "/v1/Alerts/{Sid}"),
    ...reads("audit.read", "/v1/Events", "/v1/Events/{Sid}"),
  ],
  numbers: [
    ...area("registrations", "/v1/SenderIdRegistrations", "/v1/SenderIdRegistrations/{x*}"),
    ...area("registrations", "/v2/RegulatoryCompliance/{x*}"),
    ...area("numbers", "/v1/Porting/{x*}"),
  ],
  pricing: [...reads("prices.read", "/v1/{x*}", "/v2/{x*}")],
  trusthub: [...area("registrations", "/v1/{x*}")],
};

interface CompiledLine {
  readonly segments: readonly string[];
  readonly takes: Takes;
}

const COMPILED = new Map(
  Object.entries(LINES).map(([product, lines]): [string, readonly CompiledLine[]] => {
    const compiled = lines.map(([path, takes]) => ({ segments: path.split("/"), takes }));
    return [product, compiled.toSorted((a, b) => compareForms(a.segments, b.segments))];
  }),
);

/** More than any path of the API has; what is longer is nothing. */
const MAX_PATH_CHARACTERS = 2_048;
const LEGACY = "/2010-04-01/";
/** Bare paths of content are the only ones that are asked for without it below {@link LEGACY}. */
const EXTENSION = ".json";

/**
 * The permission that a request of the API takes; `undefined` where no line decides, which is refused.
 * `pathname` is as sent, percent-encoding and extension included, because the API compares it so, too.
 */
export function permissionFor(method: string, pathname: string, product: string): Permission | undefined {
  if (pathname.length > MAX_PATH_CHARACTERS) return undefined;
  const isLegacy = pathname.startsWith(LEGACY);
  const path = isLegacy && pathname.endsWith(EXTENSION) ? pathname.slice(0, -EXTENSION.length) : pathname;
  const segments = path.split("/");
  const line = COMPILED.get(product)?.find((candidate) => isMatch(candidate.segments, segments));
  if (line === undefined) return undefined;
  const { takes } = line;
  if (typeof takes === "string") return takes;
  if (method === "GET" || method === "HEAD") return takes.read;
  return ["POST", "PUT", "PATCH", "DELETE"].includes(method) ? takes.write : undefined;
}

function isMatch(pattern: readonly string[], segments: readonly string[]): boolean {
  for (const [index, part] of pattern.entries()) {
    if (part.endsWith("*}")) return segments.length > index && segments[index] !== "";
    const segment = segments[index];
    const isFit = part.startsWith("{") ? segment !== undefined && segment !== "" : segment === part;
    if (!isFit) return false;
  }
  return pattern.length === segments.length;
}

/** The more a pattern says, the earlier: what is fixed before a segment, and that before a tail. */
function compareForms(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = weightOf(left[index]) - weightOf(right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function weightOf(part: string | undefined): number {
  if (part === undefined) return 1;
  if (part.endsWith("*}")) return 3;
  return part.startsWith("{") ? 2 : 0;
}

/** Topics of what is watched live, and what each takes. */
const TOPICS: Readonly<Record<string, Permission>> = {
  series: "insights.read",
  messages: "messages.read",
  requests: "debugger.read",
  webhooks: "debugger.read",
  alerts: "debugger.read",
  "alert-states": "insights.read",
  carriers: "carriers.read",
  fleet: "cells.read",
  phones: "phones",
};

/** The permission that watching a topic takes; `undefined` for one that nobody decided about, which is refused. */
export function permissionForTopic(topic: string): Permission | undefined {
  return Object.hasOwn(TOPICS, topic) ? TOPICS[topic] : undefined;
}

/** Paths whose answers hold auth tokens: they are taken out for those who may not see them. */
const WITH_TOKENS = /^\/2010-04-01\/Accounts(?:\/[^/]+)?\.json$/;
const MAYBE_WITH_TOKENS = /^\/2010-04-01\/Accounts(?:\/[^/]+)?$/;

/** What is to be done with an answer for somebody without the permission `tokens`. */
export function tokensIn(pathname: string, product: string): "none" | "some" | "unreadable" {
  if (product !== "api") return "none";
  if (WITH_TOKENS.test(pathname)) return "some";
  return MAYBE_WITH_TOKENS.test(pathname.replace(/\.[a-z]+$/, "")) ? "unreadable" : "none";
}
