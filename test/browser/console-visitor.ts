import { join } from "node:path";
import type { Page } from "playwright-core";
import type { TestBrowser, Visit, VisitOptions } from "../kit/browser.ts";

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
export async function makeLink({ baseUrl, accountSid, authToken }: LinkOwner): Promise<string> {
  const response = await fetch(`${baseUrl}/trunkline/v1/Console/SignInLinks`, {
    method: "POST",
    headers: { Authorization: basic(accountSid, authToken) },
    body: new URLSearchParams(),
  });
  const { secret_url: url } = (await response.json()) as { secret_url?: string };
  if (url === undefined) throw new Error(`no link: ${response.status}`);
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

/** Keeps what is seen under a name, where pictures are wanted. */
export async function picture(visit: Visit, name: string): Promise<void> {
  if (PICTURES !== undefined) await visit.picture(join(PICTURES, `${name}.png`));
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
  await page.evaluate((to) => {
    history.pushState(null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `/console${path}`);
}

/** Waits until a page has its heading and nothing on it is still on its way. */
export async function settled(page: Page): Promise<void> {
  await page.locator("#main h1").first().waitFor();
  await page.waitForFunction(() => document.querySelector("#main [aria-busy=true], #main [role=status][aria-label=Loading]") === null);
}

/** A request of the API with the credentials of an account. Throws with the answer unless it succeeds. */
export async function ask<T>(
  { baseUrl, accountSid, authToken }: LinkOwner,
  path: string,
  options: { readonly product?: string; readonly form?: Readonly<Record<string, string>> } = {},
): Promise<T> {
  const { product, form } = options;
  const { port } = new URL(baseUrl);
  const origin = product === undefined ? baseUrl : `http://${product}.localhost:${port}`;
  const response = await fetch(`${origin}${path}`, {
    method: form === undefined ? "GET" : "POST",
    headers: { Authorization: basic(accountSid, authToken) },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
