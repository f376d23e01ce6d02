/** What an operator does with a system of several processes, from one process that grew to a limit over all edges. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import type { FleetStatus, ShownCell } from "../../src/entry/fleet/fleet-status.ts";
import type { ShownDelivery } from "../../src/entry/delivery-text.ts";
import { runTrunkline, type CommandResult } from "../kit/command-line.ts";
import { startFleetProcess, type FleetAccount, type FleetProcess } from "../kit/running-fleet.ts";
import { startSystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer } from "./customer-server.ts";
import { forwardedClient, refuses, textFromPhone } from "./sdk-clients.ts";

type Client = ReturnType<typeof twilio>;

const REGIONS = "us1,ie1";
/** Everything goes by the simulated carrier. */
const ROUTE = { carrier: "simulator", countries: ["US"], priceMicros: 4_200 };
const PHONE = "+15551280001";

describe("the operator of a fleet", () => {
  let fleet: FleetProcess;
  let customer: CustomerServer;
  /** Sent when there was one process only. */
  let firstMessage: string;
  let secondAccount: FleetAccount;
  /** At home in messaging-2, with a number and a message. */
  let away: FleetAccount & { readonly from: string; readonly messageSid: string };

  before(async () => {
    customer = await CustomerServer.start();
    const all = await startSystemProcess();
    const client = forwardedClient(all);
    firstMessage = (await client.messages.create({ to: PHONE, from: all.from, body: "from one process" })).sid;
    await waitFor("its delivery", async () => (await client.messages(firstMessage).fetch()).status === "delivered");
    const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: all.from });
    await client.incomingPhoneNumbers(number?.sid ?? "").update({ smsUrl: customer.url("/sms") });
    const made = await fetch(`${all.baseUrl}/trunkline/v1/Accounts`, {
      method: "POST",
      headers: { Authorization: basic(all) },
      body: new URLSearchParams({ Region: "us1", FriendlyName: "Second" }),
    });
    const { sid, auth_token } = (await made.json()) as { sid: string; auth_token: string };
    secondAccount = { accountSid: sid, authToken: auth_token, cell: "messaging-1" };
    assert.equal(await all.stop(), 0);
    fleet = await startFleetProcess({ cells: "messaging=2", regions: REGIONS, dataFolder: all.dataFolder });
    assert.equal(fleet.operator.accountSid, all.accountSid);
    assert.equal(fleet.operator.authToken, all.authToken);
  });

  after(async () => {
    await Promise.all([customer?.stop(), fleet?.stop().then((code) => assert.equal(code, 0, "it stops in order"))]);
  });

  const basic = ({ accountSid, authToken }: { accountSid: string; authToken: string }): string =>
    `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
  const clientOf = (account: { accountSid: string; authToken: string }, region = "us1"): Client =>
    forwardedClient({ ...account, baseUrl: fleet.edges.get(region) ?? "" });
  const trunkline = (...args: string[]): Promise<CommandResult> =>
    runTrunkline(args, { env: { TRUNKLINE_DATA: fleet.dataFolder } });
  const succeed = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await trunkline(...args);
    assert.equal(code, 0, `trunkline ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const cells = async (): Promise<readonly ShownCell[]> =>
    ((await fleet.ask("GET", "/trunkline/v1/Fleet")).json as FleetStatus).cells;
  const homeOf = async (accountSid: string): Promise<string> =>
    ((await fleet.ask("GET", `/trunkline/v1/Accounts/${accountSid}/Home`)).json as { cell: string }).cell;

  it("one process grows into several: accounts, messages and numbers are where they were", async () => {
    const client = clientOf(fleet.operator);
    assert.equal((await client.messages(firstMessage).fetch()).body, "from one process");
    const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: fleet.from });
    assert.equal(number?.smsUrl, customer.url("/sms"));
    await textFromPhone({ baseUrl: fleet.phonesUrl }, PHONE, { to: fleet.from, body: "still there?" });
    await waitFor("the text at the SmsUrl", () => customer.requestsTo("/sms").length === 1);
    assert.equal((await clientOf(secondAccount, "ie1").api.v2010.account.fetch()).friendlyName, "Second");
    assert.equal(await homeOf(secondAccount.accountSid), "messaging-1");
  });

  it("accounts are made in a region, where cells list how many they have", async () => {
    const account = await fleet.createAccount("ie1");
    assert.equal(account.cell, "messaging-2");
    assert.equal(await homeOf(account.accountSid), "messaging-2");
    const client = clientOf(account);
    const [free] = await client.availablePhoneNumbers("US").local.list({ limit: 1 });
    const { phoneNumber } = await client.incomingPhoneNumbers.create({ phoneNumber: free?.phoneNumber ?? "" });
    const { sid } = await client.messages.create({ to: PHONE, from: phoneNumber, body: "from ie1" });
    away = { ...account, from: phoneNumber, messageSid: sid };
    await waitFor("its delivery", async () => (await client.messages(sid).fetch()).status === "delivered");
    const shown = (await cells()).map(({ name, region, state, health, accounts }) => {
      return [name, region, state, health, accounts];
    });
    assert.deepEqual(shown, [
      ["messaging-1", "us1", "open", "up", 2],
      ["messaging-2", "ie1", "open", "up", 1],
    ]);
    assert.match(await succeed("cells"), /^CELL .*\nmessaging-1 .*\nmessaging-2 .*\n\nPROCESS .*\n(.*\n)*edge-ie1 /);
    const { status, json } = await fleet.ask("POST", "/trunkline/v1/Accounts", { Region: "mars1" });
    assert.deepEqual([status, (json as { code: number }).code], [503, 20503]);
  });

  it("why tells of a message in any cell", async () => {
    const { status } = JSON.parse(await succeed("why", away.messageSid, "--json")) as ShownDelivery;
    assert.equal(status, "delivered");
    const { code, stderr } = await trunkline("why", `SM${"0".repeat(32)}`);
    assert.equal(code, 1);
    assert.match(stderr, /^trunkline: refused with 404 \(error 20404\): /);
  });

  it("a pinned request of the operator is answered by that cell, and of nobody else", async () => {
    const path = "/trunkline/v1/Routing/Tables";
    const versions = async (headers: Readonly<Record<string, string>>, account = fleet.operator) => {
      const response = await fetch(fleet.baseUrl + path, { headers: { Authorization: basic(account), ...headers } });
      const { status } = response;
      return { status, tables: ((await response.json()) as { tables?: unknown[] }).tables?.length };
    };
    const table = { format: "trunkline-routes/1", currency: "USD", carriers: [{ name: "simulator" }], routes: [ROUTE] };
    const made = await fetch(fleet.baseUrl + path, {
      method: "POST",
      headers: {
        Authorization: basic(fleet.operator),
        "Content-Type": "application/json",
        "X-Trunkline-Cell": "messaging-2",
      },
      body: JSON.stringify({ table }),
    });
    assert.equal(made.status, 201, await made.text());
    assert.deepEqual(await versions({ "X-Trunkline-Cell": "messaging-2" }), { status: 200, tables: 1 });
    assert.deepEqual(await versions({}), { status: 200, tables: 0 });
    assert.equal((await versions({ "X-Trunkline-Cell": "messaging-9" })).status, 404);
    assert.equal((await versions({ "X-Trunkline-Cell": "messaging-1" }, away)).status, 404);
  });

  it("doctor looks at every process", async () => {
    const { stdout, code } = await trunkline("doctor");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /✓ messaging-2 /);
  });

  it("a cell is added, an account moves there with its history and back, and the cell is drained and removed", async () => {
    const subaccount = await clientOf(away).api.v2010.accounts.create({ friendlyName: "Customer" });
    const checkHome = async (cell: string): Promise<void> => {
      assert.equal(await homeOf(away.accountSid), cell);
      for (const region of ["us1", "ie1"]) {
        const client = clientOf(away, region);
        assert.equal((await client.messages(away.messageSid).fetch()).status, "delivered", `by ${region} from ${cell}`);
        const { sid } = await client.messages.create({ to: PHONE, from: away.from, body: `by ${region} in ${cell}` });
        await waitFor("its delivery", async () => (await client.messages(sid).fetch()).status === "delivered");
      }
      const own = clientOf({ accountSid: subaccount.sid, authToken: subaccount.authToken });
      assert.equal((await own.api.v2010.account.fetch()).friendlyName, "Customer");
      const body = `to ${cell}`;
      await textFromPhone({ baseUrl: fleet.phonesUrl }, PHONE, { to: away.from, body });
      await waitFor("the text", async () =>
        (await clientOf(away).messages.list({ from: PHONE, limit: 20 })).some((text) => text.body === body),
      );
    };
    assert.match(await succeed("cells", "add", "--region", "ie1"), /^messaging-3 runs and takes accounts\.\n$/);
    await succeed("cells", "move", away.accountSid, "--to", "messaging-3");
    await checkHome("messaging-3");
    const { status } = JSON.parse(await succeed("why", away.messageSid, "--json")) as ShownDelivery;
    assert.equal(status, "delivered", "messaging-2 minted its SID, and has it no more");
    const notEmpty = await trunkline("cells", "remove", "messaging-3");
    assert.equal(notEmpty.code, 1);
    assert.match(notEmpty.stderr, /^trunkline: refused with 409 \(error 20409\): .*Move them first/);
    assert.match(await succeed("cells", "drain", "messaging-3"), /has no accounts any more; 1 were moved/);
    await checkHome("messaging-2");
    assert.equal((await fleet.createAccount("ie1")).cell, "messaging-2", "nobody is placed where it drains");
    await succeed("cells", "remove", "messaging-3");
    assert.deepEqual(
      (await cells()).map(({ name }) => name),
      ["messaging-1", "messaging-2"],
    );
    assert.ok(!(await fleet.nodes()).some(({ name }) => name === "messaging-3"));
  });

  it("accounts of a cell that died get 503 and Retry-After, the others notice nothing", async () => {
    const restarts = (await fleet.nodes()).find(({ name }) => name === "messaging-2")?.restarts ?? 0;
    assert.match(await succeed("cells", "kill", "messaging-2"), /^messaging-2 \(process \d+\) is killed\.\n$/);
    const refused = await waitFor("a refusal", async () => {
      const response = await fetch(`${fleet.baseUrl}/2010-04-01/Accounts/${away.accountSid}/Messages.json`, {
        headers: { Authorization: basic(away) },
      });
      const { code } = (await response.json()) as { code?: number };
      return response.status === 503 && { code, again: response.headers.get("retry-after") };
    });
    assert.equal(refused.code, 20503);
    assert.match(refused.again ?? "", /^\d+$/);
    assert.equal((await clientOf(fleet.operator).messages.list({ limit: 1 })).length, 1);
    await fleet.restarted("messaging-2", restarts);
    await waitFor("the cell to answer", () =>
      clientOf(away)
        .messages(away.messageSid)
        .fetch()
        .catch(() => undefined),
    );
  });

  it("a killed supervisor takes its processes with it, and the next start finds everything", async () => {
    const pids = (await fleet.nodes()).map(({ pid }) => pid ?? 0);
    const edges = [...fleet.edges];
    await fleet.kill9();
    await waitFor("the processes to end", () => pids.every((pid) => !isAlive(pid)));
    const limits = { accounts: [{ accountSid: away.accountSid, requestsPerSecond: 20 }] };
    const { dataFolder } = fleet;
    fleet = await startFleetProcess({ cells: "messaging=2", regions: REGIONS, dataFolder, config: { limits } });
    assert.deepEqual([...fleet.edges], edges);
    assert.equal((await clientOf(away).messages(away.messageSid).fetch()).body, "from ie1");
    assert.equal((await clientOf(fleet.operator).messages(firstMessage).fetch()).body, "from one process");
    assert.deepEqual(
      (await cells()).map(({ name }) => name),
      ["messaging-1", "messaging-2"],
    );
  });

  describe("with a limit for an account", () => {
    const LIMIT = 20;
    const SECONDS = 3;

    /** Asks for the account without a pause until the time is up; gives how many were admitted. */
    const press = async (region: string, untilMs: number) => {
      const seen = { admitted: 0, refused: 0 };
      while (performance.now() < untilMs) {
        const response = await fetch(`${fleet.edges.get(region)}/2010-04-01/Accounts/${away.accountSid}.json`, {
          headers: { Authorization: basic(away) },
        });
        const { code } = (await response.json()) as { code?: number };
        if (response.status === 200) {
          seen.admitted += 1;
          continue;
        }
        assert.deepEqual([response.status, code], [429, 20429]);
        assert.match(response.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
        seen.refused += 1;
        // So that the machine has time for others.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return seen;
    };

    it("two edges together let no more through, and others are not limited", async () => {
      const untilMs = performance.now() + SECONDS * 1_000;
      const [first, second] = await Promise.all([press("us1", untilMs), press("ie1", untilMs)]);
      const admitted = (first?.admitted ?? 0) + (second?.admitted ?? 0);
      const allowed = LIMIT * (SECONDS + 1);
      assert.ok(admitted <= allowed * 1.15, `${admitted} of ${allowed} were admitted`);
      assert.ok(admitted >= LIMIT * SECONDS * 0.8, `${admitted} of ${LIMIT * SECONDS} were admitted`);
      assert.ok((first?.refused ?? 0) > 0 && (second?.refused ?? 0) > 0);
      const client = clientOf(fleet.operator);
      for (let i = 0; i < 2 * LIMIT; i += 1) await client.api.v2010.account.fetch();
    });

    it("the SDK is told by 429/20429, and with autoRetry recovers by itself", async () => {
      const use = async (client: Client): Promise<void> => {
        await Promise.all(Array.from({ length: LIMIT + 5 }, () => client.api.v2010.account.fetch()));
      };
      const direct = (options: object): Client => {
        const client = twilio(away.accountSid, away.authToken, options);
        client.api.baseUrl = fleet.baseUrl;
        return client;
      };
      await refuses(use(direct({})), 20429, 429);
      await use(direct({ autoRetry: true, maxRetries: 10 }));
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
