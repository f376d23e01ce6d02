import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { SecretBox } from "../secrets/index.ts";
import {
  CODE_KEY_OCTETS,
  LinkCodes,
  linkKeyContext,
  LinkSites,
  readToldSites,
  SITES_PER_PAGE,
  SiteSnapshot,
  type CellSites,
  type ToldSite,
} from "./index.ts";

const A = `AC${"a".repeat(32)}`;
const B = `AC${"b".repeat(32)}`;
const secrets = new SecretBox(new Uint8Array(32).fill(7));
const codes = new LinkCodes(new Uint8Array(CODE_KEY_OCTETS).fill(5));

function world(nowMs = 1_000): { sites: LinkSites; opened: () => number; clock: { nowMs: number } } {
  let opened = 0;
  const clock = { nowMs };
  const box = {
    open: (text: string, context: string) => {
      opened += 1;
      return secrets.open(text, context);
    },
  };
  const sites = new LinkSites({ codes, secrets: box, clock: { nowMs: () => clock.nowMs }, logger: silentLogger });
  return { sites, opened: () => opened, clock };
}

function site(domain: string, more: { accountSid?: string; key?: string; expiresMs?: number } = {}): ToldSite {
  const { accountSid = A, key, expiresMs = 5_000 } = more;
  if (key === undefined) return { domain, accountSid };
  const sealedKey = secrets.seal(key, linkKeyContext(domain));
  return { domain, accountSid, certificate: { cert: `cert of ${key}`, sealedKey, expiresMs } };
}

const said = (sites: readonly ToldSite[], revision = "1-1"): CellSites => ({ revision, sites });

describe("link domains at an edge", () => {
  it("have the certificate that their cell told of, whose key is opened once", () => {
    const { sites, opened, clock } = world();
    sites.replace("messaging-1", said([site("go.example.com", { key: "one" }), site("l.example.com")]));
    const shown = sites.certificateOf("go.example.com");
    assert.deepEqual(shown, { cert: "cert of one", key: "one" });
    assert.equal(sites.certificateOf("go.example.com"), shown, "the same object until it changes");
    assert.equal(opened(), 1);
    assert.equal(sites.certificateOf("l.example.com"), undefined);
    assert.equal(sites.siteOf("L.example.com:443")?.accountSid, A);
    sites.replace("messaging-1", said([site("go.example.com", { key: "two" })], "1-2"));
    assert.equal(sites.certificateOf("go.example.com")?.key, "two");
    assert.equal(sites.siteOf("l.example.com"), undefined);
    clock.nowMs = 5_000;
    assert.equal(sites.certificateOf("go.example.com"), undefined, "it has ended");
  });

  it("are shown without a certificate where its key cannot be opened, which is tried once", () => {
    const { sites, opened } = world();
    const stolen = { ...site("a.example.com", { key: "one" }), domain: "b.example.com" };
    sites.replace("messaging-1", said([stolen]));
    assert.equal(sites.certificateOf("b.example.com"), undefined);
    assert.equal(sites.certificateOf("b.example.com"), undefined);
    assert.equal(opened(), 1);
  });

  it("that two cells say they have are the same at every edge, whoever spoke first", () => {
    const one = said([site("go.example.com", { accountSid: A, key: "one" })]);
    const two = said([site("go.example.com", { accountSid: B, key: "two", expiresMs: 9_000 })]);
    for (const order of [["messaging-1", "messaging-2"] as const, ["messaging-2", "messaging-1"] as const]) {
      const { sites } = world();
      for (const name of order) sites.replace(name, name === "messaging-1" ? one : two);
      assert.equal(sites.siteOf("go.example.com")?.accountSid, A);
      assert.equal(sites.certificateOf("go.example.com")?.key, "one", "the certificate is that account's, too");
      sites.forget("messaging-1");
      assert.equal(sites.certificateOf("go.example.com")?.key, "two");
      assert.equal(sites.revisionOf("messaging-1"), undefined);
    }
  });

  it("lead a code to the number of the cell that gave it out", () => {
    const { sites } = world();
    assert.equal(sites.cellNumberOf(`/${codes.code({ cellNumber: 2, sequence: 9 })}`), 2);
    assert.equal(sites.cellNumberOf(`/${codes.code({ cellNumber: 0, sequence: 9 })}`), undefined);
    assert.equal(sites.cellNumberOf("/summer"), undefined);
  });
});

describe("what a cell tells of link domains", () => {
  it("is read with care: what is no site is left out, what is no answer is refused", () => {
    const good = site("go.example.com", { key: "one" });
    const odd = [null, 7, { domain: "Go.example.com", accountSid: A }, { domain: "x.example.com", accountSid: "AC1" }];
    const half = { domain: "h.example.com", accountSid: A, certificate: { cert: "c", sealedKey: "", expiresMs: 1 } };
    const told = readToldSites({ revision: "1-1", sites: [good, ...odd, half], next: "z.example.com", more: 1 });
    assert.deepEqual(told, {
      revision: "1-1",
      sites: [good, { domain: "h.example.com", accountSid: A }],
      next: "z.example.com",
    });
    assert.deepEqual(readToldSites({ revision: "1-1" }), { revision: "1-1" });
    const many = Array.from({ length: SITES_PER_PAGE + 1 }, () => good);
    for (const bad of [
      undefined,
      null,
      {},
      { revision: 1 },
      { revision: "1", sites: {} },
      { revision: "1", sites: many },
    ])
      assert.throws(() => readToldSites(bad));
  });
});

describe("the snapshot of link domains", () => {
  async function folderOf(t: TestContext): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "trunkline-sites-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    return join(folder, "edge-us1");
  }

  it("gives back what was written, with keys sealed on disk", async (t) => {
    const folder = await folderOf(t);
    const snapshot = new SiteSnapshot(folder, silentLogger);
    assert.deepEqual(await snapshot.read(), []);
    const known: [string, CellSites][] = [
      ["messaging-1", said([site("go.example.com", { key: "secret" })])],
      ["messaging-2", said([], "9-9")],
    ];
    await snapshot.write(known);
    assert.deepEqual(await new SiteSnapshot(folder, silentLogger).read(), known);
    assert.ok(
      !(await readFile(join(folder, "link-sites.snapshot"), "utf8")).replace("cert of secret", "").includes("secret"),
    );
    await snapshot.write([]);
    assert.deepEqual(await snapshot.read(), []);
  });

  it("that is damaged is nothing", async (t) => {
    const folder = await folderOf(t);
    const snapshot = new SiteSnapshot(folder, silentLogger);
    await snapshot.write([["messaging-1", said([site("go.example.com")])]]);
    const path = join(folder, "link-sites.snapshot");
    const text = await readFile(path, "utf8");
    for (const damaged of [text.replace("go.", "no."), text.slice(0, -1), text.slice(10), "", "\n", "{}"]) {
      await writeFile(path, damaged);
      assert.deepEqual(await snapshot.read(), [], damaged);
    }
  });
});
