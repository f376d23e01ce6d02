import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { basic, enter, goWithin, picture, settled, startLink } from "./console-visitor.ts";

/** Each message changes four times on its way, so this is a little over 1,000 changes a second. */
const BATCH = 140;
const BATCH_EVERY_MS = 500;
const BATCHES = 12;
const ALL = 10_000;
const FROM = "+15005550100";
const MAX_ROWS_IN_DOCUMENT = 100;

describe("many messages in the console", { skip: missingBrowser() ?? false }, () => {
  let system: SystemProcess;
  let browser: TestBrowser;
  let visit: Visit;
  let page: Page;
  let sent = 0;

  before(async () => {
    const carriers = [{ name: "nowhere", type: "null", messagesPerSecond: 2_000 }];
    const config = { carriers, numbers: [{ number: FROM }], console: { startLink: true } };
    [system, browser] = await Promise.all([startSystemProcess({ config }), TestBrowser.start()]);
    visit = await enter(browser, startLink(system.stdout()));
    ({ page } = visit);
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
  });

  async function send(count: number): Promise<void> {
    const { baseUrl, accountSid, authToken } = system;
    const messages = Array.from({ length: count }, (_, i) => ({ To: `+1555${String(1_000_000 + sent + i)}` }));
    const response = await fetch(`${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages/Bulk.json`, {
      method: "POST",
      headers: { Authorization: basic(accountSid, authToken), "Content-Type": "application/json" },
      body: JSON.stringify({ defaults: { From: FROM, Body: "One of many" }, messages }),
    });
    const { accepted } = (await response.json()) as { accepted: number };
    assert.equal(accepted, count);
    sent += count;
  }

  it("the live list keeps up with more than 1,000 changes a second, and stands still when it is told to", async (t) => {
    await goWithin(page, "/messages");
    await page.getByText("live", { exact: true }).waitFor();
    await page.evaluate(`
      globalThis.longTasks = [];
      new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((one) => one.duration)))
        .observe({ type: "longtask" });
    `);
    const grid = page.getByRole("grid", { name: "Live messages" });
    const firstSid = () => grid.locator("[data-index='0']").textContent();
    const started = performance.now();
    const load = (async () => {
      for (let at = 0; at < BATCHES; at += 1) {
        await send(BATCH);
        await sleep(Math.max(0, started + (at + 1) * BATCH_EVERY_MS - performance.now()));
      }
    })();
    const seen = new Set<string | null>();
    await waitFor("the list has moved five times", async () => {
      seen.add(await firstSid());
      return seen.size > 5;
    });
    await picture(visit, "live-list");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("paused", { exact: true }).waitFor();
    const [first, rows] = [await firstSid(), await grid.getAttribute("aria-rowcount")];
    await page.getByText(/came meanwhile/).waitFor();
    assert.deepEqual([await firstSid(), await grid.getAttribute("aria-rowcount")], [first, rows], "paused is paused");
    await page.getByRole("button", { name: "Go on" }).click();
    await waitFor("it goes on", async () => (await firstSid()) !== first);
    let isOver = false;
    void load.finally(() => (isOver = true));
    let most = 0;
    while (!isOver) {
      const [text] = /[\d,.]+(?= changes\/s)/.exec((await page.locator("#main").textContent()) ?? "") ?? [];
      most = Math.max(most, Number(text?.replaceAll(",", "") ?? 0));
      await sleep(100);
    }
    await load;
    const long = await page.evaluate<number[]>("longTasks");
    const seconds = (performance.now() - started) / 1_000;
    t.diagnostic(
      `${sent} messages in ${seconds.toFixed(1)} s, ${most} changes/s at most; ${long.length} long tasks, ` +
        `${Math.round(long.reduce((sum, ms) => sum + ms, 0))} ms together, the longest ${Math.round(Math.max(0, ...long))} ms`,
    );
  });

  it("ten thousand are all in the history, of which the document has only those in sight", async (t) => {
    await send(ALL - sent);
    await goWithin(page, "/messages?view=history");
    await settled(page);
    const grid = page.getByRole("grid", { name: "Messages", exact: true });
    await grid.waitFor();
    const started = performance.now();
    let most = 0;
    await waitFor(
      "the end of the list",
      async () => {
        await page.evaluate(`{
          const grid = document.querySelector('[role=grid][aria-label="Messages"]');
          grid.scrollTop = grid.scrollHeight;
        }`);
        most = Math.max(most, await grid.getByRole("row").count());
        return (await grid.getAttribute("aria-rowcount")) === String(ALL + 1);
      },
      60_000,
    );
    t.diagnostic(
      `${ALL} rows, scrolled to the end in ${Math.round(performance.now() - started)} ms, ${most} in the document`,
    );
    assert.ok(most <= MAX_ROWS_IN_DOCUMENT, `${most} rows are in the document`);
    await page.evaluate(`document.querySelector('[role=grid][aria-label="Messages"]').scrollTop = 0`);
    await grid.locator("[data-index='0']").waitFor();
    await grid.locator("[data-index='0']").click();
    await page.getByRole("heading", { name: /Message to/ }).waitFor();
  });
});
