import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type twilio from "twilio";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer } from "./customer-server.ts";
import { forwardedClient, plainClient, refuses, textFromPhone } from "./sdk-clients.ts";

const PHONE = "+15551230001";
const DAY_MS = 86_400_000;

describe("messages with the official SDK", () => {
  let system: SystemProcess;
  let customer: CustomerServer;
  let client: ReturnType<typeof twilio>;
  let from: string;

  before(async () => {
    [system, customer] = await Promise.all([startSystemProcess(), CustomerServer.start()]);
    client = plainClient(system);
    from = system.from;
  });

  after(async () => {
    await Promise.all([system.stop(), customer.stop()]);
  });

  const delivered = (sid: string) =>
    waitFor(`${sid} to be delivered`, async () => {
      const message = await client.messages(sid).fetch();
      return message.status === "delivered" && message;
    });

  it("a text is created, arrives on the phone and is fetched as delivered", async () => {
    const created = await client.messages.create({ to: PHONE, from, body: "Grüße, 世界" });
    assert.match(created.sid, /^SM[0-9a-f]{32}$/);
    assert.equal(created.accountSid, system.accountSid);
    assert.equal(created.status, "queued");
    assert.equal(created.direction, "outbound-api");
    assert.equal(created.numSegments, "1");
    assert.equal(created.body, "Grüße, 世界");
    assert.ok(Math.abs(Date.now() - created.dateCreated.getTime()) < 60_000);
    assert.equal(created.errorCode, null);
    assert.equal(created.uri, `/2010-04-01/Accounts/${system.accountSid}/Messages/${created.sid}.json`);
    const fetched = await delivered(created.sid);
    assert.ok(fetched.dateSent instanceof Date);
    const [text] = await system.phones(PHONE);
    assert.equal(text?.body, "Grüße, 世界");
    assert.equal(text?.from, from);
  });

  it("a list is paged, filtered by both numbers and by date, and walked with each", async () => {
    const to = "+15551230002";
    const sids: string[] = [];
    for (let i = 0; i < 7; i += 1) sids.unshift((await client.messages.create({ to, from, body: `text ${i}` })).sid);
    const listed = await client.messages.list({ to, pageSize: 2 });
    assert.deepEqual(
      listed.map(({ sid }) => sid),
      sids,
    );
    const limited = await client.messages.list({ to, from, pageSize: 2, limit: 5 });
    assert.deepEqual(
      limited.map(({ sid }) => sid),
      sids.slice(0, 5),
    );
    const walked: string[] = [];
    await new Promise<void>((resolve, reject) => {
      client.messages.each({
        to,
        pageSize: 3,
        callback: ({ sid }) => void walked.push(sid),
        done: (error?: Error) => (error === undefined ? resolve() : reject(error)),
      });
    });
    assert.deepEqual(walked, sids);
    const first = await client.messages.page({ to, pageSize: 2 });
    const second = await first.nextPage();
    assert.deepEqual(
      second?.instances.map(({ sid }) => sid),
      sids.slice(2, 4),
    );
    const back = await second?.previousPage();
    assert.deepEqual(
      back?.instances.map(({ sid }) => sid),
      sids.slice(0, 2),
    );
    assert.deepEqual(await client.messages.list({ to, from: "+15005550101" }), []);
  });

  it("a page stays where it was while messages arrive", async () => {
    const to = "+15551230003";
    for (let i = 0; i < 4; i += 1) await client.messages.create({ to, from, body: `text ${i}` });
    const first = await client.messages.page({ to, pageSize: 2 });
    await client.messages.create({ to, from, body: "late" });
    const second = await first.nextPage();
    assert.deepEqual(
      second?.instances.map(({ body }) => body),
      ["text 1", "text 0"],
    );
  });

  it("a list is filtered by the day and the moment of sending", async () => {
    const to = "+15551230004";
    const { sid } = await client.messages.create({ to, from, body: "today" });
    const { dateSent } = await delivered(sid);
    const count = async (filter: object): Promise<number> => (await client.messages.list({ to, ...filter })).length;
    assert.equal(await count({ dateSent }), 1);
    assert.equal(await count({ dateSentAfter: new Date(dateSent.getTime() - DAY_MS) }), 1);
    assert.equal(await count({ dateSentBefore: new Date(dateSent.getTime() - DAY_MS) }), 0);
    assert.equal(await count({ dateSentAfter: new Date(dateSent.getTime() + 2 * DAY_MS) }), 0);
    assert.equal(await count({ dateSentBefore: new Date(dateSent.getTime() + 2 * DAY_MS) }), 1);
  });

  it("a message that waits is canceled, and one that is done is redacted and removed", async () => {
    const mediaUrl = [customer.on("/slow.png", { type: "image/png", body: PIXEL, delayMs: 3_000 })];
    const waiting = await client.messages.create({ to: PHONE, from, body: "with a slow picture", mediaUrl });
    assert.equal((await client.messages(waiting.sid).update({ status: "canceled" })).status, "canceled");
    const { sid } = await client.messages.create({ to: PHONE, from, body: "secret" });
    await delivered(sid);
    await refuses(client.messages(sid).update({ status: "canceled" }), 20409, 409);
    assert.equal((await client.messages(sid).update({ body: "" })).body, "");
    assert.equal((await client.messages(sid).fetch()).body, "");
    assert.equal(await client.messages(sid).remove(), true);
    await refuses(client.messages(sid).fetch(), 20404, 404);
    assert.ok(!(await client.messages.list({ to: PHONE })).some((message) => message.sid === sid));
  });

  it("feedback is taken where it was asked for", async () => {
    const { sid } = await client.messages.create({ to: PHONE, from, body: "code 123", provideFeedback: true });
    const feedback = await client.messages(sid).feedback.create({ outcome: "confirmed" });
    assert.deepEqual([feedback.messageSid, feedback.outcome], [sid, "confirmed"]);
    const unasked = await client.messages.create({ to: PHONE, from, body: "code 124" });
    await refuses(client.messages(unasked.sid).feedback.create({ outcome: "confirmed" }), 20001);
  });

  it("media are fetched, stored, listed and served as they were", async () => {
    const mediaUrl = [
      customer.on("/pixel.png", { type: "image/png", body: PIXEL }),
      customer.on("/note.txt", { type: "text/plain", body: "a note" }),
    ];
    const message = await client.messages.create({ to: PHONE, from, body: "two media", mediaUrl });
    assert.match(message.sid, /^MM/);
    assert.equal(message.numMedia, "2");
    await delivered(message.sid);
    const media = await client.messages(message.sid).media.list({ pageSize: 1 });
    assert.deepEqual(
      media.map(({ contentType, parentSid }) => [contentType, parentSid]),
      [
        ["image/png", message.sid],
        ["text/plain", message.sid],
      ],
    );
    const sid = media[0]?.sid ?? "";
    const medium = await client.messages(message.sid).media(sid).fetch();
    const content = await fetch(system.baseUrl + medium.uri.replace(/\.json$/, ""));
    assert.equal(content.headers.get("content-type"), "image/png");
    const hash = (octets: Uint8Array): string => createHash("sha256").update(octets).digest("hex");
    assert.equal(hash(new Uint8Array(await content.arrayBuffer())), hash(PIXEL));
    assert.equal(await client.messages(message.sid).media(sid).remove(), true);
    await refuses(client.messages(message.sid).media(sid).fetch(), 20404, 404);
  });

  it("what cannot be sent is refused with Twilio's codes as a RestException", async () => {
    const create = (params: object) => client.messages.create({ to: PHONE, from, body: "x", ...params });
    await refuses(create({ to: "+1999" }), 21211);
    await refuses(create({ from: "+1999" }), 21212);
    await refuses(create({ body: undefined }), 21602);
    await refuses(create({ from: undefined }), 21603);
    await refuses(create({ to: "" }), 21604);
    await refuses(create({ from: "+15005559999" }), 21606);
    await refuses(create({ statusCallback: "ftp://example.org" }), 21609);
    await refuses(create({ body: "x".repeat(1_601) }), 21617);
    await refuses(client.messages(`SM${"0".repeat(32)}`).fetch(), 20404, 404);
    const stranger = forwardedClient(system, { accountSid: system.accountSid, authToken: "0".repeat(32) });
    await refuses(stranger.messages.list({ limit: 1 }), 20003, 401);
  });

  it("who said STOP gets nothing until START", async () => {
    const phone = "+15551230005";
    const send = () => client.messages.create({ to: phone, from, body: "news" });
    await send();
    await textFromPhone(system, phone, { to: from, body: "Stop" });
    await waitFor("the opt-out", async () => (await client.messages.list({ from: phone })).length === 1);
    await refuses(send(), 21610);
    await textFromPhone(system, phone, { to: from, body: "START" });
    await waitFor("the opt-in", async () => (await client.messages.list({ from: phone })).length === 2);
    assert.equal((await send()).status, "queued");
  });

  it("answers carry Twilio's headers", async () => {
    const credentials = Buffer.from(`${system.accountSid}:${system.authToken}`).toString("base64");
    const response = await fetch(`${system.baseUrl}/2010-04-01/Accounts/${system.accountSid}/Messages.json`, {
      headers: { Authorization: `Basic ${credentials}` },
    });
    assert.match(response.headers.get("twilio-request-id") ?? "", /^RQ[0-9a-f]{32}$/);
    assert.match(response.headers.get("twilio-concurrent-requests") ?? "", /^\d+$/);
    assert.match(response.headers.get("twilio-request-duration") ?? "", /^\d+\.\d+$/);
    assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  });
});

/** A picture of one transparent point. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
