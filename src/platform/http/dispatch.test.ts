import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ACCOUNT,
  AUTH,
  FOREIGN,
  MESSAGES,
  sampleServer,
  STANDARD_KEY,
  SUBACCOUNT,
  SUSPENDED,
  type Sample,
} from "./sample-api.test.ts";
import type { InjectedRequest, InjectedResponse } from "./index.ts";

const get = (sample: Sample, url: string, more: Partial<InjectedRequest> = {}): Promise<InjectedResponse> =>
  sample.server.inject({ method: "GET", url, auth: AUTH, ...more });
const post = (
  sample: Sample,
  body: InjectedRequest["body"],
  more: Partial<InjectedRequest> = {},
): Promise<InjectedResponse> =>
  sample.server.inject({
    method: "POST",
    url: `${MESSAGES}.json`,
    auth: AUTH,
    ...(body === undefined ? {} : { body }),
    ...more,
  });
const codeOf = (answer: InjectedResponse): string =>
  `${answer.status} ${(JSON.parse(answer.body) as { code: number }).code}`;
const json = (answer: InjectedResponse): Record<string, unknown> => JSON.parse(answer.body) as Record<string, unknown>;

test("a route is declared once and answers", async () => {
  const sample = sampleServer();
  const answer = await post(sample, { To: "+15005550006", Body: "hé 🎉" });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers["content-type"], "application/json");
  assert.deepEqual(json(answer), {
    sid: sample.messages[0]?.sid,
    to: "+15005550006",
    body: "hé 🎉",
    num_media: "0",
    price: null,
  });
});

test("every answer carries the three Twilio headers", async () => {
  const sample = sampleServer();
  for (const answer of [
    await post(sample, {}),
    await get(sample, "/nowhere"),
    await get(sample, "/healthz"),
    await post(sample, { To: "+1" }),
  ]) {
    assert.match(answer.headers["twilio-request-id"] ?? "", /^RQ[0-9a-f]{32}$/);
    assert.equal(answer.headers["twilio-concurrent-requests"], "1");
    assert.match(answer.headers["twilio-request-duration"] ?? "", /^\d+\.\d{3}$/);
  }
});

test("an error has code, message, more_info and status", async () => {
  const answer = await post(sampleServer(), { To: "nonsense" });
  assert.equal(answer.status, 400);
  assert.deepEqual(json(answer), {
    code: 21211,
    message: "The 'To' number nonsense is not valid.",
    more_info: "https://www.twilio.com/docs/errors/21211",
    status: 400,
  });
});

test("each parameter answers with its own code", async () => {
  const sample = sampleServer();
  const good = { To: "+15005550006" };
  assert.equal(codeOf(await post(sample, {})), "400 21604");
  assert.equal(codeOf(await post(sample, { To: "" })), "400 21604");
  assert.equal(codeOf(await post(sample, { ...good, Body: "x".repeat(1_601) })), "400 21617");
  assert.equal((await post(sample, { ...good, Body: "x".repeat(1_600) })).status, 201);
  assert.equal(codeOf(await post(sample, { ...good, Body: "a\0b" })), "400 21617");
  assert.equal(codeOf(await post(sample, { ...good, ValidityPeriod: "0" })), "400 20001");
  assert.equal(
    codeOf(await post(sample, { ...good, MediaUrl: ["http://a/1", "http://a/2", "http://a/3"] })),
    "400 20001",
  );
  assert.equal((await post(sample, { ...good, NobodyKnowsThis: "1" })).status, 201, "unknown parameters are ignored");
});

test("a form is refused for bad percent-encodings, octets that are no UTF-8, and too many fields", async () => {
  const sample = sampleServer();
  for (const body of [
    "To=%",
    "To=%zz",
    "To=%ff%fe",
    `To=1${"&a".repeat(1_000)}`,
    Buffer.from([0x54, 0x6f, 0x3d, 0xff]),
  ]) {
    assert.equal(codeOf(await post(sample, body)), "400 20001");
  }
});

test("the body must be of the type that the route takes", async () => {
  const sample = sampleServer();
  const typed = (type: string, body = "To=%2B1"): Promise<InjectedResponse> =>
    post(sample, body, { headers: { "content-type": type } });
  assert.equal((await typed("application/x-www-form-urlencoded")).status, 201);
  assert.equal((await typed('Application/X-WWW-Form-Urlencoded; charset="UTF-8"')).status, 201);
  assert.equal(codeOf(await typed("application/x-www-form-urlencoded; charset=utf-16")), "415 20001");
  assert.equal(codeOf(await typed("application/json", "{}")), "415 20001");
  assert.equal(codeOf(await typed("multipart/form-data; boundary=x")), "415 20001");
  assert.equal(codeOf(await post(sample, "To=1", { headers: { "content-encoding": "gzip" } })), "415 20001");
  assert.equal(codeOf(await post(sample, `To=${"1".repeat(65_536)}`)), "413 20413");
  assert.equal((await post(sample, `To=%2B1&Pad=${"1".repeat(65_536 - 13)}`)).status, 201, "64 KiB exactly is taken");
});

test("a JSON route takes JSON, and its parameters from the query", async () => {
  const sample = sampleServer();
  const send = (body: string | Uint8Array, type = "application/json"): Promise<InjectedResponse> =>
    sample.server.inject({
      method: "POST",
      url: "https://content.twilio.com/v1/Content?Draft=TRUE",
      auth: AUTH,
      body,
      headers: { "content-type": type },
    });
  assert.deepEqual(json(await send('{"a":[1,null]}')), { got: { a: [1, null] }, draft: true });
  const emoji = "\\ud83c\\udf89";
  assert.deepEqual(json(await send(`{"a":"${emoji} \\u0000 \\ud800"}`)), {
    got: { a: "🎉 \ufffd \ufffd" },
    draft: true,
  });
  assert.equal(codeOf(await send(`{"a\\u0000":1}`)), "400 20001");
  assert.equal(codeOf(await send("{")), "400 20001");
  assert.equal(codeOf(await send(Buffer.from([0x22, 0xff, 0x22]))), "400 20001");
  assert.equal(codeOf(await send("a=1", "application/x-www-form-urlencoded")), "415 20001");
  assert.equal(codeOf(await send("[".repeat(60_000))), "400 20001");
});

test("credentials are asked for and checked", async () => {
  const sample = sampleServer();
  const { server } = sample;
  const bare = await server.inject({ method: "GET", url: `${MESSAGES}.json` });
  assert.equal(codeOf(bare), "401 20003");
  assert.equal(bare.headers["www-authenticate"], 'Basic realm="Twilio API"');
  assert.equal(
    codeOf(await get(sample, `${MESSAGES}.json`, { auth: { username: ACCOUNT, password: "wrong" } })),
    "401 20003",
  );
  for (const authorization of ["Bearer x", "Basic", "Basic !!!", `Basic ${"A".repeat(4_000)}`, "basic QUM="]) {
    assert.equal(
      codeOf(await server.inject({ method: "GET", url: `${MESSAGES}.json`, headers: { authorization } })),
      "401 20003",
    );
  }
  const suspended = { username: SUSPENDED, password: "secret" };
  assert.equal(
    codeOf(await get(sample, MESSAGES.replace(ACCOUNT, SUSPENDED) + ".json", { auth: suspended })),
    "403 20005",
  );
});

test("an account is reached by itself, by its parent, by its keys, and by nobody else", async () => {
  const sample = sampleServer();
  const as = (username: string, owner: string): Promise<InjectedResponse> =>
    get(sample, `${MESSAGES.replace(ACCOUNT, owner)}.json`, { auth: { username, password: "secret" } });
  assert.equal((await as(ACCOUNT, ACCOUNT)).status, 200);
  assert.equal((await as(ACCOUNT, SUBACCOUNT)).status, 200);
  assert.equal((await as(STANDARD_KEY, ACCOUNT)).status, 200);
  assert.equal(codeOf(await as(SUBACCOUNT, ACCOUNT)), "404 20404");
  assert.equal(codeOf(await as(ACCOUNT, FOREIGN)), "404 20404");
  assert.equal(codeOf(await as(ACCOUNT, "..%2F..")), "404 20404");
});

test("a standard key does not reach what takes the auth token", async () => {
  const sample = sampleServer();
  const url = `/2010-04-01/Accounts/${ACCOUNT}.json`;
  assert.equal((await get(sample, url)).status, 200);
  assert.equal(codeOf(await get(sample, url, { auth: { username: STANDARD_KEY, password: "secret" } })), "401 20003");
});

test("unknown paths and methods have their codes", async () => {
  const sample = sampleServer();
  assert.equal(codeOf(await get(sample, "/2010-04-01/Nothing.json")), "404 20404");
  assert.equal(codeOf(await get(sample, `${MESSAGES}/SM${"9".repeat(32)}.json`)), "404 20404");
  assert.equal(codeOf(await get(sample, `${MESSAGES}/.json`)), "404 20404");
  const put = await get(sample, `${MESSAGES}.json`, { method: "PUT" });
  assert.equal(codeOf(put), "405 20004");
  assert.equal(put.headers["allow"], "POST, GET");
  assert.equal(codeOf(await get(sample, `${MESSAGES}.json`, { method: "PURGE" })), "405 20004");
  assert.equal(codeOf(await get(sample, "*")), "400 20001");
});

test("204 has no body, and a call may add header fields", async () => {
  const answer = await get(sampleServer(), `${MESSAGES}/SM1.json`, { method: "DELETE" });
  assert.deepEqual([answer.status, answer.body, answer.headers["x-deleted"]], [204, "", "SM1"]);
});

test("without .json the 2010-04-01 API answers XML, errors included", async () => {
  const sample = sampleServer();
  await post(sample, { To: "+1", Body: 'a < b & "c"' });
  const one = await get(sample, `${MESSAGES}/${sample.messages[0]?.sid}`);
  assert.equal(one.headers["content-type"], "application/xml");
  assert.match(
    one.body,
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<TwilioResponse><Message><Sid>SM0+<\/Sid><To>\+1<\/To><Body>a &lt; b &amp; /,
  );
  assert.match(one.body, /<NumMedia>0<\/NumMedia><Price\/><\/Message><\/TwilioResponse>$/);
  const page = await get(sample, `${MESSAGES}.xml?To=%2B1`);
  assert.match(
    page.body,
    /<TwilioResponse><Messages page="0" pagesize="50" start="0" end="0" uri="[^"]*To=%2B1&amp;PageSize=50&amp;Page=0" firstpageuri=/,
  );
  const missing = await get(sample, `${MESSAGES}/SM1`);
  assert.match(
    missing.body,
    /<RestException><Code>20404<\/Code><Message>[^<]+<\/Message><MoreInfo>[^<]+<\/MoreInfo><Status>404<\/Status><\/RestException>/,
  );
  assert.equal((await get(sample, `${MESSAGES}.csv`)).status, 406);
});

test("a content route serves the bare path, and its record the one with extension", async () => {
  const sample = sampleServer();
  const path = `${MESSAGES}/MM1/Media/ME1`;
  const content = await sample.server.inject({ method: "GET", url: path });
  assert.deepEqual([content.headers["content-type"], content.body], ["image/png", "pixels"]);
  assert.deepEqual(json(await sample.server.inject({ method: "GET", url: `${path}.json` })), { a: 1 });
});

test("HEAD is answered as GET", async () => {
  const answer = await get(sampleServer(), `${MESSAGES}.json`, { method: "HEAD" });
  assert.deepEqual([answer.status, answer.body, answer.headers["content-type"]], [200, "", "application/json"]);
});

test("a failure nobody foresaw is 500/20500 without any detail, and is logged under the request id", async () => {
  const sample = sampleServer();
  const bug = (Kind: string): Promise<InjectedResponse> =>
    sample.server.inject({
      method: "POST",
      url: `/2010-04-01/Accounts/${ACCOUNT}/Bug.json`,
      auth: AUTH,
      body: { Kind },
    });
  const answer = await bug("throw");
  assert.equal(codeOf(answer), "500 20500");
  assert.doesNotMatch(answer.body, /secret|TypeError|\.ts|\.js/);
  assert.equal(sample.log[0]?.fields["requestId"], answer.headers["twilio-request-id"]);
  assert.equal(sample.log[0]?.fields["message"], "secret detail");
  assert.equal(sample.bugs.length, 0);
  assert.equal(codeOf(await bug("assert")), "500 20500");
  assert.equal(sample.bugs.length, 1, "a failed assertion is told to the entry");
});

test("an account over its share is answered 429 and not executed", async () => {
  const sample = sampleServer({ maxConcurrentPerAccount: 2 });
  const slow = (username: string): Promise<InjectedResponse> =>
    sample.server.inject({
      method: "POST",
      url: `/2010-04-01/Accounts/${username}/Slow.json`,
      auth: { username, password: "secret" },
    });
  const waiting = [slow(ACCOUNT), slow(ACCOUNT)];
  const refused = await slow(ACCOUNT);
  assert.equal(codeOf(refused), "429 20429");
  assert.equal(refused.headers["retry-after"], "1");
  const other = slow(SUBACCOUNT);
  sample.gate.release();
  assert.equal((await other).status, 200, "another account has room");
  const answers = await Promise.all(waiting);
  assert.deepEqual(
    answers.map((answer) => `${answer.status} ${answer.headers["twilio-concurrent-requests"]}`),
    ["200 1", "200 2"],
  );
  assert.equal((await slow(ACCOUNT)).headers["twilio-concurrent-requests"], "1", "room is given back");
});

test("shedding refuses the API and still serves the mounts", async () => {
  const sample = sampleServer({ shed: () => true });
  const refused = await post(sample, { To: "+1" });
  assert.equal(codeOf(refused), "503 20503");
  assert.equal(refused.headers["retry-after"], "1");
  assert.equal((await get(sample, "/healthz")).status, 200);
});

test("mounts are found before routes, with tails, parameters and authentication", async () => {
  const sample = sampleServer();
  const ready = await sample.server.inject({ method: "GET", url: "/readyz" });
  assert.equal(ready.status, 503);
  assert.deepEqual(json(ready), { ready: false, checks: [{ name: "log", ok: false, detail: "recovering" }] });
  assert.equal((await sample.server.inject({ method: "GET", url: "/console/js/app.js?v=1" })).body, "js/app.js|v=1");
  assert.equal((await sample.server.inject({ method: "POST", url: "/phones/%2B1" })).status, 401);
  assert.equal((await sample.server.inject({ method: "POST", url: "/phones/%2B1", auth: AUTH })).body, `+1 ${ACCOUNT}`);
  assert.equal((await sample.server.inject({ method: "POST", url: "/phones/%00", auth: AUTH })).status, 404);
});

test("steps around a route see the call and its answer, the first outermost", async () => {
  const seen: string[] = [];
  const sample = sampleServer({
    around: [
      async (call, next) => {
        seen.push(`a ${call.route.operationId} ${call.rawBody.toString()}`);
        const response = await next();
        seen.push(`a ${response.status}`);
        return response;
      },
      (call, next) =>
        call.request.headers["idempotency-key"] === undefined
          ? next()
          : Promise.resolve({ status: 200, headers: [], body: "again" }),
    ],
  });
  assert.equal((await post(sample, "To=%2B1")).status, 201);
  assert.deepEqual(seen, ["a CreateMessage To=%2B1", "a 201"]);
  assert.equal((await post(sample, "To=%2B1", { headers: { "Idempotency-Key": "k" } })).body, "again");
  assert.equal(sample.messages.length, 1);
});

test("every answer is told once, with what metrics need", async () => {
  const told: string[] = [];
  const sample = sampleServer({
    onAnswer: (a) => void told.push([a.method, a.operation, a.accountSid, a.status, a.errorCode].join(" ")),
  });
  await post(sample, { To: "+1" });
  await post(sample, {});
  await get(sample, "/healthz");
  await get(sample, "/nothing");
  assert.deepEqual(told, [
    `POST CreateMessage ${ACCOUNT} 201 `,
    `POST CreateMessage ${ACCOUNT} 400 21604`,
    "GET /healthz  200 ",
    "GET   404 20404",
  ]);
});
