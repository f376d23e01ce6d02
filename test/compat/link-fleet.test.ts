/** Short links in a fleet: whichever edge a visitor comes to, he is led on, and counted where the link is at home. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request as askHttp, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as askHttps } from "node:https";
import { after, before, describe, it } from "node:test";
import { runTrunkline } from "../kit/command-line.ts";
import { testAuthority, type TestAuthority } from "../kit/certificates.ts";
import { startFleetProcess, type FleetAccount, type FleetProcess } from "../kit/running-fleet.ts";
import { startSystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";

const DOMAIN = "go.example.com";
const REGIONS = ["us1", "ie1"] as const;
const PHONE_AGENT =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
/** Edges ask cells every five seconds or so. */
const LEARN_LIMIT_MS = 30_000;
const MOVE_LIMIT_MS = 90_000;

interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

interface Visit {
  readonly host?: string;
  /** Comes over TLS, and believes this authority alone. */
  readonly ca?: string;
  readonly method?: "GET" | "POST";
  readonly form?: string;
}

/** What somebody sees who asks an edge for a path of a link domain. */
function visit(baseUrl: string, path: string, more: Visit = {}): Promise<Seen> {
  const { host = DOMAIN, ca, method = "GET", form } = more;
  const { hostname, port } = new URL(baseUrl);
  const headers = {
    Host: host,
    "User-Agent": PHONE_AGENT,
    ...(form === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" }),
  };
  const to = { host: hostname, port, path, method, headers, agent: false };
  return new Promise((resolve, reject) => {
    const asked = ca === undefined ? askHttp(to) : askHttps({ ...to, servername: host, ca });
    asked.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    asked.on("error", reject);
    asked.end(form);
  });
}

type Answer = Record<string, unknown>;

/** What the API answers to an account; it must be no error. */
async function callApi(call: {
  readonly account: { readonly accountSid: string; readonly authToken: string };
  readonly baseUrl: string;
  readonly path: string;
  readonly form: Record<string, string> | undefined;
  readonly product: string | undefined;
}): Promise<Answer> {
  const { account, baseUrl, path, form, product } = call;
  const basic = Buffer.from(`${account.accountSid}:${account.authToken}`).toString("base64");
  const response = await fetch(`${baseUrl}${path}`, {
    method: form === undefined ? "GET" : "POST",
    headers: {
      Authorization: `Basic ${basic}`,
      ...(product === undefined ? {} : { "X-Forwarded-Host": `${product}.twilio.com` }),
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  const json = (await response.json()) as Answer;
  assert.ok(response.ok, `${path}: ${response.status} ${JSON.stringify(json)}`);
  return json;
}

it("in one process a domain has its certificate, and its links lead on, with nothing of the API beside them", async (t) => {
  const system = await startSystemProcess({ env: { TRUNKLINE_TLS_PORT: "0" } });
  t.after(() => system.stop());
  const ask = (path: string, form: Record<string, string>, product?: string): Promise<Answer> =>
    callApi({ account: system, baseUrl: system.baseUrl, path, form, product });
  assert.match((await visit(system.baseUrl, "/sale")).headers["content-type"] ?? "", /json/, "a host as any other");
  const { sid } = await ask("/trunkline/v1/LinkDomains", { DomainName: DOMAIN });
  const authority = testAuthority(Date.now());
  const { cert, key } = authority.issue([DOMAIN]);
  await ask(`/v1/LinkShortening/Domains/${String(sid)}/Certificate`, { TlsCert: cert + key }, "messaging");
  await ask("/trunkline/v1/Links", { TargetUrl: "https://shop.example/", Slug: "sale" });
  for (const more of [{}, { ca: authority.cert }]) {
    const baseUrl = "ca" in more ? (system.tlsUrl ?? "") : system.baseUrl;
    const { status, headers } = await visit(baseUrl, "/sale", more);
    assert.deepEqual([status, headers.location], [302, "https://shop.example/"]);
    assert.equal((await visit(baseUrl, "/healthz", more)).status, 404);
  }
  const metrics = await (await fetch(`${system.baseUrl}/metrics`)).text();
  assert.match(metrics, /class="link"/, "they passed the stages");
});

describe("short links in a fleet of two cells and two edges", () => {
  let fleet: FleetProcess;
  let away: FleetAccount;
  let authority: TestAuthority;
  let domainSid = "";
  let code = "";
  let linkSid = "";

  before(async () => {
    fleet = await startFleetProcess({ cells: "messaging=2", regions: REGIONS.join(",") });
    away = await fleet.createAccount("ie1");
    assert.equal(away.cell, "messaging-2");
    authority = testAuthority(Date.now());
  });
  after(() => fleet?.stop().then((exit) => assert.equal(exit, 0, "it stops in order")));

  const edge = (region: string): string => fleet.edges.get(region) ?? "";
  const ask = (path: string, form?: Record<string, string>, product?: string): Promise<Answer> =>
    callApi({ account: away, baseUrl: edge("us1"), path, form, product });
  const clicksOf = async (sid: string): Promise<number> => {
    const analytics = await ask(`/trunkline/v1/Links/${sid}/Analytics`);
    return Number(analytics["clicks"]);
  };
  /** A click that must be answered with a redirect, by every edge. */
  async function click(path: string, target: string): Promise<void> {
    for (const region of REGIONS) {
      const { status, headers } = await visit(edge(region), path);
      assert.deepEqual([status, headers.location], [302, target], `${path} by edge-${region}`);
    }
  }

  it("a host that is no link domain is one of the API's, as ever", async () => {
    for (const region of REGIONS) {
      for (const host of [DOMAIN, "other.example.com"]) {
        assert.equal((await visit(edge(region), "/abc", { host })).status, 401, host);
      }
    }
  });

  it("an account of messaging-2 sets up a domain, which both edges learn", async () => {
    const domain = await ask("/trunkline/v1/LinkDomains", { DomainName: DOMAIN });
    domainSid = String(domain["sid"]);
    for (const region of REGIONS) {
      await waitFor(
        `edge-${region} to know the domain`,
        async () => (await visit(edge(region), "/nobody-made-this")).status === 404,
        LEARN_LIMIT_MS,
      );
    }
  });

  it("visitors are led on by both edges, by a code and by a slug, and counted at home", async () => {
    const byCode = await ask("/trunkline/v1/Links", { TargetUrl: "https://shop.example/code" });
    const bySlug = await ask("/trunkline/v1/Links", { TargetUrl: "https://shop.example/slug", Slug: "summer-sale" });
    linkSid = String(byCode["sid"]);
    code = new URL(String(byCode["short_url"])).pathname;
    await click(code, "https://shop.example/code");
    await click("/summer-sale", "https://shop.example/slug");
    for (const sid of [linkSid, String(bySlug["sid"])]) {
      await waitFor(`the clicks on ${sid}`, async () => (await clicksOf(sid)) === REGIONS.length);
    }
  });

  it("nothing of the API is on a link domain, and a long body is refused", async () => {
    for (const path of ["/trunkline/v1/Cells", "/trunkline/internal/v1/link-sites", "/healthz", "/nobody-made-this"]) {
      assert.equal((await visit(edge("us1"), path)).status, 404, path);
    }
    const form = `password=${"x".repeat(5_000)}`;
    assert.equal((await visit(edge("us1"), code, { method: "POST", form })).status, 413);
  });

  it("the audit log has the address of whoever came to the edge, and not the one that he claims", async () => {
    const from = "127.0.0.77";
    const basic = Buffer.from(`${away.accountSid}:${away.authToken}`).toString("base64");
    const headers = {
      Authorization: `Basic ${basic}`,
      "X-Forwarded-For": "192.0.2.7",
      "Content-Type": "application/x-www-form-urlencoded",
    };
    const asked = askHttp(`${edge("ie1")}/trunkline/v1/LinkDomains`, {
      method: "POST",
      localAddress: from,
      headers,
      agent: false,
    });
    asked.end("DomainName=other-go.example.com");
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    response.resume();
    assert.equal(response.statusCode, 201);
    await waitFor("the event", async () => {
      const { events } = await ask(`/v1/Events?SourceIpAddress=${from}`, undefined, "monitor");
      return (events as { source_ip_address: string }[]).some((event) => event.source_ip_address === from);
    });
    const { events } = await ask("/v1/Events?SourceIpAddress=192.0.2.7", undefined, "monitor");
    assert.deepEqual(events, []);
  });

  it("a link with a password asks for it, and takes it", async () => {
    await ask("/trunkline/v1/Links", {
      TargetUrl: "https://shop.example/secret",
      Slug: "secret",
      DomainName: DOMAIN,
      Password: "open sesame",
    });
    for (const region of REGIONS) {
      const post = (password: string): Promise<Seen> =>
        visit(edge(region), "/secret", { method: "POST", form: new URLSearchParams({ password }).toString() });
      assert.equal((await visit(edge(region), "/secret")).status, 200);
      assert.equal((await post("wrong")).status, 403);
      const { status, headers } = await post("open sesame");
      assert.deepEqual([status, headers.location], [303, "https://shop.example/secret"]);
    }
  });

  it("the certificate that was given for the domain is shown by both edges", async () => {
    const { cert, key } = authority.issue([DOMAIN]);
    await ask(`/v1/LinkShortening/Domains/${domainSid}/Certificate`, { TlsCert: cert + key }, "messaging");
    for (const region of REGIONS) {
      const secure = edge(region).replace("http:", "https:");
      const seen = await waitFor(
        `edge-${region} to show the certificate`,
        () => visit(secure, code, { ca: authority.cert }).catch(() => undefined),
        LEARN_LIMIT_MS,
      );
      assert.deepEqual([seen.status, seen.headers.location], [302, "https://shop.example/code"]);
    }
  });

  it("the links of an account that has moved lead on all the same, by both edges", async () => {
    const added = await runTrunkline(["cells", "add", "--region", "ie1", "--data", fleet.dataFolder]);
    assert.equal(added.code, 0, added.stderr);
    const begun = await fleet.ask("POST", "/trunkline/v1/Moves", { AccountSid: away.accountSid, To: "messaging-3" });
    assert.equal(begun.status, 201, JSON.stringify(begun.json));
    const { sid } = begun.json as { sid: string };
    const ended = await waitFor(
      "the move to end",
      async () => {
        const { json } = await fleet.ask("GET", `/trunkline/v1/Moves/${sid}`);
        const { step } = json as { step: string };
        return ["done", "failed", "canceled"].includes(step) && json;
      },
      MOVE_LIMIT_MS,
    );
    assert.equal((ended as { step: string }).step, "done", JSON.stringify(ended));
    await click(code, "https://shop.example/code");
    await click("/summer-sale", "https://shop.example/slug");
    await waitFor("all clicks on the link", async () => (await clicksOf(linkSid)) === 3 * REGIONS.length);
    assert.equal((await visit(edge("us1"), "/nobody-made-this")).status, 404);
  });

  it("an edge that starts anew knows the domain from its first request on", async () => {
    const nodes = await fleet.nodes();
    const restarts = nodes.find(({ name }) => name === "edge-us1")?.restarts ?? 0;
    await fleet.kill("edge-us1");
    await fleet.restarted("edge-us1", restarts);
    const { status } = await visit(edge("us1"), code);
    assert.equal(status, 302);
  });
});
