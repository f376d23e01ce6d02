import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { ask, enter, goWithin, picture, startLink } from "./console-visitor.ts";
import { startApp, type CustomerApp } from "./customer-app.ts";

/** The simulated carrier says UNDELIV of a text to it. */
const UNREACHABLE = "+15559990001";

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
  const show = (label: string): Promise<void> =>
    page.getByRole("radio", { name: label, exact: true }).click({ force: true });
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
    await page.getByText("destination_addr", { exact: true }).waitFor();
    await page.locator("summary", { hasText: "deliver_sm" }).first().waitFor();
    await picture(visit, "timeline");
  });

  it("its webhooks are there with request and response, and what it cost", async () => {
    await page.getByText("/status").first().waitFor();
    await page.getByText("Request and answer").last().waitFor();
    await page.getByText("MessageStatus").first().waitFor();
    await page
      .getByText(/^The account pays/)
      .first()
      .waitFor();
    await page
      .getByText(/^The carrier asks/)
      .first()
      .waitFor()
      .catch(() => undefined);
  });

  it("a webhook is sent again by a button, and arrives", async () => {
    const before = app.received.length;
    await page.getByRole("button", { name: "Replay" }).last().click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /again|Replay|Send/ })
      .last()
      .click();
    await waitFor("the app got it again", () => app.received.length > before);
    assert.deepEqual(app.received.at(-1)?.form["MessageSid"], app.received[0]?.form["MessageSid"]);
  });

  it("an undelivered one says why, and leads to the explanation", async () => {
    const sid = await send(UNREACHABLE, "Nobody is there");
    await goWithin(page, `/messages/${sid}`);
    await page.getByLabel("The way of the message").getByText("Undelivered").waitFor();
    const link = page.getByRole("link", { name: /^30\d{3}/ });
    await link.waitFor();
    await picture(visit, "undelivered-why");
    await link.click();
    await page.getByRole("heading", { name: "Debugger" }).waitFor();
    await page
      .locator("#main")
      .getByText(/30\d{3}/)
      .first()
      .waitFor();
    await picture(visit, "debugger-code");
  });

  it("a webhook that the app refused is shown with the app's answer, and arrives when it is sent again", async () => {
    isAppDown = true;
    const sid = await send("+15551234568", "Told to nobody");
    await told(sid, "delivered");
    await goWithin(page, `/messages/${sid}`);
    await page.getByText("the app is down").first().waitFor();
    isAppDown = false;
    const before = app.received.length;
    await page.getByRole("button", { name: "Replay" }).last().click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /again|Replay|Send/ })
      .last()
      .click();
    await waitFor("the app got it", () => app.received.length > before);
  });

  it("nothing of it was an error to the browser", () => {
    assert.deepEqual(visit.errors, []);
  });
});
