/** The official SDK against several cells behind two edges: a program cannot tell them from one process. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect, type ClientHttp2Session } from "node:http2";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type twilio from "twilio";
import type { PhoneMessage } from "../../src/modules/simulator/index.ts";
import { runProgram, runTrunkline } from "../kit/command-line.ts";
import { startFleetProcess, type FleetAccount, type FleetProcess } from "../kit/running-fleet.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer, twiml } from "./customer-server.ts";
import { doCustomerWork, type CustomerFindings } from "./customer-work.ts";
import {
  forwardedClient,
  keyClient,
  keyedClient,
  refuses,
  textFromPhone,
  type ReceivedHeaders,
} from "./sdk-clients.ts";

type Client = ReturnType<typeof twilio>;

/** An account of one cell, by way of one edge. */
interface Way {
  readonly what: string;
  readonly account: FleetAccount;
  readonly baseUrl: string;
  readonly client: Client;
  /** A number of the account. */
  readonly from: string;
}

/** Compiled beside this file. */
const program = fileURLToPath(new URL("customer-program.js", import.meta.url));
const REGIONS = ["us1", "ie1"] as const;
const CELLS = ["messaging-1", "messaging-2"] as const;

describe("the official SDK and a fleet of two cells and two edges", () => {
  let fleet: FleetProcess;
  let customer: CustomerServer;
  const accounts = new Map<string, FleetAccount>();
  const numbers = new Map<string, string>();
  let lastPhone = 15_551_270_000;

  before(async () => {
    const env = { TRUNKLINE_TLS_PORT: "0" };
    [fleet, customer] = await Promise.all([
      startFleetProcess({ cells: "messaging=2", regions: REGIONS.join(","), env }),
      CustomerServer.start(),
    ]);
    accounts.set("messaging-1", { ...fleet.operator, cell: "messaging-1" });
    numbers.set("messaging-1", fleet.from);
    const away = await fleet.createAccount("ie1");
    assert.equal(away.cell, "messaging-2");
    accounts.set("messaging-2", away);
    const [free] = await wayOf("messaging-2", "us1").client.availablePhoneNumbers("US").local.list({ limit: 1 });
    const phoneNumber = free?.phoneNumber ?? "";
    await wayOf("messaging-2", "ie1").client.incomingPhoneNumbers.create({ phoneNumber });
    numbers.set("messaging-2", phoneNumber);
  });

  after(async () => {
    await Promise.all([customer?.stop(), fleet?.stop().then((code) => assert.equal(code, 0, "it stops in order"))]);
  });

  const newPhone = (): string => `+${(lastPhone += 1)}`;
  const accountIn = (cell: string): FleetAccount => {
    const account = accounts.get(cell);
    assert.ok(account !== undefined);
    return account;
  };
  const wayOf = (cell: string, region: string): Way => {
    const account = accountIn(cell);
    const baseUrl = fleet.edges.get(region) ?? "";
    const client = forwardedClient({ ...account, baseUrl });
    return { what: `${cell} by edge-${region}`, account, baseUrl, client, from: numbers.get(cell) ?? "" };
  };
  const ways = (): readonly Way[] => CELLS.flatMap((cell) => REGIONS.map((region) => wayOf(cell, region)));
  const delivered = ({ client }: Way, sid: string) =>
    waitFor(`${sid} to be delivered`, async () => {
      const message = await client.messages(sid).fetch();
      return message.status === "delivered" && message;
    });
  const phone = async (number: string): Promise<readonly PhoneMessage[]> => {
    const response = await fetch(`${fleet.phonesUrl}/simulator/phones/${encodeURIComponent(number)}/messages`);
    return ((await response.json()) as { messages: PhoneMessage[] }).messages;
  };
  const basic = ({ accountSid, authToken }: Pick<FleetAccount, "accountSid" | "authToken">): string =>
    `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;

  it("an account of any cell does its ordinary work by any edge", async () => {
    for (const way of ways()) {
      const findings = await doCustomerWork(way.client, { from: way.from, to: newPhone() });
      checkFindings(findings, way);
    }
  });

  it("an unchanged program works through the proxy, with the certificates of trunkline env", async () => {
    const { code, stdout, stderr } = await runTrunkline(["env", "--json", "--data", fleet.dataFolder]);
    assert.equal(code, 0, stderr);
    const variables = JSON.parse(stdout) as Record<string, string | null>;
    const env = Object.fromEntries(
      Object.entries(variables).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    );
    const way = wayOf("messaging-2", "us1");
    const own = { TWILIO_ACCOUNT_SID: way.account.accountSid, TWILIO_AUTH_TOKEN: way.account.authToken };
    const ran = await runProgram(process.execPath, [program, way.from, newPhone()], { env: { ...env, ...own } });
    assert.equal(ran.code, 0, ran.stderr);
    checkFindings(JSON.parse(ran.stdout) as CustomerFindings, way);
  });

  it("HTTP/2 leads to the same cells", async (t) => {
    for (const { account, baseUrl, what } of ways()) {
      const session = connect(baseUrl);
      t.after(() => session.destroy());
      const path = `/2010-04-01/Accounts/${account.accountSid}/Messages.json?PageSize=1`;
      const { status, json } = await askHttp2(session, { ":path": path, authorization: basic(account) });
      assert.equal(status, 200, what);
      assert.ok(Array.isArray((json as { messages: unknown }).messages), what);
      session.close();
    }
  });

  it("a message is redacted and removed, and was there for its own account alone", async () => {
    for (const way of ways()) {
      const { client, from, what } = way;
      const { sid } = await client.messages.create({ to: newPhone(), from, body: "secret" });
      await delivered(way, sid);
      const other = wayOf(way.account.cell === "messaging-1" ? "messaging-2" : "messaging-1", "us1");
      await refuses(other.client.messages(sid).fetch(), 20404, 404);
      await refuses(other.client.api.v2010.accounts(way.account.accountSid).messages(sid).fetch(), 20404, 404);
      assert.equal((await client.messages(sid).update({ body: "" })).body, "", what);
      assert.equal(await client.messages(sid).remove(), true, what);
      await refuses(client.messages(sid).fetch(), 20404, 404);
    }
  });

  it("media are fetched, stored in their cell and served to anybody who knows where", async () => {
    const mediaUrl = [customer.on("/pixel.png", { type: "image/png", body: PIXEL })];
    for (const way of ways()) {
      const { client, from, baseUrl, what } = way;
      const { sid } = await client.messages.create({ to: newPhone(), from, body: "a picture", mediaUrl });
      await delivered(way, sid);
      const [medium] = await client.messages(sid).media.list();
      assert.equal(medium?.contentType, "image/png", what);
      const content = await fetch(baseUrl + medium.uri.replace(/\.json$/, ""));
      assert.deepEqual([content.status, content.headers.get("content-type")], [200, "image/png"], what);
      assert.equal(hash(new Uint8Array(await content.arrayBuffer())), hash(PIXEL), what);
      assert.equal(await client.messages(sid).media(medium.sid).remove(), true, what);
      assert.equal((await fetch(baseUrl + medium.uri.replace(/\.json$/, ""))).status, 404, what);
    }
  });

  it("an API key finds its cell by its own SID", async () => {
    for (const { client, account, baseUrl, from, what } of ways()) {
      const key = await client.newKeys.create({ friendlyName: "worker" });
      const door = { ...account, baseUrl };
      const withKey = keyClient(door, key, account.accountSid);
      const message = await withKey.messages.create({ to: newPhone(), from, body: "by key" });
      assert.equal(message.accountSid, account.accountSid, what);
      await refuses(keyClient(door, { sid: key.sid, secret: "wrong" }, account.accountSid).messages.list(), 20003, 401);
      assert.equal(await client.keys(key.sid).remove(), true);
      await refuses(withKey.messages.list({ limit: 1 }), 20003, 401);
    }
  });

  it("a subaccount is at home where its parent is, and works with its own and its parent's credentials", async () => {
    for (const way of ways()) {
      const { client, account, baseUrl, what } = way;
      const sub = await client.api.v2010.accounts.create({ friendlyName: "Customer" });
      const own = forwardedClient({ accountSid: sub.sid, authToken: sub.authToken, baseUrl });
      assert.equal((await own.api.v2010.account.fetch()).friendlyName, "Customer", what);
      const byParent = client.api.v2010.accounts(sub.sid);
      assert.deepEqual(await byParent.messages.list(), [], what);
      const { json } = await fleet.ask("GET", `/trunkline/v1/Accounts/${sub.sid}/Home`);
      assert.equal((json as { cell: string }).cell, account.cell, what);
      const secondary = await own.accounts.v1.secondaryAuthToken().create();
      const next = forwardedClient({ accountSid: sub.sid, authToken: secondary.secondaryAuthToken, baseUrl });
      assert.equal((await next.api.v2010.account.fetch()).sid, sub.sid, `${what}: a new token works at once`);
      await next.accounts.v1.authTokenPromotion().update();
      await refuses(own.api.v2010.account.fetch(), 20003, 401);
      assert.equal((await byParent.update({ status: "suspended" })).status, "suspended");
      await refuses(next.messages.list({ limit: 1 }), 20005, 403);
      assert.equal((await byParent.update({ status: "active" })).status, "active");
      await waitFor("the subaccount to be let in again", () =>
        next.messages.list().then(
          () => true,
          () => false,
        ),
      );
    }
  });

  it("a text from a phone reaches the SmsUrl of a number in any cell, and its reply the phone", async () => {
    for (const cell of CELLS) {
      const { client, from } = wayOf(cell, "us1");
      const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: from });
      const smsUrl = customer.on(`/sms-${cell}`, twiml(`<Message>from ${cell}</Message>`));
      await client.incomingPhoneNumbers(number?.sid ?? "").update({ smsUrl });
      const sender = newPhone();
      await textFromPhone({ baseUrl: fleet.phonesUrl }, sender, { to: from, body: "hello?" });
      await waitFor("the reply", async () => (await phone(sender)).some(({ body }) => body === `from ${cell}`));
      const [inbound] = await client.messages.list({ from: sender });
      assert.deepEqual([inbound?.direction, inbound?.body], ["inbound", "hello?"]);
    }
  });

  it("a create with an Idempotency-Key is answered alike by both edges, and after its cell was killed", async () => {
    const { account, from } = wayOf("messaging-2", "us1");
    const client = (region: string, received: ReceivedHeaders = []): Client =>
      keyedClient({ ...account, baseUrl: fleet.edges.get(region) ?? "" }, "order-1", received);
    const text = { to: newPhone(), from, body: "once" };
    const first = await client("us1").messages.create(text);
    const received: ReceivedHeaders = [];
    assert.deepEqual((await client("ie1", received).messages.create(text)).toJSON(), first.toJSON());
    assert.equal(received.at(-1)?.["idempotent-replayed"], "true");
    await fleet.kill("messaging-2");
    const again = await waitFor("the cell to answer again", () =>
      client("ie1")
        .messages.create(text)
        .catch((error: unknown) => {
          const { status, code } = error as twilio.RestException;
          // Whether the request that was under way at that moment was carried out, the edge cannot know.
          assert.ok([503, 502].includes(status) && code === 20_000 + status, `${status} and ${code}`);
          return undefined;
        }),
    );
    assert.deepEqual(again.toJSON(), first.toJSON());
    assert.equal((await client("us1").messages.list({ to: text.to })).length, 1);
  });

  it("the bulk door takes many messages for an account of another cell", async () => {
    const { account, baseUrl, from } = wayOf("messaging-2", "us1");
    const messages = Array.from({ length: 1_000 }, () => ({ To: newPhone() }));
    const body = JSON.stringify({ defaults: { From: from, Body: "hello" }, messages });
    const send = async () => {
      const response = await fetch(`${baseUrl}/2010-04-01/Accounts/${account.accountSid}/Messages/Bulk.json`, {
        method: "POST",
        headers: {
          Authorization: basic(account),
          "Content-Type": "application/json",
          "Idempotency-Key": "campaign",
        },
        body,
      });
      const answer = (await response.json()) as { accepted: number; messages: { sid: string }[] };
      assert.equal(response.status, 200, JSON.stringify(answer).slice(0, 300));
      return answer;
    };
    const first = await send();
    assert.equal(first.accepted, messages.length);
    assert.deepEqual(await send(), first);
  });

  it("wrong passwords are refused, and many of them do not reach the cell", async () => {
    for (const { account, baseUrl, what } of ways()) {
      const wrong = forwardedClient({ ...account, baseUrl, authToken: "0".repeat(32) });
      await refuses(wrong.messages.list({ limit: 1 }), 20003, 401);
      const before = await requestsOf(account.cell);
      for (let attempt = 0; attempt < 50; attempt += 1) {
        const authToken = String(attempt % 5).repeat(32);
        const response = await fetch(`${baseUrl}/2010-04-01/Accounts/${account.accountSid}/Messages.json`, {
          headers: { Authorization: basic({ ...account, authToken }) },
        });
        assert.equal(response.status, 401, what);
        await response.arrayBuffer();
      }
      assert.ok((await requestsOf(account.cell)) - before <= 5, `${what}: the edge refuses by itself`);
    }
  });

  it("who is not known, and what is not there, gets the codes that one process gives", async () => {
    for (const { account, baseUrl, client } of ways()) {
      const door = { baseUrl, authToken: account.authToken };
      await refuses(forwardedClient({ ...door, accountSid: `AC${"f".repeat(32)}` }).messages.list(), 20003, 401);
      await refuses(client.messages(`SM${"0".repeat(32)}`).fetch(), 20404, 404);
      await refuses(client.api.v2010.accounts(`AC${"f".repeat(32)}`).messages.list(), 20404, 404);
      const ask = async (path: string, authorization?: string): Promise<number> => {
        const headers = authorization === undefined ? {} : { Authorization: authorization };
        const response = await fetch(baseUrl + path, { headers });
        await response.arrayBuffer();
        return response.status;
      };
      assert.equal(await ask("/2010-04-01/Nothing.json", basic(account)), 404);
      assert.equal(await ask("/nothing", basic(account)), 404);
      assert.equal(await ask("/2010-04-01/Accounts.json"), 401);
      const media = `/2010-04-01/Accounts/${account.accountSid}/Messages/MM${"0".repeat(32)}/Media/ME${"0".repeat(32)}`;
      assert.equal(await ask(media), 404);
      assert.equal(await ask("/trunkline/internal/v1/credentials/AC1", basic(account)), 404);
    }
    const stranger = accountIn("messaging-2");
    for (const path of ["/trunkline/v1/Fleet", "/trunkline/v1/Cells", "/trunkline/v1/Moves"]) {
      const response = await fetch(fleet.baseUrl + path, { headers: { Authorization: basic(stranger) } });
      assert.equal(response.status, 404, `${path} is the operator's`);
    }
  });

  /** How many API requests a cell has answered since it started. */
  async function requestsOf(cell: string): Promise<number> {
    const { json } = await fleet.ask("GET", "/trunkline/v1/Fleet");
    const found = (json as { cells: { name: string; address: { host: string; port: number } }[] }).cells.find(
      ({ name }) => name === cell,
    );
    const text = await (await fetch(`http://${found?.address.host}:${found?.address.port}/metrics`)).text();
    const samples = text.matchAll(/^trunkline_api_requests_total\{[^}]*operation="(?!none)[^}]*\} (\d+)$/gm);
    return [...samples].reduce((sum, [, count = "0"]) => sum + Number(count), 0);
  }
});

function checkFindings(findings: CustomerFindings, { account, what }: Way): void {
  const { messageSid, keySid, ...rest } = findings;
  assert.match(messageSid, /^SM[0-9a-f]{32}$/, what);
  assert.match(keySid, /^SK[0-9a-f]{32}$/, what);
  const expected = {
    accountSid: account.accountSid,
    finalStatus: "delivered",
    listed: ["three", "two", "one"],
    errorCode: 21211,
    isRestException: true,
    alertPages: true,
    tokenRotated: true,
  };
  assert.deepEqual(rest, expected, what);
}

/** One request in an HTTP/2 session. */
function askHttp2(
  session: ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; json: unknown }> {
  return new Promise((resolve, reject) => {
    session.once("error", reject);
    const stream = session.request(headers);
    let status = 0;
    let text = "";
    stream.on("response", (answer) => void (status = Number(answer[":status"])));
    stream.setEncoding("utf8").on("data", (part: string) => void (text += part));
    stream.on("end", () => resolve({ status, json: JSON.parse(text) as unknown }));
    stream.on("error", reject);
    stream.end();
  });
}

function hash(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}

/** A picture of one transparent point. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
