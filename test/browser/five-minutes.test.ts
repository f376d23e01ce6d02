import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { enter, open, picture, startLink } from "./console-visitor.ts";
import { startApp, type CustomerApp } from "./customer-app.ts";

describe("five minutes with the console, by somebody who has read nothing", { skip: missingBrowser() ?? false }, () => {
  let system: SystemProcess;
  let app: CustomerApp;
  let browser: TestBrowser;
  let visit: Visit;
  let page: Page;

  before(async () => {
    app = await startApp(({ form }) => `<Response><Message>You said: ${form["Body"]}</Message></Response>`);
    [system, browser] = await Promise.all([startSystemProcess(), TestBrowser.start()]);
    visit = await enter(browser, startLink(system.stdout()));
    ({ page } = visit);
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
    await app?.close();
  });

  it("the printed link leads to the phones, and leaves nothing of itself in the address", async () => {
    await page.getByRole("heading", { name: "Your first text, in a minute" }).waitFor();
    assert.equal(new URL(page.url()).hash, "");
    await picture(visit, "first-text");
  });

  it("the first text is sent by one button and is on the phone", async () => {
    await page.getByRole("button", { name: "Send it" }).click();
    const log = page.getByRole("log", { name: "Texts" });
    await log.getByText("Hello from Trunkline").waitFor();
    await page.getByText("Live", { exact: true }).first().waitFor();
  });

  it("the meter shows at once what an emoji costs", async () => {
    const field = page.getByRole("textbox", { name: "Type on the phone" });
    await field.fill("x".repeat(100));
    await page.getByText("100/160 · 1 segment").waitFor();
    await field.fill(`${"x".repeat(100)} 🙂`);
    await page.getByText("103/134 · 2 segments").waitFor();
    await page.getByText("UCS-2 because of").waitFor();
    await picture(visit, "segments");
    await field.fill("");
  });

  it("an answer from the phone arrives, and the webhook of an app that is set in a dialog is asked", async () => {
    await page.getByRole("button", { name: "Webhook", exact: true }).click();
    await page.getByRole("textbox", { name: "URL of your app" }).fill(`${app.url}/sms`);
    await page.getByRole("button", { name: "Set the webhook" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    const field = page.getByRole("textbox", { name: "Type on the phone" });
    await field.fill("Is anybody there?");
    await field.press("Enter");
    const log = page.getByRole("log", { name: "Texts" });
    await log.getByText("Is anybody there?", { exact: true }).waitFor();
    await log.getByText("Your app was asked").waitFor();
    await log.getByText("You said: Is anybody there?", { exact: true }).waitFor();
    assert.equal(app.received[0]?.form["Body"], "Is anybody there?");
    // All steps are done, so nobody has to be led any more.
    await page.getByRole("complementary", { name: "First steps" }).waitFor({ state: "detached" });
    await picture(visit, "phones");
  });

  it("nothing of it was an error to the browser", () => {
    assert.deepEqual(visit.errors, []);
  });
});
