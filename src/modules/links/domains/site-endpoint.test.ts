import assert from "node:assert/strict";
import { it } from "node:test";
import { readToldSites, SITES_PER_PAGE, type ToldSites } from "../../../platform/links/index.ts";
import { SecretBox } from "../../../platform/secrets/index.ts";
import { DomainBook } from "./domain-book.ts";
import type { LinkDomain } from "./domain.ts";
import { siteEndpoint } from "./site-endpoint.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;

function domainOf(at: number): LinkDomain {
  return {
    sid: `DN${String(at).padStart(32, "0")}`,
    accountSid: ACCOUNT,
    name: `d${at}.example.com`,
    status: at % 7 === 0 ? "pending" : "verified",
    token: "",
    revision: 0,
    createdMs: 0,
    updatedMs: 0,
    verifiedMs: 0,
    config: undefined,
    certificate: undefined,
    services: [],
  };
}

/** A cell that has been started at some moment, and what it answers to a query. */
function cell(startedMs: number): { book: DomainBook; tell: (query: string) => ToldSites } {
  const clock = { nowMs: () => startedMs };
  const secrets = new SecretBox(new Uint8Array(32).fill(7));
  const book = new DomainBook({
    database: undefined as never,
    clock: clock as never,
    secrets,
    needsCertificates: false,
  });
  const endpoint = siteEndpoint(book, clock);
  return { book, tell: (query) => readToldSites(endpoint.run({ path: {}, query, json: undefined })) };
}

it("tells edges of proven domains, each once, page by page", () => {
  const { book, tell } = cell(1_000);
  const count = 2 * SITES_PER_PAGE + 300;
  for (let at = 0; at < count; at += 1) book.put(domainOf(at));
  const names: string[] = [];
  let pages = 0;
  for (let next: string | undefined = ""; next !== undefined; pages += 1) {
    const told: ToldSites = tell(`from=${next}`);
    names.push(...(told.sites ?? []).map(({ domain }) => domain));
    next = told.next;
  }
  assert.equal(pages, 3);
  assert.equal(new Set(names).size, names.length);
  assert.equal(names.length, count - Math.ceil(count / 7));
});

it("makes shorter pages of long certificates", () => {
  const { book, tell } = cell(1_000);
  const certificate = { cert: "c".repeat(60_000), sealedKey: "k".repeat(3_000), expiresMs: 9_000 } as never;
  for (let at = 1; at < 100; at += 7) book.put({ ...domainOf(at), certificate });
  for (let at = 100; at < 400; at += 1) book.put({ ...domainOf(at), status: "verified", certificate });
  let told = 0;
  for (let next: string | undefined = ""; next !== undefined;) {
    const page: ToldSites = tell(`from=${next}`);
    assert.ok(JSON.stringify(page).length < 5 * 1024 * 1024);
    told += page.sites?.length ?? 0;
    next = page.next;
  }
  assert.equal(told, 315);
});

it("says nothing twice, and after a restart never that nothing has changed", () => {
  const before = cell(1_000);
  before.book.put(domainOf(1));
  const { revision } = before.tell("after=");
  assert.equal(before.tell(`after=${revision}`).sites, undefined);
  const after = cell(2_000);
  after.book.put(domainOf(2));
  assert.equal(after.book.revision, before.book.revision);
  assert.deepEqual(after.tell(`after=${revision}`).sites, [{ domain: "d2.example.com", accountSid: ACCOUNT }]);
});
