import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
import { runProgram } from "../kit/command-line.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { ask, callFrom, enter, goWithin, makeLink, picture, settled, still, type PageCall } from "./console-visitor.ts";

/** What axe says of a page, as far as it is needed here. */
interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly help: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

const ROOT = rootOf(dirname(fileURLToPath(import.meta.url)));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TOO_BAD: ReadonlySet<string | null> = new Set(["serious", "critical"]);
const WIDE = { width: 1_280, height: 800 };
const PHONE = { width: 375, height: 720 };
/** The parts of addresses that are filled in, by page. */
type Fillings = Readonly<Record<string, string>>;

/** Everything that Tab should come to gets a mark, which goes when it has the focus. Of radios only one takes part. */
const MARK_WHAT_CAN_BE_USED = `(() => {
  const all = "a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), select, [tabindex='0']";
  const marked = [...document.querySelectorAll(all)].filter((one) => {
    if (one.tabIndex < 0 || one.closest("[aria-hidden=true], [inert]") !== null) return false;
    if (one.type === "radio" || one.getAttribute("role") === "radio") return false;
    return one.checkVisibility({ visibilityProperty: true });
  });
  for (const one of marked) one.dataset.unreached = "";
  document.addEventListener("focusin", ({ target }) => delete target.dataset.unreached);
  delete document.activeElement.dataset.unreached;
  return marked.length;
})()`;
const UNREACHED = `[...document.querySelectorAll("[data-unreached]")].map((one) => one.outerHTML.slice(0, 200))`;

describe("every page of the console", { skip: missingBrowser() ?? false }, () => {
  let system: SystemProcess;
  let browser: TestBrowser;
  let visit: Visit;
  let page: Page;
  let fillings: Fillings;

  before(async () => {
    [system, browser] = await Promise.all([startSystemProcess(), TestBrowser.start()]);
    visit = await browser.visit(WIDE);
    ({ page } = visit);
    // Axe comes as a debugger would bring it: the policy of the page lets no foreign script in.
    await page.addInitScript({ content: AXE });
    await page.goto(await makeLink(system));
    await settled(page);
    fillings = await fill(system, page);
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
  });

  const paths = pathsOfPages();
  for (const path of paths) {
    it(`${path} has nothing serious for axe, in light, in dark and on a phone, and nothing to scroll sideways there`, async () => {
      const filled = path.includes("$") ? fillings[path] : path;
      assert.ok(filled !== undefined, `say in this test what ${path} is filled with`);
      const name = filled.slice(1).replace(/[^a-z]+.*$/, "") + (path.includes("$") ? "-one" : "");
      const isFirst = path === paths[0];
      await goWithin(page, filled);
      await settled(page);
      const faults = [...(await axe(page, "light", isFirst ? "everything" : "page"))];
      await picture(visit, `${name}-light`);
      faults.push(...(await tabs(page, visit, name)));
      await page.emulateMedia({ colorScheme: "dark" });
      faults.push(...(await axe(page, "dark", "colours")));
      await picture(visit, `${name}-dark`);
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize(PHONE);
      await settled(page);
      faults.push(...(await axe(page, "phone", isFirst ? "everything" : "page")), ...(await sideways(page)));
      await picture(visit, `${name}-phone`);
      await page.setViewportSize(WIDE);
      assert.deepEqual(faults, []);
      assert.deepEqual(visit.errors.splice(0), [], "what the browser calls an error");
    });
  }

  it("the keyboard leads everywhere: help, pages by two letters, the palette", async () => {
    await goWithin(page, "/phones");
    await settled(page);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: /shortcuts/i }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await page.getByRole("heading", { name: "Messages", level: 1 }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Command palette" }).waitFor();
    await page.keyboard.type("balance");
    await page.getByRole("dialog").getByText("Money").waitFor();
    await picture(visit, "palette");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Money", level: 1 }).waitFor();
  });

  it("Tab comes to everything on the page of the phones that can be used", async () => {
    await goWithin(page, "/phones?phone=%2B15551234567");
    await page.getByRole("textbox", { name: "Type on the phone" }).waitFor();
    await settled(page);
    const wanted = await page.evaluate<number>(MARK_WHAT_CAN_BE_USED);
    const missed = (): Promise<string[]> => page.evaluate<string[]>(UNREACHED);
    for (let presses = 0; presses < wanted * 3 && (await missed()).length > 0; presses += 1) {
      await page.keyboard.press("Tab");
    }
    assert.deepEqual(await missed(), []);
  });

  it("what is loaded first stays within its budget", async (t) => {
    const { code, stdout } = await runProgram(process.execPath, [join(ROOT, "console/budget.js")]);
    t.diagnostic(stdout.trim().split("\n").at(-1)?.trim() ?? "");
    assert.equal(code, 0, stdout);
  });

  it("a first visit is there soon", async (t) => {
    const other = await enter(browser, await makeLink(system));
    for (const path of ["/phones", "/overview", "/messages"]) {
      const started = performance.now();
      await other.page.goto(`${system.baseUrl}/console${path}`);
      await settled(other.page);
      t.diagnostic(`${path}: ${Math.round(performance.now() - started)} ms until it can be used`);
    }
    await other.close();
  });
});

/** Everything that is a page, as the console itself says it. */
function pathsOfPages(): readonly string[] {
  const folder = join(ROOT, "console/src/pages");
  const registered = readFileSync(join(folder, "index.ts"), "utf8");
  return [...registered.matchAll(/from "\.\/(.+)\/page\.ts"/g)].flatMap(([, name = ""]) => {
    const text = readFileSync(join(folder, name, "page.ts"), "utf8");
    return [...text.matchAll(/path: "([^"]+)"/g)].map(([, path = ""]) => path);
  });
}

/** The folder of the repository, which compiled tests are somewhere below. */
function rootOf(folder: string): string {
  return existsSync(join(folder, "console/src/pages")) ? folder : rootOf(dirname(folder));
}

/** Makes something of everything that has a page of its own. */
async function fill(system: SystemProcess, page: Page): Promise<Fillings> {
  const path = `/2010-04-01/Accounts/${system.accountSid}/Messages`;
  const text = { To: "+15551234567", From: system.from, Body: "Every page has something to show" };
  const sent = await ask<{ sid: string }>(system, `${path}.json`, text);
  await waitFor("the text is delivered", async () => {
    const { status } = await ask<{ status: string }>(system, `${path}/${sent.sid}.json`);
    return status === "delivered";
  });
  const made = async (call: PageCall): Promise<string> => {
    const { status, json } = await callFrom(page, { ...call, method: "POST" });
    assert.equal(status, 201, JSON.stringify(json));
    return (json as { sid: string }).sid;
  };
  const service = await made({ path: "/v1/Services", product: "messaging", form: { FriendlyName: "Reminders" } });
  const rule = { FriendlyName: "Nothing is delivered", Metric: "messages", Kind: "absence" };
  return {
    "/messages/$sid": `/messages/${sent.sid}`,
    "/services/$sid": `/services/${service}`,
    "/alerts/$sid": `/alerts/${await made({ path: "/trunkline/v1/Insights/AlertRules", form: rule })}`,
    "/carriers/$name": "/carriers/simulator",
    "/carriers/$name/edit": "/carriers/simulator/edit",
  };
}

/**
 * What axe finds that is serious, in words. What is around the pages is the same everywhere and is looked at with
 * the first of them; in the dark only colours are others.
 */
async function axe(
  page: Page,
  mode: string,
  what: "everything" | "page" | "colours" = "page",
): Promise<readonly string[]> {
  await still(page);
  const rules = what === "colours" ? ', runOnly: ["color-contrast"]' : "";
  const part = what === "page" ? '"#main"' : "document";
  const run = `axe.run(${part}, { resultTypes: ["violations"]${rules} })`;
  const { violations } = await page.evaluate<AxeResult>(run);
  return violations
    .filter(({ impact }) => TOO_BAD.has(impact))
    .map(
      ({ id, help, nodes }) => `${mode}: ${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
    );
}

/** The same for what is behind each tab of a page; ends at the first tab. */
async function tabs(page: Page, visit: Visit, name: string): Promise<readonly string[]> {
  const all = page.locator("#main [role=tablist]").first().getByRole("tab");
  const faults: string[] = [];
  for (let at = (await all.count()) - 1; at >= 0; at -= 1) {
    await all.nth(at).click();
    await settled(page);
    if (at === 0) break;
    const label = (await all.nth(at).textContent()) ?? "";
    faults.push(...(await axe(page, `the tab ${label}`)));
    await picture(visit, `${name}-tab-${label.toLowerCase().replace(/[^a-z]+/g, "-")}`);
  }
  return faults;
}

/** Whether one has to scroll sideways. */
async function sideways(page: Page): Promise<readonly string[]> {
  const root = "document.documentElement";
  const pixels = await page.evaluate<number>(`${root}.scrollWidth - ${root}.clientWidth`);
  return pixels > 0 ? [`phone: ${pixels} pixels wider than the screen`] : [];
}
