import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { ask, callFrom, enter, startLink } from "./console-visitor.ts";

/**
 * What a page of somebody else can do to a person who is signed in and comes by. The foreign pages are at another
 * port of the same machine, which for cookies is the same site, so that `SameSite` alone does not help; and at another name.
 */
describe("foreign pages and the console", { skip: missingBrowser() ?? false }, () => {
  let system: SystemProcess;
  let browser: TestBrowser;
  let visit: Visit;
  let page: Page;
  let foreign: Server;
  let foreignPort: number;

  before(async () => {
    foreign = createServer((_, response) => {
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end("<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>");
    });
    await new Promise<void>((ready) => foreign.listen(0, "127.0.0.1", ready));
    foreignPort = (foreign.address() as AddressInfo).port;
    [system, browser] = await Promise.all([startSystemProcess(), TestBrowser.start()]);
    visit = await enter(browser, startLink(system.stdout()));
    ({ page } = visit);
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
    await new Promise((closed) => foreign?.close(closed));
  });

  const messagesPath = (): string => `/2010-04-01/Accounts/${system.accountSid}/Messages.json`;
  const text = (body: string): Record<string, string> => ({ To: "+15551239999", From: system.from, Body: body });
  const bodies = async (): Promise<readonly string[]> => {
    const { messages } = await ask<{ messages: { body: string }[] }>(system, messagesPath());
    return messages.map(({ body }) => body);
  };

  it("scripts cannot read the session, and nothing of it is in the browser's storage", async () => {
    const [cookie, ...others] = await visit.context.cookies();
    assert.deepEqual(others, []);
    assert.equal(cookie?.httpOnly, true);
    assert.equal(cookie?.sameSite, "Strict");
    assert.equal(await page.evaluate("document.cookie"), "");
    const kept = await page.evaluate<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])");
    assert.ok(!kept.includes(cookie?.value ?? "?") && !kept.includes(system.authToken), kept);
  });

  it("the page's policy has no unsafe word, and nobody may put it into a frame", async () => {
    const response = await fetch(`${system.baseUrl}/console/`);
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|http:/);
    assert.equal(response.headers.get("x-frame-options"), "DENY");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("access-control-allow-origin"), null);
    assert.doesNotMatch(await response.text(), / style=|<script>|onload=/);
  });

  for (const name of ["127.0.0.1", "localhost"]) {
    describe(`at ${name}`, () => {
      let elsewhere: Page;
      before(async () => {
        elsewhere = await visit.context.newPage();
        await elsewhere.goto(`http://${name}:${foreignPort}/`);
      });
      after(() => elsewhere.close());

      it("a frame with the console stays empty", async () => {
        await elsewhere.evaluate(`
          const frame = document.createElement("iframe");
          frame.src = "${system.baseUrl}/console/phones";
          document.body.append(frame);
          new Promise((loaded) => frame.addEventListener("load", loaded))
        `);
        const frame = elsewhere.frames().find((one) => one !== elsewhere.mainFrame());
        assert.match(frame?.url() ?? "", /^(chrome-error:|about:blank|$)/);
      });

      it("no script can send in the person's name, in any of the ways that browsers know", async () => {
        const url = `${system.baseUrl}/console/api/call${messagesPath()}`;
        const outcomes = await elsewhere.evaluate(
          async ({ target, form }) => {
            const post = async (options: object): Promise<string> => {
              try {
                const body = new URLSearchParams(form);
                const { status, type } = await fetch(target, {
                  method: "POST",
                  credentials: "include",
                  body,
                  ...options,
                });
                return `${type} ${status}`;
              } catch {
                return "refused";
              }
            };
            return [
              await post({ mode: "no-cors" }),
              await post({}),
              await post({ headers: { "X-Console": "1" } }),
              await post({ mode: "no-cors", headers: { "Content-Type": "text/plain" } }),
            ];
          },
          { target: url, form: text("from a foreign script") },
        );
        assert.deepEqual(outcomes, ["refused", "refused", "refused", "refused"]);
        assert.ok(!(await bodies()).includes("from a foreign script"));
      });

      it("no form can, either", async () => {
        const sent = await visit.context.newPage();
        await sent.goto(`http://${name}:${foreignPort}/`);
        const answered = sent.waitForResponse((response) => response.url().includes("/console/api/call/"));
        await sent.evaluate(`
          const form = document.createElement("form");
          form.method = "POST";
          form.action = "${system.baseUrl}/console/api/call${messagesPath()}";
          for (const [name, value] of Object.entries(${JSON.stringify(text("from a foreign form"))})) {
            const input = document.createElement("input");
            input.name = name;
            input.value = value;
            form.append(input);
          }
          document.body.append(form);
          form.submit();
        `);
        const status = (await answered).status();
        assert.ok(status === 401 || status === 403, `answers ${status}`);
        await sent.close();
        assert.ok(!(await bodies()).includes("from a foreign form"));
      });

      it("nothing can be watched live, and nothing be read", async () => {
        const live = `${system.baseUrl.replace("http:", "ws:")}/console/live`;
        const outcome = await elsewhere.evaluate<string>(`new Promise((tell) => {
          const socket = new WebSocket("${live}");
          socket.addEventListener("open", () => tell("open"));
          socket.addEventListener("error", () => tell("refused"));
        })`);
        assert.equal(outcome, "refused");
        const read = await elsewhere.evaluate<string>(
          `fetch("${system.baseUrl}/console/api/session", { credentials: "include" }).then(() => "read", () => "refused")`,
        );
        assert.equal(read, "refused");
      });
    });
  }

  it("the same things work from the console's own page, so that it was not all for another reason", async () => {
    const { status } = await callFrom(page, { method: "POST", path: messagesPath(), form: text("from the console") });
    assert.equal(status, 201);
    assert.ok((await bodies()).includes("from the console"));
  });

  it("a session that was ended by signing out is good for nothing, even to whoever kept its cookie", async () => {
    const [cookie] = await visit.context.cookies();
    const headers = { Cookie: `${cookie?.name}=${cookie?.value}` };
    const session = (): Promise<Response> => fetch(`${system.baseUrl}/console/api/session`, { headers });
    assert.equal((await session()).status, 200);
    await page.getByRole("button", { name: /owner$/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal((await session()).status, 401);
    assert.deepEqual(await visit.context.cookies(), []);
  });
});
