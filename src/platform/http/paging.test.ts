import assert from "node:assert/strict";
import { test } from "node:test";
import { pageOfAll } from "./cut-page.ts";
import { AUTH, MESSAGES, sampleServer, type Sample } from "./sample-api.test.ts";

interface LegacyPage {
  readonly messages: readonly { readonly body: string }[];
  readonly [field: string]: unknown;
}

function filled(count: number): Sample {
  const sample = sampleServer();
  for (let i = 0; i < count; i += 1)
    sample.messages.push({ sid: `SM${i}`, to: i % 2 === 0 ? "+1 even" : "+1", body: String(i) });
  return sample;
}

async function page(sample: Sample, url: string): Promise<LegacyPage> {
  const answer = await sample.server.inject({ method: "GET", url, auth: AUTH });
  assert.equal(answer.status, 200, answer.body);
  return JSON.parse(answer.body) as LegacyPage;
}

const bodies = (of: LegacyPage): string => of.messages.map((message) => message.body).join();

test("a 2010-04-01 list leads from page to page by relative addresses, and back", async () => {
  const sample = filled(5);
  const first = await page(sample, `${MESSAGES}.json?PageSize=2`);
  assert.equal(bodies(first), "0,1");
  const { messages: _, next_page_uri: next, ...rest } = first;
  assert.deepEqual(rest, {
    page: 0,
    page_size: 2,
    start: 0,
    end: 1,
    uri: `${MESSAGES}.json?PageSize=2&Page=0`,
    first_page_uri: `${MESSAGES}.json?PageSize=2&Page=0`,
    previous_page_uri: null,
  });
  const second = await page(sample, String(next));
  assert.deepEqual([bodies(second), second["page"], second["start"], second["end"]], ["2,3", 1, 2, 3]);
  const third = await page(sample, String(second["next_page_uri"]));
  assert.deepEqual([bodies(third), third["next_page_uri"], third["end"]], ["4", null, 4]);
  const back = await page(sample, String(third["previous_page_uri"]));
  assert.deepEqual([bodies(back), back["page"]], ["2,3", 1]);
});

test("filters are carried along, re-encoded", async () => {
  const first = await page(filled(6), `${MESSAGES}.json?To=%2B1%20even&DateSent%3C=2024-01-01&PageSize=1&X=%22%3Cb%3E`);
  assert.equal(bodies(first), "0");
  const next = String(first["next_page_uri"]);
  assert.ok(
    next.startsWith(
      `${MESSAGES}.json?To=%2B1%20even&DateSent%3C=2024-01-01&X=%22%3Cb%3E&PageSize=1&Page=1&PageToken=PA`,
    ),
    next,
  );
});

test("another product's list has meta with absolute addresses on the client's host", async () => {
  const { server } = sampleServer();
  const answer = await server.inject({
    method: "GET",
    url: "https://messaging.twilio.com/v1/Services?PageSize=2",
    auth: AUTH,
  });
  const { services, meta } = JSON.parse(answer.body) as { services: unknown[]; meta: Record<string, string> };
  assert.equal(services.length, 2);
  const base = "https://messaging.twilio.com/v1/Services?PageSize=2";
  const { next_page_url: next, ...rest } = meta;
  assert.deepEqual(rest, {
    key: "services",
    page: 0,
    page_size: 2,
    url: `${base}&Page=0`,
    first_page_url: `${base}&Page=0`,
    previous_page_url: null,
  });
  const second = await server.inject({ method: "GET", url: String(next), auth: AUTH });
  assert.deepEqual((JSON.parse(second.body) as { services: unknown[] }).services, [{ sid: "MG3" }]);
});

test("page sizes and numbers are checked", async () => {
  const { server } = filled(1);
  const code = async (query: string): Promise<string> => {
    const answer = await server.inject({ method: "GET", url: `${MESSAGES}.json?${query}`, auth: AUTH });
    return `${answer.status} ${(JSON.parse(answer.body) as { code?: number }).code ?? ""}`;
  };
  assert.equal(await code("PageSize=1000"), "200 ");
  assert.equal(await code("PageSize="), "200 ");
  assert.equal(await code("Page=0"), "200 ");
  assert.equal(await code("PageSize=1001"), "400 20007");
  for (const bad of [
    "PageSize=0",
    "PageSize=-1",
    "PageSize=x",
    "PageSize=1.5",
    "PageSize=99999999999",
    "Page=-1",
    "Page=x",
    "Page=3",
  ]) {
    assert.equal(await code(bad), "400 20001", bad);
  }
});

test("a page token that was changed, cut or made by another list is refused", async () => {
  const sample = filled(5);
  const next = String((await page(sample, `${MESSAGES}.json?PageSize=2`))["next_page_uri"]);
  const token = next.slice(next.indexOf("PageToken=") + 10);
  const status = async (url: string): Promise<number> =>
    (await sample.server.inject({ method: "GET", url, auth: AUTH })).status;
  const ask = (other: string): Promise<number> => status(`${MESSAGES}.json?PageToken=${other}`);
  assert.equal(await ask(token), 200);
  for (let i = 0; i < token.length; i += 1) {
    const changed = token.slice(0, i) + (token[i] === "A" ? "B" : "A") + token.slice(i + 1);
    assert.equal(await ask(changed), 400, changed);
  }
  assert.equal(await ask(token.slice(0, -1)), 400);
  assert.equal(await ask(`PA${"A".repeat(5_000)}`), 400);
  assert.equal(await status(`https://messaging.twilio.com/v1/Services?PageToken=${token}`), 400);
});

test("a list that is there whole is cut into pages both ways, each record once", () => {
  const all = ["a", "b", "c", "d", "e"];
  const first = pageOfAll(all, { limit: 2, cursor: undefined, direction: "next" });
  const second = pageOfAll(all, { limit: 2, cursor: first.nextCursor, direction: "next" });
  const third = pageOfAll(all, { limit: 2, cursor: second.nextCursor, direction: "next" });
  assert.deepEqual([first.records, second.records, third.records], [["a", "b"], ["c", "d"], ["e"]]);
  assert.deepEqual([first.previousCursor, third.nextCursor], [undefined, undefined]);
  const back = pageOfAll(all, { limit: 2, cursor: third.previousCursor, direction: "previous" });
  assert.deepEqual(back.records, ["c", "d"]);
  assert.deepEqual(pageOfAll([], { limit: 2, cursor: undefined, direction: "next" }).records, []);
  assert.throws(() => pageOfAll(all, { limit: 2, cursor: "x", direction: "next" }), { code: 20001 });
});
