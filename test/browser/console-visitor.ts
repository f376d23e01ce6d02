import { join } from "node:path";
import type { Page } from "playwright-core";
import type { TestBrowser, Visit, VisitOptions } from "../kit/browser.ts";
import { waitFor } from "../kit/wait-for.ts";

/** Where pictures of the pages are put; without it none are taken. */
const PICTURES = process.env["TRUNKLINE_PICTURES"];

/** The link that a start prints, which signs in the operator once. */
export function startLink(stdout: string): string {
  const [link] = /http:\S+\/console\/enter#\S+/.exec(stdout) ?? [];
  if (link === undefined) throw new Error(`no link to the console in:\n${stdout}`);
  return link;
}

/** Who asks for a link, and where. */
export interface LinkOwner {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
}

/** One more link, made with the credentials of an account. */
export async function makeLink(owner: LinkOwner): Promise<string> {
  const { secret_url: url } = await ask<{ secret_url: string }>(owner, "/trunkline/v1/Console/SignInLinks", {});
  return url;
}

/** The `Authorization` of an account. */
export function basic(accountSid: string, authToken: string): string {
  return `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
}

/** Somebody in front of the console, from the link on. */
export async function enter(browser: TestBrowser, link: string, options: VisitOptions = {}): Promise<Visit> {
  const visit = await browser.visit(options);
  await visit.page.goto(link);
  await visit.page.locator("#main h1").waitFor();
  return visit;
}

/** Goes to a page as its address says it, and waits until its heading is there. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(new URL(`/console${path}`, page.url()).href);
  await page.locator("#main h1").waitFor();
}

/** Keeps what is seen under a name, without messages that lie over it, where pictures are wanted. */
export async function picture(visit: Visit, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  const { page } = visit;
  await page.mouse.move(0, 0);
  for (const dismiss of await page.getByRole("button", { name: "Dismiss", exact: true }).all()) {
    await dismiss.click({ timeout: 500 }).catch(() => undefined);
  }
  await visit.picture(join(PICTURES, `${name}.png`));
}

/** Chooses an option of a list by its words. */
export async function choose(page: Page, label: string | RegExp, option: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: label }).click();
  await page.getByRole("option", { name: option }).click();
}

/** What a page asks the API for with the cookie that it has, as its own scripts do. */
export interface PageCall {
  readonly method?: string;
  readonly path: string;
  readonly product?: string;
  readonly form?: Readonly<Record<string, string>>;
}

/** Asks the API in the page's own name; gives the status and the JSON. */
export function callFrom(page: Page, call: PageCall): Promise<{ readonly status: number; readonly json: unknown }> {
  return page.evaluate(async ({ method = "GET", path, product, form }) => {
    const response = await fetch(`/console/api/call${path}`, {
      method,
      headers: { "X-Console": "1", ...(product === undefined ? {} : { "X-Product": product }) },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? null : (JSON.parse(text) as unknown) };
  }, call);
}

/** Goes to a page without loading everything anew, as a link does. */
export async function goWithin(page: Page, path: string): Promise<void> {
  const to = JSON.stringify(`/console${path}`);
  await page.evaluate(`history.pushState(null, "", ${to}); dispatchEvent(new PopStateEvent("popstate"))`);
}

/** What on a page says that something is still on its way. */
const UNDER_WAY = "#main [aria-busy=true], #main [role=status][aria-label=Loading]";

/** Waits until a page has its heading, nothing on it is still on its way, and no colour changes any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator("#main h1").first().waitFor();
  await holds(page, `document.querySelector("${UNDER_WAY}") === null`);
  await still(page);
}

/** Waits until no transition runs, or colours in the middle between two themes would be measured. */
export async function still(page: Page): Promise<void> {
  await holds(page, "document.getAnimations().every((one) => !(one instanceof CSSTransition))");
}

/** Waits until an expression is true in a page. The page's policy forbids the browser's own waiting for texts of code. */
export function holds(page: Page, expression: string): Promise<boolean> {
  return waitFor(expression, () => page.evaluate<boolean>(expression));
}

/** A request of the API with the credentials of an account. Throws with the answer unless it succeeds. */
export async function ask<T>(owner: LinkOwner, path: string, form?: Readonly<Record<string, string>>): Promise<T> {
  const { baseUrl, accountSid, authToken } = owner;
  const response = await fetch(`${baseUrl}${path}`, {
    method: form === undefined ? "GET" : "POST",
    headers: { Authorization: basic(accountSid, authToken) },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
