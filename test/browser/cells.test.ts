import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
import { startFleetProcess, type FleetAccount, type FleetProcess } from "../kit/running-fleet.ts";
import { ask, choose, enter, goWithin, open, picture, settled, startLink } from "./console-visitor.ts";

const VICTIM = "messaging-2";
const OTHER = "messaging-1";
/** New accounts go where there is most room, so one of the first few comes to each cell. */
const MAX_ACCOUNTS = 6;

describe("cells of a running fleet, in the console", { skip: missingBrowser() ?? false }, () => {
  let fleet: FleetProcess;
  let browser: TestBrowser;
  let visit: Visit;
  let page: Page;

  before(async () => {
    [fleet, browser] = await Promise.all([startFleetProcess({ cells: "messaging=2" }), TestBrowser.start()]);
    visit = await enter(browser, startLink(fleet.stdout()), { colorScheme: "dark" });
    ({ page } = visit);
  });
  after(async () => {
    await browser?.close();
    await fleet?.stop();
  });

  async function accountIn(cell: string): Promise<FleetAccount> {
    for (let made = 0; made < MAX_ACCOUNTS; made += 1) {
      const account = await fleet.createAccount("us1");
      if (account.cell === cell) return account;
    }
    throw new Error(`no account came to ${cell}`);
  }

  it("a cell is killed by a button, and the map shows it go and come back while accounts of the other one send", async () => {
    const { accountSid } = fleet.operator;
    await goWithin(page, "/cells");
    await page.getByText("2 of 2 cells up").waitFor();
    await page.getByRole("article", { name: `${VICTIM}: up` }).waitFor();
    await page.getByRole("button", { name: `Actions for ${VICTIM}` }).click();
    await page.getByRole("menuitem", { name: /^Kill/ }).click();
    let isBack = false;
    const texts = (async () => {
      const statuses = new Map<number, number>();
      for (let sent = 0; !isBack; sent += 1) {
        const form = { To: "+15551234567", From: fleet.from, Body: `Text ${sent} meanwhile` };
        const { status } = await fleet.ask("POST", `/2010-04-01/Accounts/${accountSid}/Messages.json`, form);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      return statuses;
    })();
    try {
      await page.getByRole("button", { name: "Kill it" }).click();
      await page.locator(`article[aria-label^="${VICTIM}"]:not([aria-label$=": up"])`).waitFor();
      await picture(visit, "cell-down");
      await page.getByRole("article", { name: `${VICTIM}: up` }).waitFor();
      await page.getByText("2 of 2 cells up").waitFor();
    } finally {
      isBack = true;
    }
    const statuses = await texts;
    assert.deepEqual([...statuses.keys()], [201], "every text of an account in the other cell is taken");
    await page.getByText("What happened").waitFor();
    await picture(visit, "cell-back");
  });

  it("an account is found, moved to the other cell, and shown on its way", async () => {
    const account = await accountIn(VICTIM);
    const path = `/2010-04-01/Accounts/${account.accountSid}/Balance.json`;
    const owner = { baseUrl: fleet.baseUrl, accountSid: account.accountSid, authToken: account.authToken };
    await ask(owner, path);
    await page.getByLabel("Account SID").fill(account.accountSid);
    await page.getByRole("button", { name: "Find its home" }).click();
    await page.getByText(`is at home in ${VICTIM}`).waitFor();
    await choose(page, /Move it to/, new RegExp(OTHER));
    await page.getByRole("button", { name: "Move it", exact: true }).click();
    await page.getByText(`${VICTIM} → ${OTHER}`).waitFor();
    await page.getByText(`${OTHER} serves ${account.accountSid}.`).waitFor();
    await page.getByText(`is at home in ${OTHER}`).waitFor();
    await ask(owner, path);
    await picture(visit, "move");
  });

  it("what is seen of everybody is put together from all cells", async () => {
    await goWithin(page, "/overview");
    await settled(page);
    const { json } = await fleet.ask("GET", `/2010-04-01/Accounts/${fleet.operator.accountSid}/Messages.json`);
    assert.ok((json as { messages: unknown[] }).messages.length > 0);
    await page.getByRole("figure", { name: "Messages", exact: true }).waitFor();
  });

  it("every page of a fleet can be opened without an error", async () => {
    visit.errors.splice(0);
    for (const path of ["/phones", "/messages", "/money", "/carriers", "/cells"]) {
      await open(page, path);
      await settled(page);
    }
    assert.deepEqual(visit.errors, []);
  });
});
