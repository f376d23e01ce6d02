import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { ask, enter, goWithin, picture, settled, startLink } from "./console-visitor.ts";
import { startApp, type CustomerApp } from "./customer-app.ts";

/** How many seconds a point of the chart has; it shows changes a second. */
const POINT_S = 10;

describe("five minutes with the console, by somebody who has read nothing", { skip: missingBrowser() ?? false }, () => {
  let system: SystemProcess;
  let app: CustomerApp;
  let browser: TestBrowser;
  let visit: Visit;
  let page: Page;

  before(async () => {
    app = await startApp(({ form }) => `<Response><Message>Yes: ${form["Body"]}</Message></Response>`);
    [system, browser] = await Promise.all([startSystemProcess(), TestBrowser.start()]);
    visit = await enter(browser, startLink(system.stdout()));
    ({ page } = visit);
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
    await app?.close();
  });

  const texts = () => page.getByRole("log", { name: "Texts" });
  const guide = () => page.getByRole("complementary", { name: "First steps" });
  const typed = () => page.getByRole("textbox", { name: "Type on the phone" });
  async function typeOnPhone(text: string): Promise<void> {
    await typed().fill(text);
    await typed().press("Enter");
    await texts().getByText(text, { exact: true }).waitFor();
  }

  it("the printed link leads to the phones, and leaves nothing of itself in the address", async () => {
    await page.getByRole("heading", { name: "Your first text, in a minute" }).waitFor();
    assert.equal(new URL(page.url()).hash, "");
    await picture(visit, "first-text");
  });

  it("the first text is sent by one button and is on the phone", async () => {
    await page.getByRole("button", { name: "Send it" }).click();
    await texts().getByText("Hello from Trunkline").waitFor();
    await page.getByText("Live", { exact: true }).first().waitFor();
  });

  it("the meter shows at once what an emoji costs", async () => {
    await typed().fill("x".repeat(100));
    await page.getByText("100/160 · 1 segment").waitFor();
    await typed().fill(`${"x".repeat(100)} 🙂`);
    await page.getByText("103/134 · 2 segments").waitFor();
    await page.getByText("UCS-2 because of").waitFor();
    await picture(visit, "segments");
    await typed().fill("");
  });

  it("the guide leads to an answer from the phone and to the webhook of an app, whose reply appears", async () => {
    await guide().getByRole("button", { name: "Type on the phone" }).click();
    await typeOnPhone("Is anybody there?");
    await guide().getByRole("button", { name: "Connect an app" }).click();
    await page.getByRole("textbox", { name: "URL of your app" }).fill(`${app.url}/sms`);
    await page.getByRole("button", { name: "Set the webhook" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await typeOnPhone("And now?");
    await texts().getByText("Your app was asked").waitFor();
    await texts().getByText("Yes: And now?", { exact: true }).waitFor();
    assert.equal(app.received.at(-1)?.form["Body"], "And now?");
    await guide().getByText("Break one").waitFor();
    await picture(visit, "phones");
  });

  it("the app that is built in answers, too", async () => {
    await page.getByRole("button", { name: "Webhook", exact: true }).click();
    await page.getByRole("button", { name: "Use the built-in echo app" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await typeOnPhone("Echo?");
    await texts().getByText("You said: Echo?", { exact: true }).waitFor();
  });

  it("a text is broken by a button, and its page says why; then nobody has to be led any more", async () => {
    await guide().getByRole("button", { name: "Send one that fails" }).click();
    await page.getByRole("heading", { name: "Message to +15559990001" }).waitFor();
    await page.getByLabel("The way of the message").getByText("Undelivered").waitFor();
    await page
      .getByText(/^30\d\d\d/)
      .first()
      .waitFor();
    await settled(page);
    await picture(visit, "undelivered");
    await goWithin(page, "/phones");
    await texts().waitFor();
    await guide().waitFor({ state: "detached" });
  });

  it("the overview counts all of it as soon as it has happened", async (t) => {
    await goWithin(page, "/overview");
    await settled(page);
    const path = `/2010-04-01/Accounts/${system.accountSid}/Messages.json`;
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        ask<{ sid: string }>(system, path, { To: `+155512350${10 + i}`, From: system.from, Body: "To be counted" }),
      ),
    );
    const delivered = await waitFor("all are delivered", async () => {
      const { messages } = await ask<{ messages: { sid: string; status: string }[] }>(system, `${path}?PageSize=100`);
      const done = messages.filter(({ status }) => status === "delivered");
      return sent.every(({ sid }) => done.some((one) => one.sid === sid)) && done.length;
    });
    const since = performance.now();
    let counted = -1;
    await waitFor("the table of the chart has as many", async () => {
      counted = await countIn(page, "delivered");
      return counted === delivered;
    }).catch(() => assert.equal(counted, delivered));
    t.diagnostic(
      `${delivered} deliveries are in the chart ${Math.round(performance.now() - since)} ms after the API said so`,
    );
    await picture(visit, "overview");
  });

  it("nothing of it was an error to the browser", () => {
    assert.deepEqual(visit.errors, []);
  });
});

/** The sum of a column in the table that screen readers get in the place of the chart of messages. */
async function countIn(page: Page, status: string): Promise<number> {
  const figure = page.getByRole("figure", { name: "Messages", exact: true });
  if ((await figure.count()) === 0) return 0;
  const rows = await figure
    .locator("table:has(th[scope=col]) tr")
    .evaluateAll((all) =>
      all.map((row) =>
        [...(row as unknown as { cells: Iterable<{ textContent: string }> }).cells].map((cell) => cell.textContent),
      ),
    );
  const column = rows[0]?.indexOf(status) ?? -1;
  const sum = rows.slice(1).reduce((total, cells) => total + (Number.parseFloat(cells[column] ?? "") || 0), 0);
  return Math.round(sum * POINT_S);
}
