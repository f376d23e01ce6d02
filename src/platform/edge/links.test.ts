import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Home } from "../fleet/index.ts";
import { ACCOUNT, answering, bodyOf, edgeWorld, MESSAGES, ok, ScriptedCell, statusOf } from "./edge-world.test.ts";
import {
  addressBehindEdge,
  classOf,
  passes,
  STAGE_NAMES,
  type EdgeRequest,
  type LimitedRequest,
  type LinkFinder,
} from "./index.ts";

const HOST = "go.example.com";
const FOUND = "HTTP/1.1 302 Found\r\nLocation: https://shop.example/\r\nContent-Length: 0\r\n\r\n";
const GONE_TO_B = "HTTP/1.1 421 No\r\nX-Trunkline-Home: b\r\nX-Trunkline-Epoch: 2\r\nContent-Length: 0\r\n\r\n";

const links: LinkFinder = {
  siteOf: (host) => (host.replace(/:\d+$/, "").toLowerCase() === HOST ? { accountSid: ACCOUNT } : undefined),
  cellOf: (pathname) => /^\/code-of-(\w+)$/.exec(pathname)?.[1],
};

/** A visit that is the last on its connection, without credentials. */
function visit(path: string, more: { method?: string; host?: string; fields?: string; body?: string } = {}): string {
  const { method = "GET", host = HOST, fields = "", body } = more;
  const length = body === undefined ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${fields}${length}\r\n${body ?? ""}`;
}

const fieldOf = (head: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)\r$`, "im").exec(head)?.[1];

describe("a request to a link domain", () => {
  it("passes its own stages: nobody is asked for credentials or keys", () => {
    assert.deepEqual(
      STAGE_NAMES.filter((stage) => !passes("link", stage)),
      ["refuse", "authenticate", "idempotency"],
    );
    assert.notEqual(classOf("GET", "/anything"), "link", "the host says so, no path");
  });

  it("goes to the home of its account, whatever its path and the case of its host, and says whose it is", async (t) => {
    const cell = new ScriptedCell(answering(FOUND));
    const world = await edgeWorld(t, { a: cell }, { pipeline: { links } });
    const paths = ["/abc", "/", "/healthz", "/trunkline/internal/v1/cells", "/trunkline/v1/Cells", MESSAGES];
    for (const path of paths) {
      const forged = `X-Trunkline-Link: AC${"f".repeat(32)}\r\nX-Trunkline-Cell: b\r\nX-Forwarded-For: 192.0.2.7\r\n`;
      const answer = await world.ask(visit(path, { host: "GO.example.com:8443", fields: forged }));
      assert.equal(statusOf(answer), 302, path);
      const { head } = cell.received.at(-1) ?? { head: "" };
      assert.ok(head.startsWith(`GET ${path} HTTP/1.1\r\n`));
      assert.equal(fieldOf(head, "X-Trunkline-Link"), ACCOUNT);
      assert.equal(head.match(/X-Trunkline-Link/gi)?.length, 1, "what a client says stops here");
      assert.equal(fieldOf(head, "X-Forwarded-Host"), "GO.example.com:8443");
      assert.equal(fieldOf(head, "X-Forwarded-For"), "127.0.0.1");
      const { routeClass, accountSid, product } = world.records.at(-1) ?? {};
      assert.deepEqual([routeClass, accountSid, product], ["link", undefined, undefined]);
    }
    const absolute = visit(`http://${HOST}/abc`, { host: "api.twilio.com" });
    assert.equal(statusOf(await world.ask(absolute)), 302, "the host of the target counts");
  });

  it("of an edge is no such request where its host is another one", async (t) => {
    const cell = new ScriptedCell(answering(ok()));
    const world = await edgeWorld(t, { a: cell }, { pipeline: { links } });
    assert.equal(statusOf(await world.ask(visit(MESSAGES, { host: "api.twilio.com" }))), 401);
    assert.equal(statusOf(await world.ask(visit("/abc", { host: "other.example.com" }))), 401);
    assert.equal(statusOf(await world.ask(visit("/abc", { fields: "X-Forwarded-Host: other.example.com\r\n" }))), 401);
    assert.equal(cell.received.length, 0);
  });

  it("carries a password and nothing long", async (t) => {
    const cell = new ScriptedCell(answering(FOUND));
    const world = await edgeWorld(t, { a: cell }, { pipeline: { links } });
    const fields = "Content-Type: application/x-www-form-urlencoded\r\n";
    assert.equal(statusOf(await world.ask(visit("/abc", { method: "POST", fields, body: "password=x" }))), 302);
    assert.equal(cell.received[0]?.body.toString(), "password=x");
    const long = visit("/abc", { method: "POST", fields, body: "x".repeat(4_097) });
    assert.equal(statusOf(await world.ask(long)), 413);
    const chunks = `${(5_000).toString(16)}\r\n${"x".repeat(5_000)}\r\n0\r\n\r\n`;
    const chunked = visit("/abc", { method: "POST", fields: "Transfer-Encoding: chunked\r\n" }) + chunks;
    assert.equal(statusOf(await world.ask(chunked)), 413);
    assert.equal(cell.received.length, 1);
  });

  it("is limited by its address, as a class of its own", async (t) => {
    const asked: LimitedRequest[] = [];
    const limits = {
      decide: (limited: LimitedRequest) => {
        asked.push(limited);
        return { admitted: asked.length < 4, retryAfterMs: 1_000 };
      },
    };
    const world = await edgeWorld(t, { a: new ScriptedCell(answering(FOUND)) }, { pipeline: { links, limits } });
    assert.equal(statusOf(await world.ask(visit("/abc"))), 302);
    assert.equal(statusOf(await world.ask(visit("/abc"))), 429);
    assert.ok(asked.every(({ routeClass, accountSid }) => routeClass === "link" && accountSid === undefined));
    assert.deepEqual(
      asked.map(({ ip }) => ip !== undefined),
      [true, false, true, false],
    );
  });

  it("follows a 421 to the new home of the account, and goes there at once from then on", async (t) => {
    const old = new ScriptedCell(answering(GONE_TO_B));
    const next = new ScriptedCell(answering(FOUND));
    const world = await edgeWorld(t, { a: old, b: next }, { pipeline: { links } });
    for (const path of ["/code-of-a", "/slug"]) assert.equal(statusOf(await world.ask(visit(path))), 302);
    assert.deepEqual([old.received.length, next.received.length, world.routes.repairs], [1, 2, 1]);
  });

  it("with a code goes to the cell that gave it out while the home is not known, and waits for the home otherwise", async (t) => {
    const cells = { a: new ScriptedCell(answering(FOUND)), b: new ScriptedCell(answering(FOUND)) };
    const world = await edgeWorld(t, cells, { pipeline: { links } });
    let lookUps: ((home: Home | undefined) => void)[] = [];
    world.routes.route = (() => new Promise((resolve) => lookUps.push(resolve))) as never;
    assert.equal(statusOf(await world.ask(visit("/code-of-b"))), 302);
    assert.deepEqual([cells.a.received.length, cells.b.received.length], [0, 1]);
    lookUps = [];
    for (const path of ["/slug", "/code-of-nobody"]) {
      const answer = world.ask(visit(path));
      while (lookUps.length === 0) await new Promise(setImmediate);
      lookUps.pop()?.({ cell: "a", epoch: 1 });
      assert.equal(statusOf(await answer), 302);
    }
    assert.deepEqual([cells.a.received.length, cells.b.received.length], [2, 1]);
  });

  it("of an account that has no home is answered 404, and of a cell that is away 503", async (t) => {
    const cell = new ScriptedCell(answering(FOUND));
    const world = await edgeWorld(t, { a: cell }, { pipeline: { links } });
    world.routes.homes.set(ACCOUNT, { cell: "gone", epoch: 2 });
    assert.equal(statusOf(await world.ask(visit("/abc"))), 503);
    world.routes.homes.clear();
    const answer = await world.ask(visit("/abc"));
    assert.equal(statusOf(answer), 404);
    assert.match(bodyOf(answer), /20404/);
  });
});

describe("a request to a link domain in one process", () => {
  it("passes the same stages before it is answered, and is limited by its address", async (t) => {
    let admitted = 2;
    const answered: string[] = [];
    const destination = {
      forward: ({ routeClass, pathname }: EdgeRequest) => {
        answered.push(`${routeClass} ${pathname}`);
        return Promise.resolve({ status: 302, headers: ["Location", "https://shop.example/"] });
      },
    };
    const limits = {
      decide: ({ ip }: LimitedRequest) => ({ admitted: ip === undefined || (admitted -= 1) >= 0, retryAfterMs: 1_000 }),
    };
    const world = await edgeWorld(t, {}, { pipeline: { links, limits, destination, routes: undefined } });
    const seen = [];
    for (const path of ["/abc", "/healthz", "/abc"]) seen.push(statusOf(await world.ask(visit(path))));
    assert.deepEqual(seen, [302, 302, 429]);
    assert.deepEqual(answered, ["link /abc", "link /healthz"]);
  });
});

describe("the address of a client behind an edge", () => {
  const from = (headers: Record<string, string>): string =>
    addressBehindEdge({ headers, peer: "10.0.0.1" } as unknown as Parameters<typeof addressBehindEdge>[0]);
  const id = { "x-trunkline-request-id": `RQ${"1".repeat(32)}` };

  it("is what the edge says, of requests that came through one", () => {
    assert.equal(from({ ...id, "x-forwarded-for": "192.0.2.7" }), "192.0.2.7");
    assert.equal(from({ ...id, "x-forwarded-for": "2001:db8::7" }), "2001:db8::7");
  });

  it("is the other end of the connection for all others, and where the edge says nothing", () => {
    assert.equal(from({ "x-forwarded-for": "192.0.2.7" }), "10.0.0.1");
    assert.equal(from(id), "10.0.0.1");
    assert.equal(from({ ...id, "x-forwarded-for": "192.0.2.7, 192.0.2.8" }), "10.0.0.1");
  });
});
