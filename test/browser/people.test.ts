import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { missingBrowser, TestBrowser, type Visit } from "../kit/browser.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { callFrom, choose, enter, goWithin, settled, startLink } from "./console-visitor.ts";

const PASSWORD = "four words without sense";
const STEP_MS = 30_000;

/** What somebody of a role finds, and what he is refused. */
const ROLES = [
  {
    role: "developer",
    sees: ["Phones", "Messages", "Debugger", "Numbers"],
    misses: ["Money"],
    refused: "/money",
    mayNot: [{ path: "/2010-04-01/Accounts/{AccountSid}/Balance.json" }, { path: "/trunkline/v1/Console/Users" }],
    may: { path: "/2010-04-01/Accounts/{AccountSid}/Messages.json" },
  },
  {
    role: "billing",
    sees: ["Overview", "Money"],
    misses: ["Phones", "Messages", "Debugger", "Carriers", "Cells"],
    refused: "/messages",
    mayNot: [
      { path: "/2010-04-01/Accounts/{AccountSid}/Messages.json" },
      { path: "/2010-04-01/Accounts/{AccountSid}/Keys.json" },
      { path: "/trunkline/v1/Carriers" },
    ],
    may: { path: "/2010-04-01/Accounts/{AccountSid}/Balance.json" },
  },
  {
    role: "support",
    sees: ["Phones", "Messages", "Debugger"],
    misses: ["Money", "Questions in SQL"],
    refused: "/queries",
    mayNot: [
      {
        method: "POST",
        path: "/2010-04-01/Accounts/{AccountSid}/Messages.json",
        form: { To: "+15551230000", Body: "no" },
      },
      { path: "/2010-04-01/Accounts/{AccountSid}/Keys.json" },
      { method: "POST", path: "/trunkline/v1/Cells/messaging-1", form: { State: "draining" } },
    ],
    may: { path: "/2010-04-01/Accounts/{AccountSid}/Messages.json" },
  },
] as const;

describe("people with roles in the console", { skip: missingBrowser() ?? false }, () => {
  let system: SystemProcess;
  let browser: TestBrowser;
  let owner: Visit;
  const visits = new Map<string, Visit>();

  before(async () => {
    const config = { console: { secondFactor: "required" } };
    [system, browser] = await Promise.all([startSystemProcess({ config }), TestBrowser.start()]);
    owner = await enter(browser, startLink(system.stdout()));
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
  });

  /** The owner invites somebody; gives the link that is to be handed over. */
  async function invite(email: string, role: string): Promise<string> {
    const { page } = owner;
    await goWithin(page, "/account?tab=users");
    await page.getByRole("button", { name: "Invite somebody" }).click();
    const dialog = page.getByRole("dialog", { name: "Invite somebody" });
    await dialog.getByLabel("E-mail").fill(email);
    await choose(page, /Role/, new RegExp(`^${role}`, "i"));
    await dialog.getByRole("button", { name: "Make the invitation" }).click();
    const shown = page.getByRole("dialog", { name: "One-time link" });
    const link = (await shown.locator("code").textContent()) ?? "";
    await shown.getByRole("button", { name: "Done" }).click();
    return link;
  }

  /** Somebody opens his invitation and chooses a password. */
  async function accept(link: string): Promise<Visit> {
    const visit = await browser.visit();
    const { page } = visit;
    await page.goto(link);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Again").fill(PASSWORD);
    await page.getByRole("button", { name: "Set it and go in" }).click();
    return visit;
  }

  const filled = <T extends { readonly path: string }>(call: T): T => ({
    ...call,
    path: call.path.replace("{AccountSid}", system.accountSid),
  });

  for (const { role, sees, misses, refused, mayNot, may } of ROLES) {
    it(`a ${role} who was invited finds what is his, and nothing else, however he asks`, async () => {
      const visit = await accept(await invite(`${role}@example.com`, role));
      visits.set(role, visit);
      const { page } = visit;
      await settled(page);
      const navigation = page.getByRole("navigation", { name: "Pages" });
      for (const title of sees) await navigation.getByRole("link", { name: title, exact: true }).waitFor();
      for (const title of misses) assert.equal(await navigation.getByRole("link", { name: title }).count(), 0, title);
      await page.goto(`${system.baseUrl}/console${refused}`);
      await page.getByRole("heading", { name: "Your role does not see this" }).waitFor();
      for (const call of mayNot) {
        const { status } = await callFrom(page, filled(call));
        assert.equal(status, 403, JSON.stringify(call));
      }
      assert.equal((await callFrom(page, filled(may))).status, 200);
    });
  }

  it("whoever reads but may not send is offered no button for it", async () => {
    const { page } = visits.get("support") ?? assert.fail();
    await goWithin(page, "/messages");
    await page.getByRole("heading", { name: "Messages" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Send a message" }).count(), 0);
  });

  it("a new role ends the session that had the old one, and holds from the next sign-in on", async () => {
    const { page } = visits.get("developer") ?? assert.fail();
    await goWithin(page, "/messages");
    await page.getByRole("heading", { name: "Messages" }).waitFor();
    await goWithin(owner.page, "/account?tab=users");
    const row = owner.page.getByRole("row", { name: /developer@example\.com/ });
    await row.getByRole("button", { name: "Change" }).click();
    await owner.page.getByRole("menuitem", { name: /Make billing/ }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await signIn(page, "developer@example.com");
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Money" }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Messages" }).count(), 0);
  });

  it("an admin has to set up a second factor first, and comes in with it, or with a recovery code, from then on", async () => {
    const visit = await accept(await invite("admin@example.com", "admin"));
    const { page } = visit;
    await page.getByRole("heading", { name: "Set up the second factor" }).waitFor();
    const early = await callFrom(page, { path: `/2010-04-01/Accounts/${system.accountSid}/Messages.json` });
    assert.equal(early.status, 403, "nothing else is allowed before");
    await page.getByText("I cannot scan it").click();
    const secret = (await page.getByRole("main").locator("code").textContent()) ?? "";
    const totp = new TOTP({ secret });
    await page.getByLabel("The code that the app shows").fill(totp.generate());
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("heading", { name: "Keep these codes" }).waitFor();
    const codes = (await page.locator("pre").first().textContent())?.trim().split("\n") ?? [];
    assert.equal(codes.length, 10);
    await page.getByText("I have put them where only I find them").click();
    await page.getByRole("button", { name: "Go on" }).click();
    await settled(page);
    await signOut(page);
    // The step of the enrolment is used up; a code may be one step ahead.
    await signIn(page, "admin@example.com", totp.generate({ timestamp: Date.now() + STEP_MS }));
    await settled(page);
    await signOut(page);
    await signIn(page, "admin@example.com", "000000");
    await page.getByText(/code is wrong/).waitFor();
    await page.getByLabel("Code").fill(codes[0] ?? "");
    await page.getByRole("button", { name: "Go on" }).click();
    await settled(page);
    await visit.close();
  });

  it("the last owner stays", async () => {
    const { page } = owner;
    const first = await accept(await invite("owner@example.com", "owner"));
    await first.page.getByRole("heading", { name: "Set up the second factor" }).waitFor();
    await first.close();
    const { json } = await callFrom(page, { path: "/trunkline/v1/Console/Users" });
    const { users } = json as { users: { sid: string; role: string; email: string | null; is_account: boolean }[] };
    const demote = async (user: { readonly sid: string }): Promise<string> => {
      const path = `/trunkline/v1/Console/Users/${user.sid}`;
      const { status, json: answer } = await callFrom(page, { method: "POST", path, form: { Role: "support" } });
      assert.equal(status, 403, JSON.stringify(answer));
      return (answer as { message: string }).message;
    };
    const person = users.find(({ email }) => email === "owner@example.com");
    const account = users.find(({ is_account: isAccount }) => isAccount);
    assert.match(await demote(person ?? assert.fail()), /last owner/);
    assert.match(await demote(account ?? assert.fail()), /./);
  });
});

async function signIn(page: Page, email: string, code?: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  if (code === undefined) return settled(page);
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Go on" }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /(?:owner|admin)$/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}
