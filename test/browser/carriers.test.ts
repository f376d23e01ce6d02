import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
import { startTrunkline, type RunningCommand } from "../kit/command-line.ts";
import { freePorts, isListening } from "../kit/programs.ts";
import { startSystemProcess, temporaryFolder, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { ask, basic, enter, goWithin, picture, settled, startLink } from "./console-visitor.ts";

const NAME = "second";
const LOGIN = { user: "trunk", password: "line4you" };
const NUMBER = "+447700900123";
const TABLE = {
  format: "trunkline-routes/1",
  currency: "USD",
  carriers: [{ name: "simulator" }, { name: NAME }],
  routes: [
    { carrier: "simulator", priceMicros: 5_000 },
    { carrier: NAME, prefixes: ["447700"], priceMicros: 1_000 },
  ],
};

describe("a carrier that is added in the console", { skip: missingBrowser() ?? false }, () => {
  let carrier: RunningCommand;
  let port: number;
  let system: SystemProcess;
  let browser: TestBrowser;
  let visit: Visit;
  let page: Page;

  before(async () => {
    [port = 0] = await freePorts(1);
    const login = `${LOGIN.user}:${LOGIN.password}`;
    const env = { TRUNKLINE_DATA: temporaryFolder("carrier") };
    carrier = startTrunkline(["simulate", "carrier", "--port", String(port), "--login", login], { env });
    [system, browser] = await Promise.all([startSystemProcess(), TestBrowser.start()]);
    await waitFor("the second carrier listens", () => isListening(port));
    visit = await enter(browser, startLink(system.stdout()));
    ({ page } = visit);
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
    carrier?.child.kill("SIGTERM");
    await carrier?.ended;
  });

  it("the form that its type describes is tried without traffic, and says which step a wrong password fails at", async () => {
    await goWithin(page, "/carriers");
    await page.getByText("1 of 1 can take messages").waitFor();
    await page.getByRole("link", { name: "Add a carrier" }).click();
    await page.getByLabel("Name", { exact: true }).fill(NAME);
    await page.getByLabel("Host").fill("127.0.0.1");
    await page.getByLabel("Port").fill(String(port));
    await page.getByLabel("System ID").fill(LOGIN.user);
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Test" }).click();
    const dialog = page.getByRole("dialog", { name: "Test of the carrier" });
    await dialog.getByText("It does not work yet.").waitFor();
    const bind = dialog.getByRole("listitem").filter({ hasText: "Bind" }).first();
    await bind.getByLabel("failed").waitFor();
    await picture(visit, "bind-refused");
    await dialog.getByRole("button", { name: "Close" }).last().click();
  });

  it("with the right password every step of the bind is shown to pass, and it is added", async () => {
    await page.getByLabel("Password").fill(LOGIN.password);
    await page.getByRole("button", { name: "Test" }).click();
    const dialog = page.getByRole("dialog", { name: "Test of the carrier" });
    await dialog.getByText("Everything worked. No traffic was taken.").waitFor();
    for (const step of ["Connect", "Bind", "Sign of life", "Unbind"]) {
      await dialog.getByRole("listitem").filter({ hasText: step }).first().getByLabel("passed").waitFor();
    }
    await picture(visit, "bind-tested");
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await page.getByRole("button", { name: "Add the carrier" }).click();
    await page.getByRole("heading", { name: NAME, exact: true }).waitFor();
    await goWithin(page, "/carriers");
    await page.getByText("2 of 2 can take messages").waitFor();
    await picture(visit, "carriers");
  });

  it("with a table that prefers it for some numbers, the routes page says why a message would go there", async () => {
    const { baseUrl, accountSid, authToken } = system;
    const response = await fetch(`${baseUrl}/trunkline/v1/Routing/Tables`, {
      method: "POST",
      headers: { Authorization: basic(accountSid, authToken), "Content-Type": "application/json" },
      body: JSON.stringify({ note: "The second carrier for mobiles in Britain", table: TABLE }),
    });
    const { version } = (await response.json()) as { version: number };
    assert.equal(response.status, 201);
    const publication = { Version: String(version), Reason: "A test" };
    await ask(system, "/trunkline/v1/Routing/Publications", publication);
    await goWithin(page, `/routes?to=${encodeURIComponent(NUMBER)}&from=${encodeURIComponent(system.from)}`);
    const first = page.locator("#main ol > li").first();
    // A table decides a moment after its publication.
    await waitFor("the second carrier to be the first", async () => {
      await page.getByRole("button", { name: "How would it be routed?" }).click();
      await first.waitFor();
      return ((await first.textContent()) ?? "").includes(NAME);
    });
    await picture(visit, "explained");
  });

  it("a message is sent through it, and its page says so", async () => {
    const path = `/2010-04-01/Accounts/${system.accountSid}/Messages.json`;
    const { sid } = await ask<{ sid: string }>(system, path, { To: NUMBER, From: system.from, Body: "The other way" });
    await goWithin(page, `/messages/${sid}`);
    await page.getByText(`Routed to ${NAME}`).waitFor();
    await page.getByLabel("The way of the message").getByText("Delivered").waitFor();
    await page.getByText(`Why ${NAME}`).click();
    await settled(page);
    await picture(visit, "routed");
  });

  it("nothing of it was an error to the browser", () => {
    assert.deepEqual(visit.errors, []);
  });
});
