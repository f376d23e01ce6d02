import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import {
  ACCOUNT,
  type Answer,
  DOMAIN,
  LinksWorld,
  type MemoryLinkIndex,
  OPERATOR,
  PHONE_AGENT,
  SERVICE,
  STRANGER,
} from "../../../test/kit/links-world.ts";

const LINKS = "/trunkline/v1/Links";
const TARGET = "https://shop.example/offer?customer=1&utm=sms";

let postgres: TestPostgres;
let world: LinksWorld;

describe("links", () => {
  beforeEach(async () => {
    postgres = await startTestPostgres();
    world = await LinksWorld.open(postgres.database);
  });
  afterEach(async () => {
    await world.close();
    await postgres.stop();
  });

  interface Shown {
    readonly sid: string;
    readonly short_url: string;
    readonly code: string;
  }

  const create = (body: Record<string, string | string[]>): Promise<Shown> =>
    world.ask("POST", LINKS, { body: { TargetUrl: TARGET, ...body } });

  async function clicksOf(link: Shown): Promise<Answer> {
    return world.ask("GET", `${LINKS}/${link.sid}/Analytics`);
  }

  describe("a short link", () => {
    it("leads on, from memory, from the index, and after a restart, and its clicks are counted once", async () => {
      await world.domain();
      const link = await create({});
      assert.match(link.short_url, /^https:\/\/go\.example\.com\/[0-9A-Za-z]{10}$/);
      for (const moment of ["in memory", "in the index"]) {
        const seen = await world.visit(link.short_url);
        assert.equal(seen.status, 302, moment);
        assert.equal(seen.location, TARGET);
        assert.equal(seen.headers["cache-control"], "no-store");
        assert.equal(seen.headers["x-robots-tag"], "noindex, nofollow");
        assert.equal(await world.projection.flush(), true);
      }
      await world.crash();
      assert.equal((await world.visit(link.short_url)).location, TARGET);
      await world.crash();
      await world.projection.flush();
      const counted = await clicksOf(link);
      assert.equal(counted["clicks"], 3);
      assert.deepEqual(counted["devices"], [{ name: "phone", clicks: 3 }]);
      assert.deepEqual(counted["browsers"], [{ name: "safari", clicks: 3 }]);
      assert.deepEqual(counted["systems"], [{ name: "ios", clicks: 3 }]);
      assert.deepEqual(counted["countries"], [{ name: "unknown", clicks: 3 }]);
      assert.deepEqual(counted["series"], [{ date: "2025-06-15T00:00:00Z", clicks: 3, previews: 0, bots: 0 }]);
    });

    it("leads on once its answer is durable: a click that was answered is not lost in a crash", async () => {
      await world.domain();
      const link = await create({});
      for (let n = 0; n < 20; n += 1) {
        await Promise.all([world.visit(link.short_url), world.visit(link.short_url)]);
        if (n % 3 === 0) await world.projection.flush();
        await world.crash();
      }
      assert.equal((await clicksOf(link))["clicks"], 40);
      await world.projection.flush();
      assert.equal((await clicksOf(link))["clicks"], 40);
    });

    it("is found again when the index was lost, as a whole or a part of it", async () => {
      await world.domain();
      const link = await create({});
      await world.projection.flush();
      const index = world.index as MemoryLinkIndex;
      index.entries.clear();
      assert.equal(
        (await world.visit(link.short_url)).location,
        TARGET,
        "the row of a code that was given out is read",
      );
      assert.equal(index.size, 1);
      const slug = await create({ Slug: "sale" });
      await world.projection.flush();
      await index.clear();
      await world.crash();
      assert.equal((await world.visit(slug.short_url)).location, TARGET);
      assert.equal(index.size, 2);
    });

    it("never repeats a code, whatever crashes, and keeps counting when links are gone", async () => {
      await world.domain();
      const seen = new Set<string>();
      for (let n = 0; n < 10; n += 1) {
        const link = await create({});
        assert.ok(!seen.has(link.code));
        seen.add(link.code);
        if (n % 2 === 0) await world.projection.flush();
        if (n % 4 === 1) await world.ask("DELETE", `${LINKS}/${link.sid}`);
        await world.crash();
      }
      assert.equal(seen.size, 10);
    });

    it("can have a slug that nobody else has on that domain", async () => {
      await world.domain();
      const link = await create({ Slug: "summer-sale" });
      assert.equal(link.short_url, `https://${DOMAIN}/summer-sale`);
      for (const moment of ["in memory", "in the index"]) {
        const twice = await world.call("POST", LINKS, { body: { TargetUrl: TARGET, Slug: "summer-sale" } });
        assert.equal(twice.status, 409, moment);
        await world.projection.flush();
      }
      const both = await Promise.all(
        [1, 2].map(() => world.call("POST", LINKS, { body: { TargetUrl: TARGET, Slug: "race" } })),
      );
      assert.deepEqual(both.map(({ status }) => String(status)).toSorted(), ["201", "409"]);
      assert.equal((await world.visit(`${link.short_url}.`)).location, TARGET, "a full stop after it is forgiven");
      for (const slug of ["abcdefghij", "a b", "a/b", "ä", "x".repeat(65)]) {
        assert.equal((await world.call("POST", LINKS, { body: { TargetUrl: TARGET, Slug: slug } })).status, 400, slug);
      }
      await world.ask("DELETE", `${LINKS}/${link.sid}`);
      assert.equal((await world.visit(link.short_url)).status, 404);
      const again = await create({ Slug: "summer-sale" });
      assert.equal(await world.projection.flush(), true, "freed and taken within one batch");
      assert.equal((await world.visit(link.short_url)).location, TARGET);
      assert.equal((await world.call("GET", `${LINKS}/${link.sid}`)).status, 404);
      assert.equal((await world.ask("GET", `${LINKS}/${again.sid}`)).code, "summer-sale");
    });

    it("leads nowhere it should not: no other scheme, no user name, no link domain, no blocked host", async () => {
      await world.domain();
      for (const url of [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.example/",
        "https://bank.example@evil.example/",
        `https://${DOMAIN}/abcdefghij`,
        "https://",
        "/relative",
        `https://a.example/${"x".repeat(2_100)}`,
      ]) {
        assert.equal((await world.call("POST", LINKS, { body: { TargetUrl: url } })).status, 400, url);
      }
      const link = await create({ TargetUrl: "https://www.evil.example/x" });
      await world.ask("POST", "/trunkline/v1/BlockedLinkHosts", { body: { Host: "Evil.Example" }, as: OPERATOR });
      assert.equal((await world.visit(link.short_url)).status, 410);
      const refused = await world.call("POST", LINKS, { body: { TargetUrl: "http://evil.example" } });
      assert.equal(JSON.parse(refused.body).code, 30_111);
      assert.equal((await world.call("GET", "/trunkline/v1/BlockedLinkHosts")).status, 404);
      await world.ask("DELETE", "/trunkline/v1/BlockedLinkHosts/evil.example", { as: OPERATOR });
      assert.equal((await world.visit(link.short_url)).status, 302);
    });

    it("writes nothing of a visitor into its answer, nor anything that could end a header field", async () => {
      await world.domain();
      const link = await create({ TargetUrl: "https://a.example/ü?x=%0d%0aSet-Cookie:a=b" });
      const seen = await world.visit(`${link.short_url}?next=https://evil.example`);
      assert.equal(seen.location, "https://a.example/%C3%BC?x=%0d%0aSet-Cookie:a=b");
      const missed = await world.visit(`https://${DOMAIN}/<script>alert(1)</script>`);
      assert.equal(missed.status, 404);
      assert.ok(!missed.body.includes("alert"));
    });

    it("can be changed, disabled and deleted by its account alone", async () => {
      await world.domain();
      const link = await create({ Title: "Sale", Tag: ["a", "b"] });
      for (const moment of ["in memory", "in the database"]) {
        const other = `https://shop.example/${moment.length}`;
        const changed = await world.ask("POST", `${LINKS}/${link.sid}`, { body: { TargetUrl: other } });
        assert.equal(changed.title, "Sale", moment);
        assert.deepEqual(changed.tags, ["a", "b"]);
        assert.equal((await world.visit(link.short_url)).location, other);
        await world.projection.flush();
        assert.equal((await world.visit(link.short_url)).location, other);
      }
      for (const [method, path] of [
        ["GET", link.sid],
        ["POST", link.sid],
        ["DELETE", link.sid],
        ["GET", `${link.sid}/QrCode`],
        ["GET", `${link.sid}/Analytics`],
      ] as const) {
        assert.equal((await world.call(method, `${LINKS}/${path}`, { as: STRANGER })).status, 404, path);
      }
      await world.ask("POST", `${LINKS}/${link.sid}`, { body: { Status: "disabled" } });
      assert.equal((await world.visit(link.short_url)).status, 410);
      await world.crash();
      assert.equal((await world.visit(link.short_url)).status, 410);
      await world.ask("POST", `${LINKS}/${link.sid}`, { body: { Status: "active", Permanent: "true" } });
      const permanent = await world.visit(link.short_url);
      assert.equal(permanent.status, 301);
      assert.equal(permanent.headers["cache-control"], "private, max-age=90");
      await world.ask("DELETE", `${LINKS}/${link.sid}`);
      for (const moment of ["at once", "projected", "restarted"]) {
        assert.equal((await world.visit(link.short_url)).status, 404, moment);
        assert.equal((await world.call("GET", `${LINKS}/${link.sid}`)).status, 404, moment);
        if (moment === "at once") await world.projection.flush();
        else await world.crash();
      }
    });

    it("ends when it is to, and leads to the fallback then, which its account is told of", async () => {
      const domain = await world.domain();
      const link = await create({ DateExpires: "2025-06-15T13:00:00Z" });
      assert.equal((await world.visit(link.short_url)).status, 302);
      world.clock.advance(3_600_000);
      assert.equal((await world.visit(link.short_url)).status, 410);
      await world.ask("POST", `/v1/LinkShortening/Domains/${domain.sid}/Config`, {
        body: { FallbackUrl: "https://www.example.com/ended" },
      });
      assert.equal((await world.visit(link.short_url)).location, "https://www.example.com/ended");
      assert.equal((await world.visit(`https://${DOMAIN}/nosuchcode`)).location, "https://www.example.com/ended");
      assert.equal((await world.visit(`https://${DOMAIN}/`)).location, "https://www.example.com/ended");
      await world.rest();
      assert.deepEqual(
        world.alerts.map(({ errorCode, resourceSid }) => [errorCode, resourceSid]),
        [
          [30_105, link.sid],
          [30_104, domain.sid],
        ],
        "once a minute for each",
      );
    });

    it("asks for a password in a form, takes only so many, and has none in its address", async () => {
      await world.domain();
      const link = await create({ Password: "open sesame" });
      const form = await world.visit(link.short_url);
      assert.equal(form.status, 200);
      assert.match(form.body, /<form method="post">/);
      const type = { "user-agent": PHONE_AGENT, "content-type": "application/x-www-form-urlencoded" };
      const post = (password: string, peer?: string) =>
        world.visit(link.short_url, {
          method: "POST",
          headers: type,
          body: `password=${encodeURIComponent(password)}`,
          ...(peer === undefined ? {} : { peer }),
        });
      const right = await post("open sesame");
      assert.deepEqual([right.status, right.location], [303, TARGET]);
      const guesses = await Promise.all(Array.from({ length: 20 }, () => post("wrong")));
      assert.equal(guesses.filter(({ status }) => status === 403).length, 5, "however many come at once");
      assert.equal((await post("open sesame")).status, 429);
      assert.equal((await post("open sesame", "198.51.100.1")).status, 303, "somebody else may");
      world.clock.advance(15 * 60_000);
      assert.equal((await post("open sesame")).status, 303);
      assert.equal((await clicksOf(link))["clicks"], 3);
      const shown = await world.call("GET", `${LINKS}/${link.sid}`);
      assert.ok(!shown.body.includes("sesame"));
      assert.equal(JSON.parse(shown.body).has_password, true);
    });

    it("works on its own domain alone", async () => {
      await world.domain();
      await world.domain("links.other.example", STRANGER);
      const link = await create({});
      assert.equal((await world.visit(`https://links.other.example/${link.code}`)).status, 404);
      assert.equal((await world.visit(`https://unknown.example/${link.code}`)).status, 599, "that is for the API");
      assert.equal((await world.visit(`https://GO.example.com.:443/${link.code}`)).location, TARGET);
    });
  });

  describe("who visits a link", () => {
    it("is a preview or a program where nobody sees it, and that is no click", async () => {
      await world.domain();
      const link = await create({});
      const visits: readonly [string, string | undefined, Record<string, string>?][] = [
        ["GET", PHONE_AGENT],
        ["HEAD", PHONE_AGENT],
        ["GET", PHONE_AGENT, { "sec-purpose": "prefetch;prerender" }],
        ["GET", PHONE_AGENT, { "x-purpose": "preview" }],
        ["GET", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"],
        ["GET", "WhatsApp/2.23.20.0 A"],
        [
          "GET",
          "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/56.0.2924.87 Safari/537.36 Google-PageRenderer Google (+https://developers.google.com/+/web/snippet/)",
        ],
        ["GET", "curl/8.5.0"],
        ["GET", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"],
        ["GET", undefined],
      ];
      for (const [method, agent, more = {}] of visits) {
        const headers = { ...(agent === undefined ? {} : { "user-agent": agent }), ...more };
        assert.equal((await world.visit(link.short_url, { method, headers })).status, 302, agent ?? "none");
      }
      await world.rest();
      const counted = await clicksOf(link);
      assert.deepEqual([counted["clicks"], counted["previews"], counted["bots"]], [1, 6, 3]);
    });

    it("is counted by country, referrer, device, browser and system, the names bounded", async () => {
      await world.close();
      world = await LinksWorld.open(postgres.database, {
        countryOf: (address) => (address === "192.0.2.9" ? "DE" : undefined),
      });
      await world.domain();
      const link = await create({});
      await world.visit(link.short_url, {
        headers: {
          "user-agent":
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
          referer: "https://news.example/page?secret=1",
        },
        peer: "192.0.2.9",
      });
      for (let n = 0; n < 80; n += 1) {
        await world.visit(link.short_url, {
          headers: { "user-agent": PHONE_AGENT, referer: `https://site${n}.example/` },
        });
      }
      const counted = await clicksOf(link);
      assert.deepEqual(counted["countries"], [
        { name: "unknown", clicks: 80 },
        { name: "DE", clicks: 1 },
      ]);
      assert.deepEqual(counted["browsers"][1], { name: "edge", clicks: 1 });
      assert.deepEqual(counted["devices"][1], { name: "desktop", clicks: 1 });
      assert.equal(counted["referrers"].length, 51);
      assert.deepEqual(counted["referrers"][0], { name: "other", clicks: 31 });
      await world.projection.flush();
      assert.deepEqual(await clicksOf(link), counted);
      await world.rest();
      const rows = await postgres.database.query("select * from links, link_clicks");
      assert.ok(!JSON.stringify(rows).includes("192.0.2.9"), "no address is kept");
    });
  });

  describe("links in messages", () => {
    it("replace the URLs, exist with the message, and tell of their clicks as Twilio does", async () => {
      const domain = await world.domain();
      await world.ask("POST", `/v1/LinkShortening/Domains/${domain.sid}/MessagingServices/${SERVICE}`);
      await world.ask("POST", `/v1/LinkShortening/Domains/${domain.sid}/Config`, {
        body: { CallbackUrl: "https://hooks.example/clicks" },
      });
      const atMs = world.clock.nowMs();
      const body = `Hi! See ${TARGET}, or (https://b.example/y). Again: ${TARGET} https://${DOMAIN}/abcdefghij`;
      const short = world.module.shortening.shorten({ accountSid: ACCOUNT, serviceSid: SERVICE, body, atMs });
      assert.equal(short.links.length, 2);
      const [first, second] = short.links;
      assert.equal(
        short.body,
        `Hi! See https://${DOMAIN}/${first?.code}, or (https://${DOMAIN}/${second?.code}). Again: https://${DOMAIN}/${first?.code} https://${DOMAIN}/abcdefghij`,
      );
      assert.equal(first?.expiresAtMs, atMs + 90 * 86_400_000);
      assert.equal((await world.visit(`https://${DOMAIN}/${first?.code}`)).status, 404, "no message, no link");
      const messageSid = `SM${"9".repeat(32)}`;
      const of = { messageSid, serviceSid: SERVICE, from: "+15005550006", to: "+14155550100" };
      for (const link of short.links)
        await world.tell({ kind: "link.created", accountSid: ACCOUNT, link, ...of } as never);
      assert.equal((await world.visit(`https://${DOMAIN}/${first?.code}`)).location, TARGET);
      await world.visit(`https://${DOMAIN}/${first?.code}`, { headers: { "user-agent": "WhatsApp/2.23" } });
      assert.equal(world.webhooks.length, 1);
      const [told] = world.webhooks;
      assert.equal(told?.url, "https://hooks.example/clicks");
      assert.equal(told?.method, "POST");
      assert.equal(told?.resourceSid, messageSid);
      assert.deepEqual(Object.fromEntries(told?.params ?? []), {
        event_type: "click",
        sms_sid: messageSid,
        to: "+14155550100",
        from: "+15005550006",
        link: TARGET,
        shortened_link: `https://${DOMAIN}/${first?.code}`,
        link_create_time: "2025-06-15T12:30:00.000Z",
        click_time: "2025-06-15T12:30:00.000Z",
        messaging_service_sid: SERVICE,
        account_sid: ACCOUNT,
        user_agent: PHONE_AGENT,
      });
      await world.projection.flush();
      const listed = await world.ask("GET", `${LINKS}?MessageSid=${messageSid}`);
      assert.equal(listed.links.length, 2);
      const next = world.module.shortening.shorten({ accountSid: ACCOUNT, serviceSid: SERVICE, body: TARGET, atMs });
      assert.ok(!short.links.some(({ code }) => code === next.links[0]?.code));
    });

    it("are refused with the reason, or left out where the domain says to go on", async () => {
      const atMs = world.clock.nowMs();
      const shorten = (body: string) =>
        world.module.shortening.shorten({ accountSid: ACCOUNT, serviceSid: SERVICE, body, atMs });
      const codeOf = (body: string): number => {
        try {
          shorten(body);
        } catch (error) {
          return (error as { code: number }).code;
        }
        return 0;
      };
      assert.equal(codeOf(TARGET), 30_106);
      assert.equal(codeOf("nothing to shorten"), 0);
      const domain = await world.domain();
      await world.ask("POST", `/v1/LinkShortening/Domains/${domain.sid}/MessagingServices/${SERVICE}`);
      assert.equal(codeOf(TARGET), 0);
      const stand = (Status: string) =>
        world.ask("POST", `/trunkline/v1/LinkDomains/${domain.sid}`, { body: { Status }, as: OPERATOR });
      await stand("pending");
      assert.equal(codeOf(TARGET), 30_101);
      await stand("blocked");
      assert.equal(codeOf(TARGET), 30_110);
      await world.ask("POST", `/v1/LinkShortening/Domains/${domain.sid}/Config`, {
        body: { ContinueOnFailure: "true" },
      });
      assert.deepEqual(shorten(TARGET), { body: TARGET, links: [] });
      await stand("verified");
      await world.ask("POST", "/trunkline/v1/BlockedLinkHosts", { body: { Host: "shop.example" }, as: OPERATOR });
      assert.equal(codeOf(TARGET), 30_111);
      await world.ask("DELETE", "/trunkline/v1/BlockedLinkHosts/shop.example", { as: OPERATOR });
      await world.ask("POST", `/v1/LinkShortening/Domains/${domain.sid}/Config`, { body: { DisableHttps: "true" } });
      assert.match(shorten(TARGET).body, /^go\.example\.com\/[0-9A-Za-z]{10}$/);
    });
  });

  describe("links of an account that moves", () => {
    const HOME = { cell: "messaging-2", epoch: 4 };

    it("are told of by a forward in the cell that gave their codes out, and come with the account to the other", async () => {
      let hasMoved = false;
      await world.close();
      world = await LinksWorld.open(postgres.database, {
        standing: (key) => (hasMoved && key === ACCOUNT ? { kind: "moved", home: HOME } : undefined),
      });
      await world.domain();
      const link = await create({ Password: "x", Title: "t" });
      const slug = await create({ Slug: "sale" });
      await world.visit(link.short_url);
      const { movable } = world.module;
      const family = { mainSid: ACCOUNT, accountSids: [ACCOUNT], numbers: [] };
      assert.deepEqual([...(movable.changing?.(family, "links") ?? [])].length, 2);
      assert.ok((movable.pending?.(family) ?? 0) > 0);
      await movable.settled?.();
      await world.projection.flush();
      assert.equal(movable.pending?.(family), 0);

      const { database } = postgres;
      const rows = await database.query("select * from links");
      for (const { name, owned, emptied } of (movable.tables ?? []).toReversed()) {
        const removal = emptied === undefined ? `delete from ${name} t` : `update ${name} t set ${emptied.left}`;
        await database.query(`${removal} where ${owned}`, [[ACCOUNT]]);
      }
      hasMoved = true;
      await movable.departed?.(family);
      const left = JSON.stringify(await database.query("select * from links"));
      assert.ok(!left.includes("shop.example") && !left.includes('"t"'), "nothing of what it led to is left");
      // The edge says that it is for a link domain, which this cell does not know any more.
      const headers = { "x-trunkline-link": ACCOUNT };
      for (const moment of ["at once", "after a restart"]) {
        const forwarded = await world.visit(link.short_url, { headers });
        assert.equal(forwarded.status, 421, moment);
        assert.equal(forwarded.headers["x-trunkline-home"], HOME.cell);
        assert.equal(forwarded.headers["x-trunkline-epoch"], "4");
        const slugAnswer = await world.visit(slug.short_url, { headers });
        assert.deepEqual([slugAnswer.status, slugAnswer.headers["x-trunkline-home"]], [421, HOME.cell]);
        for (const path of ["abcdefghij", "", "a/b", ".well-known/acme-challenge/x"]) {
          assert.equal((await world.visit(`https://${DOMAIN}/${path}`, { headers })).status, 421, path);
        }
        const stranger = { "x-trunkline-link": STRANGER };
        assert.equal((await world.visit(`https://${DOMAIN}/abcdefghij`, { headers: stranger })).status, 404);
        await world.crash();
        assert.equal(await world.projection.flush(), true);
        assert.equal(
          JSON.stringify(await database.query("select * from links")),
          left,
          "a replay does not write it again",
        );
      }
      assert.equal((await world.call("GET", `${LINKS}/${link.sid}`)).status, 404);
      assert.equal((await world.ask("GET", LINKS)).links.length, 0);

      // And back again, over the forwards.
      hasMoved = false;
      await database.query("delete from links");
      for (const row of rows) {
        const columns = Object.keys(row);
        const places = columns.map((_, at) => `$${at + 1}`);
        await database.query(
          `insert into links (${columns.join(", ")}) values (${places.join(", ")})`,
          columns.map((name) => row[name]),
        );
      }
      await database.query("update link_domains set status = 'verified'");
      await movable.arrived?.(family);
      await world.domain();
      assert.equal((await world.visit(slug.short_url)).location, TARGET);
      assert.equal((await world.visit(link.short_url)).status, 200, "it still asks for its password");
    });
  });

  describe("what is old", () => {
    it("is forgotten: links a month after their end, counts after 13 months", async () => {
      await world.domain();
      const ended = await create({ DateExpires: "2025-06-16T00:00:00Z", Slug: "ended" });
      const lasting = await create({});
      await world.visit(ended.short_url);
      await world.projection.flush();
      world.clock.advance(40 * 86_400_000);
      const { prune } = world.module;
      assert.deepEqual(await prune(), { links: 1, tallies: 0 });
      assert.equal((await world.visit(ended.short_url)).status, 404);
      assert.equal((await world.visit(lasting.short_url)).status, 302);
      await world.projection.flush();
      world.clock.advance(400 * 86_400_000);
      assert.deepEqual(await prune(), { links: 0, tallies: 2 });
    });
  });

  describe("many links at once", () => {
    it("are made or refused each for itself, and listed in pages, newest first", async () => {
      await world.domain();
      const links = [
        ...Array.from({ length: 120 }, (_, n) => ({
          target_url: `https://a.example/${n}`,
          tags: n % 2 === 0 ? ["even"] : [],
        })),
        { target_url: "javascript:1" },
        { target_url: 5 },
        { target_url: TARGET, slug: "bulk-1" },
        { target_url: TARGET, slug: "bulk-1" },
      ];
      const made = await world.ask("POST", `${LINKS}/Bulk`, { body: JSON.stringify({ links }) });
      assert.deepEqual([made.created, made.failed], [121, 3]);
      assert.deepEqual(
        made.links.slice(120).map((link: { error_code?: number }) => link.error_code ?? 0),
        [20_001, 20_001, 0, 20_409],
      );
      for (const moment of ["in memory", "in the database"]) {
        const first = await world.ask("GET", `${LINKS}?PageSize=100`);
        assert.equal(first.links.length, 100, moment);
        assert.equal(first.links[0].code, "bulk-1");
        const second = await world.ask(
          "GET",
          String(first.meta?.next_page_url ?? first.next_page_uri).replace(/^https?:\/\/[^/]+/, ""),
        );
        assert.equal(second.links.length, 21);
        assert.equal((await world.ask("GET", `${LINKS}?Tag=even`)).links.length, 50);
        assert.equal((await world.ask("GET", LINKS, { as: STRANGER })).links.length, 0);
        await world.projection.flush();
      }
      for (const body of ["[]", "{}", '{"links":[]}', `{"links":[${"{},".repeat(10_000)}{}]}`]) {
        assert.equal((await world.call("POST", `${LINKS}/Bulk`, { body })).status, 400);
      }
    });

    it("are refused where a database could not keep them, which would keep everything behind them out of it too", async () => {
      await world.domain();
      const dates = ["-271821-04-20T00:00:00Z", "+275760-09-13T00:00:00Z", "1969-12-31T23:59:59Z"];
      const links = [
        ...dates.map((date) => ({ target_url: TARGET, date_expires: date })),
        { target_url: "https://a.example/\u0001" },
        { target_url: "https://a.example/\u0000" },
        { target_url: "https://a.example/\n" },
        { target_url: TARGET, date_expires: "9999-01-01T00:00:00Z" },
        { target_url: "https://a.example/\ud800" },
      ];
      const made = await world.ask("POST", `${LINKS}/Bulk`, { body: JSON.stringify({ links }) });
      assert.deepEqual([made.created, made.failed], [3, 5], "zero characters and half pairs came as U+FFFD");
      assert.equal(await world.projection.flush(), true);
      assert.equal((await world.ask("GET", LINKS)).links.length, 3);
    });

    it("have QR codes as SVG and PNG", async () => {
      await world.domain();
      const link = await create({});
      const svg = await world.call("GET", `${LINKS}/${link.sid}/QrCode`);
      assert.equal(svg.headers["content-type"], "image/svg+xml");
      assert.match(svg.body, /^<svg /);
      const png = await world.call("GET", `${LINKS}/${link.sid}/QrCode?Format=png&Size=128`);
      assert.equal(png.headers["content-type"], "image/png");
      assert.equal((await world.call("GET", `${LINKS}/${link.sid}/QrCode?Size=100000`)).status, 400);
    });
  });
});
