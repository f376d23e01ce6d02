import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { PhoneMessage } from "../../src/modules/simulator/index.ts";
import { CustomerServer } from "../compat/customer-server.ts";
import { startTestPostgres, type TestPostgres } from "../kit/postgres.ts";
import { startFleetProcess, type FleetAccount, type FleetProcess } from "../kit/running-fleet.ts";
import { waitFor } from "../kit/wait-for.ts";

const CONTROL_DATABASE = "trunkline_control";
const EDGES = ["us1", "ie1"];
/** With its back-off the supervisor tries a process again after ten seconds at most. */
const BACK_LIMIT_MS = 25_000;

interface Customer extends Pick<FleetAccount, "accountSid" | "authToken"> {
  readonly from: string;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly json: Readonly<Record<string, unknown>>;
}

describe("a system whose control plane and its database are gone", () => {
  let postgres: TestPostgres;
  let hooks: CustomerServer;
  let fleet: FleetProcess;
  let operator: Customer;
  let customer: Customer;
  let phones = 15_551_300_000;

  before(async () => {
    [postgres, hooks] = await Promise.all([startTestPostgres(), CustomerServer.start()]);
    fleet = await startFleetProcess({
      cells: "messaging=2",
      regions: "us1,ie1",
      env: { TRUNKLINE_DATABASE_URL: postgres.url },
    });
    operator = { ...fleet.operator, from: fleet.from };
    const account = await fleet.createAccount("ie1");
    customer = { ...account, from: await buyNumber(account) };
    assert.equal(account.cell, "messaging-2");
    for (const region of EDGES) await sendsAndReceives(region);
  });

  after(async () => {
    await setReachable(true);
    await fleet?.stop();
    await Promise.all([hooks?.stop(), postgres?.stop()]);
  });

  async function ask(
    region: string,
    { accountSid, authToken }: Pick<Customer, "accountSid" | "authToken">,
    path: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
    const response = await fetch(`${fleet.edges.get(region)}${path}`, {
      headers: { authorization },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    const json = (await response.json()) as Answer["json"];
    return { status: response.status, retryAfter: response.headers.get("retry-after"), json };
  }

  async function buyNumber(account: FleetAccount): Promise<string> {
    const base = `/2010-04-01/Accounts/${account.accountSid}`;
    const { json } = await ask("ie1", account, `${base}/AvailablePhoneNumbers/US/Local.json`);
    const [first] = json["available_phone_numbers"] as readonly { readonly phone_number: string }[];
    assert.ok(first);
    const form = { PhoneNumber: first.phone_number, SmsUrl: hooks.url("/texts") };
    assert.equal((await ask("ie1", account, `${base}/IncomingPhoneNumbers.json`, form)).status, 201);
    return first.phone_number;
  }

  async function setReachable(isReachable: boolean): Promise<void> {
    await postgres.database.query(`alter database ${CONTROL_DATABASE} with allow_connections ${isReachable}`);
    if (isReachable) return;
    const sql = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
    await postgres.database.query(sql, [CONTROL_DATABASE]);
  }

  const phoneShows = async (phone: string, body: string): Promise<boolean> => {
    const response = await fetch(`${fleet.phonesUrl}/simulator/phones/${encodeURIComponent(phone)}/messages`);
    const { messages } = (await response.json()) as { readonly messages: readonly PhoneMessage[] };
    return messages.some((message) => message.body === body);
  };

  /** A text goes out by an edge and reaches a phone, which answers; that comes in and is told to the customer. */
  async function sendsAndReceives(region: string, account = customer): Promise<void> {
    const phone = `+${(phones += 1)}`;
    const body = `by ${region} to ${phone}`;
    const base = `/2010-04-01/Accounts/${account.accountSid}/Messages`;
    const sent = await ask(region, account, `${base}.json`, { To: phone, From: account.from, Body: body });
    assert.equal(sent.status, 201, JSON.stringify(sent));
    await waitFor(`${body} on the phone`, () => phoneShows(phone, body));
    await waitFor(`${body} to be delivered`, async () => {
      const { json } = await ask(region, account, `${base}/${String(sent.json["sid"])}.json`);
      return json["status"] === "delivered";
    });
    const answered = await fetch(`${fleet.phonesUrl}/simulator/phones/${encodeURIComponent(phone)}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ to: account.from, body: `answer to ${body}` }),
    });
    assert.equal(answered.status, 200, await answered.text());
    await waitFor(`the answer to ${body}`, async () => {
      const { json } = await ask(region, account, `${base}.json?From=${encodeURIComponent(phone)}`);
      return (json["messages"] as readonly object[]).length === 1;
    });
    if (account === customer) {
      await waitFor("the webhook", () => hooks.requestsTo("/texts").some(({ params }) => params["From"] === phone));
    }
  }

  it("serves every account that it knows, through every edge, while control dies again and again", async () => {
    await setReachable(false);
    for (let death = 0; death < 3; death += 1) {
      // Between two starts there is no process to be killed.
      const state = (await fleet.nodes()).find(({ name }) => name === "control");
      if (state?.pid !== null) await fleet.kill("control");
      for (const region of EDGES) {
        await sendsAndReceives(region);
        await sendsAndReceives(region, operator);
      }
    }
  });

  it("says 503 with a time to try again to what only control can do", async () => {
    await waitFor("control to be missed", async () => {
      const { status } = await ask("us1", operator, "/trunkline/v1/Cells");
      return status !== 200;
    });
    for (const region of EDGES) {
      const tries = [
        await ask(region, operator, "/trunkline/v1/Cells"),
        await ask(region, operator, "/trunkline/v1/Fleet"),
        await ask(region, operator, "/trunkline/v1/Accounts", { Region: "ie1" }),
        await ask(region, operator, "/trunkline/v1/Moves", { AccountSid: customer.accountSid }),
      ];
      for (const { status, retryAfter, json } of tries) {
        assert.deepEqual([status, json["code"]], [503, 20503], JSON.stringify(json));
        assert.ok(Number(retryAfter) >= 1, `Retry-After: ${retryAfter}`);
      }
    }
  });

  /** Ends processes as a crash does, and waits until they run again. */
  async function restart(...names: readonly string[]): Promise<void> {
    const nodes = await fleet.nodes();
    await Promise.all(names.map((name) => fleet.kill(name)));
    for (const name of names) {
      await fleet.restarted(name, nodes.find((node) => node.name === name)?.restarts ?? 0);
    }
  }

  it("starts edges that know nothing but their snapshots, and serves with them", async () => {
    await restart(...EDGES.map((region) => `edge-${region}`));
    for (const region of EDGES) {
      await sendsAndReceives(region);
      await sendsAndReceives(region, operator);
    }
    const stranger = { accountSid: `AC${"a".repeat(32)}`, authToken: "0".repeat(32) };
    const { status, json } = await ask("ie1", stranger, `/2010-04-01/Accounts/${stranger.accountSid}.json`);
    assert.deepEqual([status, json["code"]], [503, 20503], "whether there is such an account, nobody can say");
  });

  it("starts a cell, which needs nothing of control either", async () => {
    await restart("messaging-2");
    for (const region of EDGES) {
      await waitFor(`${region} to see the cell again`, async () => {
        const { status } = await ask(region, customer, `/2010-04-01/Accounts/${customer.accountSid}.json`);
        return status === 200;
      });
      await sendsAndReceives(region);
    }
  });

  it("is as before once control is back", async () => {
    await setReachable(true);
    for (const region of EDGES) {
      await waitFor(
        "control to answer",
        async () => (await ask(region, operator, "/trunkline/v1/Cells")).status === 200,
        BACK_LIMIT_MS,
      );
      const made = await ask(region, operator, "/trunkline/v1/Accounts", { Region: "ie1" });
      assert.equal(made.status, 201, JSON.stringify(made));
      const { sid, auth_token: authToken } = made.json as { sid: string; auth_token: string };
      const fetched = await ask(region, { accountSid: sid, authToken }, `/2010-04-01/Accounts/${sid}.json`);
      assert.equal(fetched.status, 200);
      await sendsAndReceives(region);
    }
    const stranger = { accountSid: `AC${"b".repeat(32)}`, authToken: "0".repeat(32) };
    const { status } = await ask("ie1", stranger, `/2010-04-01/Accounts/${stranger.accountSid}.json`);
    assert.equal(status, 401);
  });
});
