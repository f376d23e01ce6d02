import type { HttpResponse } from "../../../platform/http/index.ts";

/** What goes with every answer of a link domain. */
const COMMON: readonly string[] = [
  "Cache-Control",
  "no-store",
  "X-Content-Type-Options",
  "nosniff",
  "Referrer-Policy",
  "strict-origin-when-cross-origin",
  "X-Robots-Tag",
  "noindex, nofollow",
];

const PAGE: readonly string[] = [
  ...COMMON,
  "Content-Type",
  "text/html; charset=utf-8",
  // The form goes on to another site by a redirect, which `form-action` would forbid.
  "Content-Security-Policy",
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
];

const TEXT: readonly string[] = [...COMMON, "Content-Type", "text/plain; charset=utf-8"];

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>
body{font:1.1rem/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-content:center;padding:1rem}
main{max-width:26rem}h1{font-size:1.4rem}input,button{font:inherit;padding:.5rem .7rem;width:100%;box-sizing:border-box;margin:.3rem 0}
:root{color-scheme:light dark}</style></head><body><main>${content}</main></body></html>
`;
}

const made = (status: number, title: string, text: string): HttpResponse => ({
  status,
  headers: PAGE,
  body: page(title, `<h1>${title}</h1><p>${text}</p>`),
});

/** Nothing is here, and nothing says whether there ever was. */
export const NOT_FOUND_PAGE = made(404, "This link does not exist", "Check that the address is complete.");
/** It worked once. */
export const GONE_PAGE = made(410, "This link has ended", "Whoever sent it can tell you where to go now.");
/** The operator has blocked where it leads. */
export const BLOCKED_PAGE = made(410, "This link is blocked", "It led to a place that was reported as harmful.");
/** The password was wrong too often. */
export const TRIES_PAGE: HttpResponse = {
  ...made(429, "Too many wrong passwords", "Try again in a quarter of an hour."),
  headers: [...PAGE, "Retry-After", "900"],
};
/** Nobody can be answered now. */
export const LATER_PAGE: HttpResponse = {
  ...made(503, "Try again in a moment", "This link cannot be opened just now."),
  headers: [...PAGE, "Retry-After", "1"],
};
export const METHOD_PAGE: HttpResponse = {
  ...made(405, "Links are opened, not written to", ""),
  headers: [...PAGE, "Allow", "GET, HEAD"],
};

const FORM = (note: string): string =>
  page(
    "This link has a password",
    `<h1>This link has a password</h1>${note}<form method="post"><input type="password" name="password" aria-label="Password" autocomplete="off" required autofocus maxlength="128"><button>Open</button></form>`,
  );
const ASK: HttpResponse = { status: 200, headers: PAGE, body: FORM("") };
const ASK_AGAIN: HttpResponse = { status: 403, headers: PAGE, body: FORM("<p>That was not it.</p>") };

/** Asks for a link's password, for the first time or once more. */
export function passwordPage(wasWrong: boolean): HttpResponse {
  return wasWrong ? ASK_AGAIN : ASK;
}

/** Search engines have no business on link domains. */
export const ROBOTS: HttpResponse = { status: 200, headers: TEXT, body: "User-agent: *\nDisallow: /\n" };

/** Plain text, for challenges. */
export function plainText(body: string): HttpResponse {
  return { status: 200, headers: [...COMMON, "Content-Type", "application/octet-stream"], body };
}

/** Seconds for which a browser may remember where a permanent link leads: later clicks are to be counted too. */
const PERMANENT_SECONDS = 90;
const PERMANENT: readonly string[] = COMMON.map((value) =>
  value === "no-store" ? `private, max-age=${PERMANENT_SECONDS}` : value,
);

/** Leads on. `location` is what {@link locationOf} made. */
export function redirect(status: 301 | 302 | 303, location: string): HttpResponse {
  const common = status === 301 ? PERMANENT : COMMON;
  return { status, headers: ["Location", location, ...common], body: "" };
}
