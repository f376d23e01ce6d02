import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
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

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TOO_BAD: ReadonlySet<string | null> = new Set(["serious", "critical"]);
const WIDE = { width: 1_280, height: 800 };
const PHONE = { width: 375, height: 720 };
/** The parts of addresses that are filled in, by page. */
type Fillings = Readonly<Record<string, string>>;

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

  for (const path of pathsOfPages()) {
    it(`${path} has nothing serious for axe, in light, in dark and on a phone, and nothing to scroll sideways there`, async () => {
      const filled = path.includes("$") ? fillings[path] : path;
      assert.ok(filled !== undefined, `say in this test what ${path} is filled with`);
      const name = filled.slice(1).replace(/[^a-z]+.*$/, "") + (path.includes("$") ? "-one" : "");
      await goWithin(page, filled);
      await settled(page);
      const faults = [...(await axe(page, "light"))];
      await picture(visit, `${name}-light`);
      await page.emulateMedia({ colorScheme: "dark" });
      faults.push(...(await axe(page, "dark")));
      await picture(visit, `${name}-dark`);
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize(PHONE);
      await settled(page);
      faults.push(...(await axe(page, "phone")), ...(await sideways(page)));
      await picture(visit, `${name}-phone`);
      await page.setViewportSize(WIDE);
      assert.deepEqual(faults, []);
      assert.deepEqual(visit.errors.splice(0), [], "what the browser calls an error");
    });
  }

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
  let root = dirname(fileURLToPath(import.meta.url));
  while (!readdirSync(root).includes("console")) root = dirname(root);
  const folder = join(root, "console/src/pages");
  const registered = readFileSync(join(folder, "index.ts"), "utf8");
  return [...registered.matchAll(/from "\.\/(.+)\/page\.ts"/g)].flatMap(([, name = ""]) => {
    const text = readFileSync(join(folder, name, "page.ts"), "utf8");
    return [...text.matchAll(/path: "([^"]+)"/g)].map(([, path = ""]) => path);
  });
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

/** What axe finds that is serious, in words. */
async function axe(page: Page, mode: string): Promise<readonly string[]> {
  await still(page);
  const { violations } = await page.evaluate<AxeResult>('axe.run({ resultTypes: ["violations"] })');
  return violations
    .filter(({ impact }) => TOO_BAD.has(impact))
    .map(
      ({ id, help, nodes }) => `${mode}: ${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
    );
}

/** Whether one has to scroll sideways. */
async function sideways(page: Page): Promise<readonly string[]> {
  const root = "document.documentElement";
  const pixels = await page.evaluate<number>(`${root}.scrollWidth - ${root}.clientWidth`);
  return pixels > 0 ? [`phone: ${pixels} pixels wider than the screen`] : [];
}
