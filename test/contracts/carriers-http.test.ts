/** What the carriers over HTTP promise beside the port: their settings, their endpoints, and how they wait. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it, type TestContext } from "node:test";
import { carrierSettings } from "../../src/entry/carriers.ts";
import { redactSettings, SettingsError } from "../../src/platform/config/index.ts";
import { HttpPeerFake, type Shape } from "./carriers/http-peer.ts";
import { CarrierWorld } from "./carriers/rig.ts";
import { exampleText, readSettings } from "./carriers/settings-file.ts";
import { signedCall, twilioShape } from "./carriers/twilio-kind.ts";

const SECRET = "a-secret-of-enough-length";
const JSON_TYPE = { "Content-Type": "application/json" };

const settingsOf =
  (more: { submit?: string; receipts?: string } = {}) =>
  (host: string) =>
    `
carriers:
  - type: http
    name: north
    maxInFlight: 5
    submit:
      url: http://${host}/send
      body: { type: text, contentType: text/xml, template: "<t ref='{reference|xml}'>{text|xml}</t>" }
      ${more.submit ?? ""}
    response: { type: json, id: id }
    receipts:
      secret: ${SECRET}
      each: receipts
      id: id
      state: state
      doneDate: at
      states: [{ equals: [ok], result: delivered }, { equals: [no], result: failed, errorCode: 30003 }]
      ${more.receipts ?? ""}
`;

const shape: Shape = {
  verdicts: ["throttle"],
  settings: settingsOf(),
  read: ({ body }) => ({ text: body, reference: "" }),
  id: (_reference, number) => `id-${number}`,
  accept: (id) => ({ status: 200, body: JSON.stringify({ id }) }),
  refuse: () => ({ status: 429, headers: { "Retry-After": "90" } }),
  receipt: () => ({ method: "POST", url: "/" }),
  text: () => ({ method: "POST", url: "/" }),
};

async function openFake(t: TestContext, given: Shape) {
  const world = new CarrierWorld();
  const peer = new HttpPeerFake(given, world);
  const carrier = await peer.start();
  carrier.start(world.listener);
  t.after(async () => {
    await carrier.close();
    await peer.stop();
  });
  return { world, peer, carrier };
}

const receipts = (...list: object[]): string => JSON.stringify({ receipts: list });
const post = (body: string, headers: Readonly<Record<string, string>> = {}, secret = SECRET) => ({
  method: "POST" as const,
  url: `/carriers/north/receipts/${secret}`,
  headers: { ...JSON_TYPE, ...headers },
  body,
});

describe("an HTTP carrier's endpoint", () => {
  it("is not there for who has not the secret", async (t) => {
    const { peer, world } = await openFake(t, shape);
    const body = receipts({ id: "1", state: "ok" });
    assert.equal(await peer.call(post(body, {}, "another-secret-of-length")), 404);
    assert.equal(await peer.call({ ...post(body), url: "/carriers/north/receipts" }), 404);
    assert.equal(world.receipts.length, 0);
    assert.equal(await peer.call(post(body)), 200);
    assert.equal(world.receipts.length, 1);
  });

  it("takes a list, and says 200 only when all of it is durable", async (t) => {
    const { peer, world } = await openFake(t, shape);
    const body = receipts(
      { id: 1, state: "ok", at: "2025-01-01T10:20:30Z" },
      { id: 2, state: "no" },
      { id: 3, state: "?" },
    );
    let calls = 0;
    world.durable = () => (calls += 1) !== 2;
    assert.equal(await peer.call(post(body)), 503);
    assert.equal(await peer.call(post(body)), 200);
    assert.deepEqual(world.receipts.slice(3), [
      { id: "1", result: "delivered", from: "", to: "", doneDate: "2501011020" },
      { id: "2", result: "failed", from: "", to: "", errorCode: 30003 },
      { id: "3", result: "progress", from: "", to: "" },
    ]);
  });

  it("says 503 when it is not known in time whether it is durable", async (t) => {
    const { peer, world } = await openFake(t, shape);
    world.durable = () => undefined;
    const status = peer.call(post(receipts({ id: "1", state: "ok" })));
    await world.until("it is here", () => world.receipts.length === 1);
    await world.pass(10_000);
    assert.equal(await status, 503);
    world.settleOpen(true);
  });

  it("refuses what is broken, too much or too long, and takes what it can use of the rest", async (t) => {
    const { peer, world } = await openFake(t, shape);
    assert.equal(await peer.call(post("{")), 400);
    const many = Array.from({ length: 1_001 }, (_, id) => ({ id, state: "ok" }));
    assert.equal(await peer.call(post(receipts(...many))), 400);
    assert.equal(await peer.call(post(" ".repeat(1_048_577))), 413);
    assert.equal(world.receipts.length, 0);
    assert.equal(await peer.call(post(receipts({ state: "ok" }, { id: "7", state: "ok" }))), 200);
    assert.deepEqual(
      world.receipts.map(({ id }) => id),
      ["7"],
    );
  });

  it("checks a keyed hash of the content where it is told to", async (t) => {
    const check = "check: { type: hmac, header: X-Signature, key: k3y, prefix: sha256= }";
    const { peer, world } = await openFake(t, { ...shape, settings: settingsOf({ receipts: check }) });
    const body = receipts({ id: "1", state: "ok" });
    const signature = `sha256=${createHmac("sha256", "k3y").update(body).digest("hex")}`;
    assert.equal(await peer.call(post(body)), 403);
    assert.equal(await peer.call(post(`${body} `, { "X-Signature": signature })), 403);
    assert.equal(world.receipts.length, 0);
    assert.equal(await peer.call(post(body, { "X-Signature": signature })), 200);
  });

  it("checks a user and password where it is told to", async (t) => {
    const check = "check: { type: basic, username: them, password: pa55 }";
    const { peer } = await openFake(t, { ...shape, settings: settingsOf({ receipts: check }) });
    const body = receipts({ id: "1", state: "ok" });
    const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString("base64")}` });
    assert.equal(await peer.call(post(body)), 401);
    assert.equal(await peer.call(post(body, basic("them:wrong"))), 401);
    assert.equal(await peer.call(post(body, basic("them:pa55"))), 200);
  });
});

describe("an HTTP carrier", () => {
  it("waits as long as it is asked to, and says when there is room again", async (t) => {
    const { carrier, peer, world } = await openFake(t, shape);
    peer.behave({ kind: "refuse", verdict: "throttle" });
    const outcomes = world.submit(carrier);
    await world.until("it is answered", () => outcomes.length === 1);
    assert.deepEqual([carrier.capacity(), carrier.up, carrier.status().binds[0]?.state], [0, true, "paused"]);
    const before = world.capacityCalls;
    await world.pass(89_000);
    assert.deepEqual([carrier.capacity(), world.capacityCalls], [0, before]);
    await world.pass(1_000);
    assert.deepEqual([carrier.capacity(), world.capacityCalls], [5, before + 1]);
  });

  it("signs what it sends, and names its attempts apart", async (t) => {
    const auth = "auth: { type: hmac, header: X-Signature, key: k3y, encoding: base64 }";
    const { carrier, peer, world } = await openFake(t, { ...shape, settings: settingsOf({ submit: auth }) });
    const submission = world.submission({ text: "a < b", attempt: 3 });
    const outcomes = world.submit(carrier, submission);
    await world.until("it is answered", () => outcomes.length === 1);
    const [request] = peer.requests;
    assert.equal(request?.body, `<t ref='${submission.sid}-3-0'>a &lt; b</t>`);
    const signature = createHmac("sha256", "k3y").update(request.body).digest("base64");
    assert.equal(request.headers["x-signature"], signature);
  });

  it("does not make a GET again by itself, although HTTP would let it", async (t) => {
    const get = { ...shape, settings: (host: string) => settingsOf({ submit: "method: GET" })(host) };
    const { carrier, peer, world } = await openFake(t, get);
    const first = world.submit(carrier);
    await world.until("it is answered", () => first.length === 1);
    peer.behave({ kind: "break" });
    const second = world.submit(carrier);
    await world.until("it is answered", () => second.length === 1);
    assert.deepEqual([first[0]?.kind, second[0]?.kind, peer.arrived.length], ["accepted", "unknown", 2]);
  });
});

describe("a Twilio carrier's endpoint", () => {
  it("takes nothing with a wrong signature", async (t) => {
    const { peer, world } = await openFake(t, twilioShape);
    const params = { MessageSid: `SM${"a".repeat(32)}`, MessageStatus: "delivered", From: "+1", To: "+2" };
    const good = signedCall("/carriers/upstream/status", params);
    assert.equal(await peer.call(signedCall("/carriers/upstream/status", params, "another-auth-token")), 403);
    assert.equal(await peer.call({ ...good, url: "/carriers/upstream/status?x=1" }), 403);
    assert.equal(await peer.call({ ...good, body: `${good.body}&ErrorCode=30003` }), 403);
    assert.equal(await peer.call({ ...good, headers: { "Content-Type": "application/x-www-form-urlencoded" } }), 403);
    assert.equal(world.receipts.length, 0);
    assert.equal(await peer.call(good), 204);
    assert.equal(await peer.call(signedCall("/carriers/upstream/status?x=1", params)), 204);
    assert.equal(world.receipts.length, 2);
  });
});

describe("the settings of a carrier over HTTP", () => {
  const problems = (text: string): string => {
    try {
      readSettings(text);
      return "";
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.message;
    }
  };

  it("are refused with a place where a placeholder, a path or a pattern is wrong", () => {
    const good = exampleText("infobip");
    assert.equal(problems(good), "");
    assert.match(problems(good.replace("{to|digits}", "{two}")), /submit\.body\.template: expected a JSON document/);
    assert.match(problems(good.replace("each: results", "each: a..b")), /receipts\.each: expected a path/);
    assert.match(problems(good.replace("https://xxxxx", "https://{to}")), /submit\.url: expected an http or https URL/);
    assert.match(problems(good.replace("Sun 02:00-03:00", "Sunday")), /maintenance\[0\]: expected days/);
    assert.match(problems(good.replaceAll("secret: replace-with-a-long-random-text", "secret: short")), /16 to 100/);
  });

  it("show no secret", () => {
    for (const name of ["vonage", "infobip", "messagebird", "twilio"]) {
      const shown = JSON.stringify(redactSettings(readSettings(exampleText(name)), carrierSettings));
      assert.doesNotMatch(shown, /change-me|replace-with/, name);
      assert.match(shown, /\*\*\*/);
    }
  });

  it("are examples that load, each with its maintenance and its endpoints", () => {
    const [carrier] = readSettings(exampleText("infobip")).carriers;
    assert.deepEqual(carrier?.maintenance, [{ days: [0], fromMinute: 120, toMinute: 180 }]);
  });
});
