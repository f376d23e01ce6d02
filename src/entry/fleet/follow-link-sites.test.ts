import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { until } from "../../../test/kit/until.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import type { CellDescriptor } from "../../platform/fleet/index.ts";
import { CODE_KEY_OCTETS, LinkCodes, LinkSites, SiteSnapshot } from "../../platform/links/index.ts";
import { SecretBox } from "../../platform/secrets/index.ts";
import { LinkSiteFollower } from "./follow-link-sites.ts";
import type { SignedAnswer, SignedCall } from "./signed-call.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const PREFIX = "/trunkline/internal/v1/link-sites?";

const cellOf = (number: number, more: Partial<CellDescriptor> = {}): CellDescriptor => ({
  name: `messaging-${number}`,
  number,
  type: "messaging",
  tier: "standard" as CellDescriptor["tier"],
  region: "us1",
  address: { host: "127.0.0.1", port: number },
  state: "open",
  ...more,
});

interface World {
  readonly clock: ManualClock;
  readonly sites: LinkSites;
  readonly follower: LinkSiteFollower;
  readonly calls: string[];
  cells: CellDescriptor[];
  answer: (cell: string, query: URLSearchParams) => SignedAnswer | Promise<SignedAnswer>;
}

async function world(t: TestContext, folder?: string): Promise<World> {
  const data = folder ?? (await mkdtemp(join(tmpdir(), "trunkline-follow-")));
  if (folder === undefined) t.after(() => rm(data, { recursive: true, force: true }));
  const clock = new ManualClock(1_000);
  const secrets = new SecretBox(new Uint8Array(32).fill(7));
  const codes = new LinkCodes(new Uint8Array(CODE_KEY_OCTETS).fill(5));
  const sites = new LinkSites({ codes, secrets, clock, logger: silentLogger });
  const made: Omit<World, "follower"> = { clock, sites, calls: [], cells: [], answer: () => page([], "1-1") };
  const follower = new LinkSiteFollower({
    clock,
    logger: silentLogger,
    sites,
    snapshot: new SiteSnapshot(data, silentLogger),
    cells: () => made.cells,
    call: async ({ name }, { target }: SignedCall) => {
      assert.ok(target.startsWith(PREFIX), target);
      const query = target.slice(PREFIX.length);
      made.calls.push(`${name} ${query}`);
      return made.answer(name, new URLSearchParams(query));
    },
    random: () => 0.5,
  });
  await follower.open();
  return Object.assign(made, { follower });
}

const page = (domains: readonly string[], revision: string, next?: string): SignedAnswer => ({
  status: 200,
  json: { revision, sites: domains.map((domain) => ({ domain, accountSid: ACCOUNT })), next },
});

it("asks every messaging cell, page by page, and later only for what is new", async (t) => {
  const made = await world(t);
  made.cells = [cellOf(1), cellOf(2), cellOf(3, { type: "verify" }), cellOf(4, { state: "removed" })];
  made.answer = (cell, query) => {
    if (query.get("after") === "7-1") return { status: 200, json: { revision: "7-1" } };
    if (cell === "messaging-2") return page(["two.example.com"], "7-1");
    return query.has("from") ? page(["z.example.com"], "7-1") : page(["a.example.com"], "7-1", "z.example.com");
  };
  await made.follower.start();
  assert.deepEqual(made.calls.toSorted(), [
    "messaging-1 after=",
    "messaging-1 from=z.example.com",
    "messaging-2 after=",
  ]);
  for (const domain of ["a.example.com", "z.example.com", "two.example.com"])
    assert.ok(made.sites.siteOf(domain), domain);
  made.calls.length = 0;
  made.clock.advance(5_000);
  await until("both are asked again", () => made.calls.length === 2);
  assert.deepEqual(made.calls, ["messaging-1 after=7-1", "messaging-2 after=7-1"]);
  await made.follower.stop();
  made.calls.length = 0;
  made.clock.advance(60_000);
  assert.deepEqual(made.calls, []);
});

it("goes on with what it knew while a cell is away, and after a restart", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-follow-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const first = await world(t, folder);
  first.cells = [cellOf(1)];
  first.answer = () => page(["a.example.com"], "7-1");
  await first.follower.start();
  for (const answer of [
    { status: 500, json: undefined },
    { status: 200, json: { sites: [] } },
  ]) {
    first.answer = () => answer;
    first.calls.length = 0;
    first.clock.advance(5_000);
    await until("it is asked", () => first.calls.length === 1);
    await new Promise(setImmediate);
    assert.ok(first.sites.siteOf("a.example.com"));
  }
  await first.follower.stop();
  const second = await world(t, folder);
  assert.ok(second.sites.siteOf("a.example.com"), "from the snapshot");
  second.cells = [cellOf(1)];
  second.answer = () => Promise.reject(new Error("away"));
  await second.follower.start();
  assert.deepEqual(second.calls, ["messaging-1 after=7-1"]);
  assert.ok(second.sites.siteOf("a.example.com"));
  await second.follower.stop();
});

it("asks a cell at once that gossip names, and forgets one that was removed", async (t) => {
  const made = await world(t);
  await made.follower.start();
  made.cells = [cellOf(1)];
  made.answer = () => page(["a.example.com"], "7-1");
  made.follower.notice("messaging-1");
  made.follower.notice("messaging-1");
  made.follower.notice("edge-us1");
  await until("it is known", () => made.sites.siteOf("a.example.com") !== undefined);
  assert.equal(made.calls.length, 1, "not twice at once");
  made.cells = [cellOf(1, { state: "removed" })];
  made.clock.advance(5_000);
  await until("it is forgotten", () => made.sites.siteOf("a.example.com") === undefined);
  await made.follower.stop();
});

it("asks few cells at a time", async (t) => {
  const made = await world(t);
  made.cells = Array.from({ length: 20 }, (_, at) => cellOf(at + 1));
  let open = 0;
  let most = 0;
  made.answer = async () => {
    most = Math.max(most, (open += 1));
    await new Promise(setImmediate);
    open -= 1;
    return page([], "1-1");
  };
  await made.follower.start();
  assert.deepEqual([made.calls.length, most], [20, 8]);
  await made.follower.stop();
});
