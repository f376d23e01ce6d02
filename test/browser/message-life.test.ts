import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { ask, enter, goWithin, picture, startLink } from "./console-visitor.ts";
import { startApp, type CustomerApp } from "./customer-app.ts";

/** What the simulated carrier says of texts to these: UNDELIV, and that there is no such number. */
const UNREACHABLE = "+15559990001";
const REFUSED = "+15559990011";

describe("the whole life of a message, in the console", { skip: missingBrowser() ?? false }, () => {
  let system: SystemProcess;
  let app: CustomerApp;
  let browser: TestBrowser;
  let visit: Visit;
  let page: Page;
  let isAppDown = false;

  before(async () => {
    app = await startApp(() => (isAppDown ? { status: 500, body: "the app is down" } : "<Response/>"));
    [system, browser] = await Promise.all([startSystemProcess(), TestBrowser.start()]);
    visit = await enter(browser, startLink(system.stdout()));
    ({ page } = visit);
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
    await app?.close();
  });

  async function send(to: string, body: string): Promise<string> {
    const path = `/2010-04-01/Accounts/${system.accountSid}/Messages.json`;
    const form = { To: to, From: system.from, Body: body, StatusCallback: `${app.url}/status` };
    return (await ask<{ sid: string }>(system, path, form)).sid;
  }
  const told = (sid: string, status: string) =>
    waitFor(`the app is told of ${status}`, () =>
      app.received.some(({ form }) => form["MessageSid"] === sid && form["MessageStatus"] === status),
    );
  /** Unfolds the first webhook of the timeline. */
  async function unfoldWebhook(): Promise<Locator> {
    const webhook = page.locator("#main details").filter({ hasText: "Request and answer" }).first();
    await webhook.locator("summary").first().click();
    await webhook.getByRole("button", { name: "Replay" }).waitFor();
    return webhook;
  }
  async function replay(webhook: Locator): Promise<void> {
    const before = app.received.length;
    await webhook.getByRole("button", { name: "Replay" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Send it again" }).click();
    await waitFor("the app got it again", () => app.received.length > before);
  }
  const entry = (text: string | RegExp): Locator => page.locator("#main li").filter({ hasText: text }).first();

  it("a delivered one shows everything from its acceptance to its receipt, with the PDUs", async () => {
    const sid = await send("+15551234567", "A life in stations");
    await goWithin(page, `/messages/${sid}`);
    await page.getByRole("heading", { name: "Message to +15551234567" }).waitFor();
    const way = page.getByLabel("The way of the message");
    for (const station of ["Accepted", "With a carrier", "Carrier took it", "Delivered"]) {
      await way.getByText(station, { exact: true }).waitFor();
    }
    await way.locator("li").last().getByLabel("done").waitFor();
    for (const title of [
      /^Accepted by the API/,
      /^Passed the rules/,
      /^Priced at/,
      /^Queued/,
      /^Routed to simulator/,
      /^Attempt 1/,
    ]) {
      await entry(title).waitFor();
    }
    await entry(/^Routed to/)
      .getByText("Why simulator")
      .click();
    await page.locator("summary", { hasText: "submit_sm_resp" }).waitFor();
    await page.locator("summary", { hasText: /submit_sm(?!_resp)/ }).click();
    await page.getByRole("img", { name: /octets of submit_sm in hexadecimal/ }).waitFor();
    await page.getByRole("rowheader", { name: "destination_addr", exact: true }).waitFor();
    await page.locator("summary", { hasText: "deliver_sm" }).first().waitFor();
    await picture(visit, "timeline");
  });

  it("its webhooks are there with request and response, and what it cost, and each can be sent again", async () => {
    await entry(/^The account pays/).waitFor();
    await entry(/“delivered”: 200/).waitFor();
    const webhook = await unfoldWebhook();
    await webhook.getByText("MessageStatus", { exact: true }).first().waitFor();
    await webhook.getByText("<Response/>").first().waitFor();
    const sid = new URL(page.url()).pathname.split("/").at(-1);
    await replay(webhook);
    assert.equal(app.received.at(-1)?.form["MessageSid"], sid);
    await entry(/^Replayed webhook/).waitFor();
    await picture(visit, "webhook");
  });

  it("an undelivered one says why", async () => {
    const sid = await send(UNREACHABLE, "Nobody is there");
    await goWithin(page, `/messages/${sid}`);
    await page.getByLabel("The way of the message").getByText("Undelivered").waitFor();
    await page.getByRole("link", { name: /^30\d{3} \w+/ }).waitFor();
    await page.locator("summary", { hasText: "deliver_sm" }).first().waitFor();
    await picture(visit, "undelivered-why");
  });

  it("one that failed leads to the explanation of its error, and back", async () => {
    const sid = await send(REFUSED, "No such number");
    await goWithin(page, `/messages/${sid}`);
    await page.getByLabel("The way of the message").getByText("Failed").waitFor();
    const link = page.getByRole("link", { name: /^\d{5} \w+/ });
    const [code = ""] = /\d{5}/.exec((await link.textContent()) ?? "") ?? [];
    await link.click();
    await page.getByRole("heading", { name: "Debugger" }).waitFor();
    await page.locator("#main").getByText(code).first().waitFor();
    await page.locator("#main").getByText(sid).first().waitFor();
    await picture(visit, "debugger-code");
  });

  it("a webhook that the app refused is shown with the app's answer, and arrives when it is sent again", async () => {
    isAppDown = true;
    const sid = await send("+15551234568", "Told to nobody");
    await told(sid, "delivered");
    isAppDown = false;
    await goWithin(page, `/messages/${sid}`);
    await entry(/: 500/).waitFor();
    const webhook = await unfoldWebhook();
    await webhook.getByText("the app is down").first().waitFor();
    await replay(webhook);
  });

  it("nothing of it was an error to the browser", () => {
    assert.deepEqual(visit.errors, []);
  });
});
