import { iso8601, rfc2822 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import { shownStatus, type AccountWithToken } from "./account.ts";
import type { ApiKey, NewApiKey } from "./key.ts";
import type { ShownToken } from "./rotate-token.ts";

const VERSION = "2010-04-01";

/** The collections below an account that the API names, served here yet or not. */
const SUBRESOURCES: readonly (readonly [name: string, path: string])[] = [
  ["addresses", "Addresses"],
  ["applications", "Applications"],
  ["authorized_connect_apps", "AuthorizedConnectApps"],
  ["available_phone_numbers", "AvailablePhoneNumbers"],
  ["balance", "Balance"],
  ["calls", "Calls"],
  ["conferences", "Conferences"],
  ["connect_apps", "ConnectApps"],
  ["incoming_phone_numbers", "IncomingPhoneNumbers"],
  ["keys", "Keys"],
  ["messages", "Messages"],
  ["notifications", "Notifications"],
  ["outgoing_caller_ids", "OutgoingCallerIds"],
  ["queues", "Queues"],
  ["recordings", "Recordings"],
  ["short_codes", "SMS/ShortCodes"],
  ["signing_keys", "SigningKeys"],
  ["sip", "SIP"],
  ["transcriptions", "Transcriptions"],
  ["usage", "Usage"],
];

/** An account as the API shows it, auth token included. */
export function viewAccount(account: AccountWithToken): JsonObject {
  const path = `/${VERSION}/Accounts/${account.sid}`;
  return {
    auth_token: account.authToken,
    date_created: rfc2822(account.createdMs),
    date_updated: rfc2822(account.updatedMs),
    friendly_name: account.friendlyName,
    owner_account_sid: account.parentSid ?? account.sid,
    sid: account.sid,
    status: shownStatus(account),
    subresource_uris: Object.fromEntries(SUBRESOURCES.map(([name, below]) => [name, `${path}/${below}.json`])),
    type: "Full",
    uri: `${path}.json`,
  };
}

/** A key as the API shows it; its dates are RFC 2822 on every product. */
export function viewKey(key: ApiKey): JsonObject {
  return {
    date_created: rfc2822(key.createdMs),
    date_updated: rfc2822(key.updatedMs),
    friendly_name: key.friendlyName,
    sid: key.sid,
  };
}

/** A key just made, with its secret. */
export function viewNewKey(key: NewApiKey): JsonObject {
  return { ...viewKey(key), secret: key.secret };
}

/** An auth token as the accounts product shows it, under the name that the resource gives it. */
export function viewToken(shown: ShownToken, name: "auth_token" | "secondary_auth_token", url: string): JsonObject {
  return {
    account_sid: shown.accountSid,
    [name]: shown.token,
    date_created: iso8601(shown.createdMs),
    date_updated: iso8601(shown.updatedMs),
    url,
  };
}
