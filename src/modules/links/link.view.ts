import { iso8601 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import type { Link } from "./link.ts";

export const LINKS_PATH = "/trunkline/v1/Links";

/** The address of a link for people, whatever stands in texts. */
export function fullUrl({ domain, code }: Pick<Link, "domain" | "code">): string {
  return `https://${domain}/${encodeURIComponent(code)}`;
}

/** The public shape of a link. */
export function viewLink(link: Readonly<Link>, baseUrl: string): JsonObject {
  return {
    sid: link.sid,
    account_sid: link.accountSid,
    domain_name: link.domain,
    code: link.code,
    short_url: fullUrl(link),
    target_url: link.url,
    status: link.status,
    redirect: link.isPermanent === true ? "permanent" : "temporary",
    title: link.title ?? null,
    tags: [...(link.tags ?? [])],
    has_password: link.password !== undefined,
    message_sid: link.messageSid ?? null,
    messaging_service_sid: link.serviceSid ?? null,
    date_expires: link.expiresAtMs === 0 ? null : iso8601(link.expiresAtMs),
    date_created: iso8601(link.createdMs),
    url: `${baseUrl}${LINKS_PATH}/${link.sid}`,
    links: {
      qr_code: `${baseUrl}${LINKS_PATH}/${link.sid}/QrCode`,
      analytics: `${baseUrl}${LINKS_PATH}/${link.sid}/Analytics`,
    },
  };
}
