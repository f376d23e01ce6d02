import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { acmeIssuer } from "../../../adapters/acme/index.ts";
import { startAcmeServer } from "../../../../test/kit/acme-server.ts";
import { testAuthority } from "../../../../test/kit/certificates.ts";
import {
  ACCOUNT,
  type Answer,
  DOMAIN,
  LinksWorld,
  OPERATOR,
  SERVICE,
  STRANGER,
} from "../../../../test/kit/links-world.ts";
import { startTestPostgres, type TestPostgres } from "../../../../test/kit/postgres.ts";
import { until } from "../../../../test/kit/until.ts";

const LINK_DOMAINS = "/trunkline/v1/LinkDomains";

let postgres: TestPostgres;
let world: LinksWorld;

describe("link domains", () => {
  beforeEach(async () => {
    postgres = await startTestPostgres();
    world = await LinksWorld.open(postgres.database);
  });
  afterEach(async () => {
    await world.close();
    await postgres.stop();
  });

  const shortening = (sid: string, rest: string): string => `/v1/LinkShortening/Domains/${sid}/${rest}`;

  async function codeOf(...call: Parameters<LinksWorld["call"]>): Promise<number> {
    return (JSON.parse((await world.call(...call)).body) as { code: number }).code;
  }

  describe("a link domain", () => {
    it("works once its account has proven it, by a TXT record or a file", async () => {
      for (const [name, prove] of [
        ["dns.example.com", (proof: Answer) => world.dns.set(proof.dns.name, ["other", proof.dns.value])],
        ["file.example.com", (proof: Answer) => world.files.set(proof.file.url, `${proof.file.content}\n`)],
      ] as const) {
        const made = await world.ask("POST", LINK_DOMAINS, { body: { DomainName: name } });
        assert.equal(made.status, "pending");
        const verify = `${LINK_DOMAINS}/${made.sid}/Verification`;
        assert.equal((await world.ask("POST", verify)).status, "pending");
        assert.equal((await world.visit(`https://${name}/x`)).status, 599);
        prove(made.proof);
        assert.equal((await world.ask("POST", verify)).status, "verified");
        assert.equal((await world.visit(`https://${name}/x`)).status, 404);
      }
      await world.crash();
      assert.equal((await world.visit("https://dns.example.com/x")).status, 404);
      assert.equal((await world.ask("GET", LINK_DOMAINS)).link_domains.length, 2);
    });

    it("is nobody else's, and none of the hosts that are answered here already", async () => {
      const domain = await world.domain();
      assert.equal(
        await codeOf("POST", LINK_DOMAINS, { body: { DomainName: DOMAIN.toUpperCase() }, as: STRANGER }),
        20_409,
      );
      for (const name of [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "api.twilio.com",
        "sms.example.org",
        "a b.example",
        "go.example.com/x",
        "user@go.example.com",
        "go.example.com:8080",
        "-",
      ]) {
        assert.equal((await world.call("POST", LINK_DOMAINS, { body: { DomainName: name } })).status, 400, name);
      }
      const other = await world.ask("POST", LINK_DOMAINS, { body: { DomainName: "https://Bücher.example/" } });
      assert.equal(other.domain_name, "xn--bcher-kva.example");
      for (const [method, path] of [
        ["GET", `${LINK_DOMAINS}/${domain.sid}`],
        ["DELETE", `${LINK_DOMAINS}/${domain.sid}`],
        ["POST", `${LINK_DOMAINS}/${domain.sid}/Verification`],
        ["POST", shortening(domain.sid, "Config")],
        ["GET", shortening(domain.sid, "ValidateDns")],
        ["POST", shortening(domain.sid, `MessagingServices/${SERVICE}`)],
        ["POST", shortening(domain.sid, "RequestManagedCert")],
      ] as const) {
        assert.equal((await world.call(method, path, { as: STRANGER })).status, 404, path);
      }
      const stand = { body: { Status: "verified" } };
      assert.equal((await world.call("POST", `${LINK_DOMAINS}/${domain.sid}`, stand)).status, 404, "only the operator");
    });

    it("that nobody proved within a day may be another account's", async () => {
      await world.ask("POST", LINK_DOMAINS, { body: { DomainName: DOMAIN }, as: STRANGER });
      assert.equal(await codeOf("POST", LINK_DOMAINS, { body: { DomainName: DOMAIN } }), 20_409);
      world.clock.advance(86_400_001);
      await world.domain();
    });

    it("can go once no link is on it", async () => {
      const domain = await world.domain();
      const link = await world.ask("POST", "/trunkline/v1/Links", { body: { TargetUrl: "https://a.example/" } });
      for (const moment of ["in memory", "in the database"]) {
        assert.equal((await world.call("DELETE", `${LINK_DOMAINS}/${domain.sid}`)).status, 409, moment);
        await world.projection.flush();
      }
      await world.ask("DELETE", `/trunkline/v1/Links/${link.sid}`);
      await world.projection.flush();
      await world.ask("DELETE", `${LINK_DOMAINS}/${domain.sid}`);
      assert.equal((await world.visit(`https://${DOMAIN}/x`)).status, 599);
    });

    it("is configured, given to services and fetched as Twilio's API has it", async () => {
      const domain = await world.domain();
      const config = shortening(domain.sid, "Config");
      assert.equal((await world.call("GET", config)).status, 404);
      const set = await world.call("POST", config, {
        body: {
          FallbackUrl: "https://www.example.com",
          CallbackUrl: "https://hooks.example.com/c",
          ContinueOnFailure: "true",
        },
      });
      assert.equal(set.status, 201);
      const shown = JSON.parse(set.body) as Record<string, unknown>;
      assert.match(String(shown["config_sid"]), /^ZK[0-9a-f]{32}$/);
      assert.deepEqual(
        { ...shown, config_sid: "ZK" },
        {
          domain_sid: domain.sid,
          config_sid: "ZK",
          fallback_url: "https://www.example.com",
          callback_url: "https://hooks.example.com/c",
          continue_on_failure: true,
          disable_https: false,
          date_created: "2025-06-15T12:30:00Z",
          date_updated: "2025-06-15T12:30:00Z",
          url: `https://messaging.twilio.com${config}`,
        },
      );
      const again = await world.call("POST", config, { body: { CallbackUrl: "" } });
      assert.equal(again.status, 200);
      assert.equal((await world.ask("GET", config)).callback_url, null);
      assert.equal((await world.ask("GET", config)).fallback_url, "https://www.example.com");
      assert.equal(await codeOf("POST", config, { body: { FallbackUrl: "ftp://x" } }), 30_122);
      assert.equal(await codeOf("POST", config, { body: { FallbackUrl: `https://${DOMAIN}/x` } }), 30_122);
      assert.equal(await codeOf("POST", config, { body: { CallbackUrl: "nonsense" } }), 30_109);

      const given = shortening(domain.sid, `MessagingServices/${SERVICE}`);
      const association = await world.call("POST", given);
      assert.equal(association.status, 201);
      assert.deepEqual(JSON.parse(association.body), {
        domain_sid: domain.sid,
        messaging_service_sid: SERVICE,
        url: `https://messaging.twilio.com${given}`,
      });
      const found = await world.ask("GET", `/v1/LinkShortening/MessagingServices/${SERVICE}/Domain`);
      assert.equal(found.domain_sid, domain.sid);
      const ofService = await world.ask("GET", `/v1/LinkShortening/MessagingService/${SERVICE}/DomainConfig`);
      assert.equal(ofService.messaging_service_sid, SERVICE);
      assert.equal(ofService.continue_on_failure, true);
      const second = await world.domain("second.example.com");
      assert.equal(await codeOf("POST", shortening(second.sid, `MessagingServices/${SERVICE}`)), 30_130);
      assert.equal(await codeOf("POST", shortening(domain.sid, "MessagingServices/XX1")), 30_127);
      assert.equal((await world.call("DELETE", given)).status, 204);
      assert.equal((await world.call("DELETE", given)).status, 404);
      assert.equal((await world.call("GET", `/v1/LinkShortening/MessagingServices/${SERVICE}/Domain`)).status, 404);
    });

    it("says whether its name leads here", async () => {
      await world.close();
      world = await LinksWorld.open(postgres.database, {
        rules: {
          ownership: "required",
          reservedHosts: [],
          targets: ["edge.example.net", "198.51.100.9"],
          needsCertificates: false,
          allowSelfSigned: false,
        },
      });
      const domain = await world.domain();
      const validate = () => world.ask("GET", shortening(domain.sid, "ValidateDns"));
      assert.equal((await validate()).is_valid, false);
      world.addresses.set("edge.example.net", ["198.51.100.7", "198.51.100.8"]);
      for (const [addresses, isValid] of [
        [["198.51.100.7"], true],
        [["198.51.100.9", "198.51.100.8"], true],
        [["198.51.100.7", "203.0.113.1"], false],
      ] as const) {
        world.addresses.set(DOMAIN, [...addresses]);
        const found = await validate();
        assert.equal(found.is_valid, isValid, addresses.join());
        assert.equal(found.reason === "", isValid);
      }
      world.addresses.set(DOMAIN, ["10.0.0.7"]);
      assert.doesNotMatch((await validate()).reason, /10\.0\.0\.7/, "nor what this network calls its own machines");
    });
  });

  describe("the certificate of a link domain", () => {
    it("is taken, shown by name, kept sealed, and taken away", async () => {
      const domain = await world.domain();
      const nowMs = world.clock.nowMs();
      const { cert, key } = testAuthority(nowMs).issue([DOMAIN]);
      const path = shortening(domain.sid, "Certificate");
      assert.equal((await world.call("GET", path)).status, 404);
      const given = await world.call("POST", path, { body: { TlsCert: cert + key } });
      assert.equal(given.status, 201);
      const shown = JSON.parse(given.body) as Record<string, unknown>;
      assert.match(String(shown["certificate_sid"]), /^CW[0-9a-f]{32}$/);
      assert.deepEqual(
        { ...shown, certificate_sid: "CW" },
        {
          certificate_sid: "CW",
          domain_name: `https://${DOMAIN}`,
          domain_sid: domain.sid,
          date_expires: new Date(nowMs + 90 * 86_400_000).toISOString().replace(/\.\d+/, ""),
          date_created: "2025-06-15T12:30:00Z",
          date_updated: "2025-06-15T12:30:00Z",
          url: `https://messaging.twilio.com${path}`,
          cert_in_validation: null,
        },
      );
      const second = await world.ask("GET", path.replace("/v1/", "/v2/"));
      assert.deepEqual([second.managed, second.requesting], [false, false]);
      assert.equal(world.module.certificates.certificateOf(DOMAIN)?.key.trim(), key.trim());
      assert.equal(world.module.certificates.certificateOf(DOMAIN), world.module.certificates.certificateOf(DOMAIN));
      assert.notEqual(world.module.contexts.contextFor(DOMAIN), undefined);
      assert.equal(world.module.contexts.contextFor("other.example.com"), undefined);
      const rows = JSON.stringify(await postgres.database.query("select * from link_domains"));
      assert.ok(!rows.includes("PRIVATE KEY"));
      assert.ok(!given.body.includes("PRIVATE"));
      await world.crash();
      assert.notEqual(world.module.contexts.contextFor(DOMAIN), undefined);
      const stranger = testAuthority(nowMs).issue(["other.example.com"]);
      assert.equal(await codeOf("POST", path, { body: { TlsCert: stranger.cert + stranger.key } }), 30_117);
      assert.equal(await codeOf("POST", path, { body: { TlsCert: cert + stranger.key } }), 30_119);
      assert.equal(await codeOf("POST", path, { body: { TlsCert: cert } }), 30_116);
      world.clock.advance(91 * 86_400_000);
      assert.equal(world.module.contexts.contextFor(DOMAIN), undefined, "one that has ended is not shown");
      assert.equal((await world.call("DELETE", path)).status, 204);
      assert.equal((await world.call("GET", path)).status, 404);
    });

    it("is obtained from an authority, renewed when a third of its time is left, and asked for again after failures", async () => {
      await world.close();
      const authority = testAuthority(Date.now());
      let isReachable = true;
      const server = await startAcmeServer({
        authority,
        look: async (domain, path) => (isReachable ? (await world.visit(`http://${domain}${path}`)).body : "nothing"),
      });
      try {
        world = await LinksWorld.open(postgres.database, {
          makeIssuer: (keys) => acmeIssuer({ directoryUrl: server.directoryUrl, keys, pollMs: { least: 1, most: 5 } }),
        });
        world.clock.advance(Date.now() - world.clock.nowMs());
        const domain = await world.domain();
        world.module.start();
        const asked = await world.ask("POST", shortening(domain.sid, "RequestManagedCert"));
        assert.deepEqual([asked.managed, asked.requesting], [true, true]);
        const shownCert = () => world.module.certificates.certificateOf(DOMAIN)?.cert;
        await until("the first certificate is there", () => shownCert() !== undefined);
        const first = shownCert();
        const shown = await world.ask("GET", `/v2/LinkShortening/Domains/${domain.sid}/Certificate`);
        assert.deepEqual([shown.managed, shown.requesting], [true, false]);

        isReachable = false;
        await world.ask("POST", shortening(domain.sid, "RequestManagedCert"));
        await until("the failure is told", () => world.alerts.some(({ errorCode }) => errorCode === 30_107));
        assert.equal(shownCert(), first, "what is there stays");
        isReachable = true;
        world.clock.advance(3_600_000);
        await until("the second certificate is there", () => shownCert() !== first);
        assert.equal(server.accounts.size, 1);
        const rows = JSON.stringify(await postgres.database.query("select * from link_issuer_keys"));
        assert.ok(!rows.includes("PRIVATE KEY"));
      } finally {
        await server.close();
      }
    });

    it("is warned of two weeks before it ends, and its links are refused after", async () => {
      const domain = await world.domain();
      await world.ask("POST", shortening(domain.sid, `MessagingServices/${SERVICE}`));
      const { cert, key } = testAuthority(world.clock.nowMs()).issue([DOMAIN], { from: -1, until: 20 });
      await world.ask("POST", shortening(domain.sid, "Certificate"), { body: { TlsCert: cert + key } });
      world.module.start();
      const pass = async (days: number): Promise<void> => {
        world.clock.advance(days * 86_400_000);
        await world.rest();
      };
      await pass(5);
      assert.equal(world.alerts.length, 0);
      await pass(2);
      assert.deepEqual(
        world.alerts.map(({ errorCode }) => errorCode),
        [30_131, 30_131],
        "once a day",
      );
      await pass(14);
      const input = { accountSid: ACCOUNT, serviceSid: SERVICE, body: "https://a.example/", atMs: world.clock.nowMs() };
      assert.throws(() => world.module.shortening.shorten(input), { code: 30_102 });
    });

    it("is told to edges with its key sealed, once for each change", async () => {
      const domain = await world.domain();
      const { cert, key } = testAuthority(world.clock.nowMs()).issue([DOMAIN]);
      await world.ask("POST", shortening(domain.sid, "Certificate"), { body: { TlsCert: cert + key } });
      const tell = (query: string): Answer => world.module.siteEndpoint.run({ path: {}, query, json: undefined });
      const told = tell("after=");
      assert.equal(told.sites[0].domain, DOMAIN);
      assert.equal(told.sites[0].accountSid, ACCOUNT);
      assert.ok(!JSON.stringify(told).includes("PRIVATE KEY"));
      assert.equal(world.secrets.open(told.sites[0].certificate.sealedKey, `link-domain/${DOMAIN}`).trim(), key.trim());
      assert.equal(tell(`after=${told.revision}`).sites, undefined);
      await world.ask("POST", `${LINK_DOMAINS}/${domain.sid}`, { body: { Status: "blocked" }, as: OPERATOR });
      assert.deepEqual(tell(`after=${told.revision}`).sites, []);
    });
  });
});
