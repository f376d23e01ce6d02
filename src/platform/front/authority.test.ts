import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import type { TestContext } from "node:test";
import * as tls from "node:tls";
import { promisify } from "node:util";
import type { Clock } from "../ports.ts";
import { openAuthority } from "./authority.ts";
import type { Authority } from "./authority.ts";

const DAY_MS = 86_400_000;
/** TLS checks validity against the system's time, so time here only ever moves on from it. */
const clockAt = (laterMs: () => number): Clock => ({
  nowMs: () => Date.now() + laterMs(),
  monotonicMs: () => 0,
  after: () => ({ cancel: () => {} }),
});
const now = clockAt(() => 0);

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-ca-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The certificate a client gets for a name, after the client has verified it; rejects when it does not. */
async function handshake(authority: Authority, name: string, ca = authority.caPem): Promise<X509Certificate> {
  const server = tls.createServer({
    ...authority.ownCertificate(),
    SNICallback: (asked, done) => done(null, authority.contextFor(asked)),
  });
  server.on("secureConnection", (socket) => socket.on("error", () => {}).resume());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = tls.connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, servername: name, ca });
  try {
    await once(socket, "secureConnect");
    const certificate = socket.getPeerX509Certificate();
    assert.ok(certificate);
    return certificate;
  } finally {
    socket.destroy();
    server.close();
  }
}

it("is made once, in files with the right modes, and is the same when it is opened again", async (t) => {
  const folder = await temporaryFolder(t);
  const [first, second] = [await openAuthority({ folder, clock: now }), await openAuthority({ folder, clock: now })];
  assert.equal(first.fingerprint, second.fingerprint);
  assert.equal(await readFile(first.caPath, "utf8"), first.caPem);
  assert.equal((await stat(join(folder, "authority.json"))).mode & 0o777, 0o600);
  assert.equal((await stat(first.caPath)).mode & 0o777, 0o644);
  assert.deepEqual((await readdir(folder)).toSorted(), ["authority.json", "ca.pem"]);
});

it("is the same for all who make it at the same moment", async (t) => {
  const folder = await temporaryFolder(t);
  const all = await Promise.all(Array.from({ length: 8 }, () => openAuthority({ folder, clock: now })));
  assert.equal(new Set(all.map((authority) => authority.fingerprint)).size, 1);
  assert.equal(await readFile(join(folder, "ca.pem"), "utf8"), all[0]?.caPem);
});

it("answers for vendors' hosts, regions and this machine so that a client verifies it", async (t) => {
  const authority = await openAuthority({
    folder: await temporaryFolder(t),
    clock: now,
    names: ["phones.example.test"],
  });
  for (const name of [
    "api.twilio.com",
    "api.dublin.ie1.twilio.com",
    "verify.ie1.twilio.com",
    "api.segment.io",
    "localhost",
    "phones.example.test",
  ]) {
    assert.ok((await handshake(authority, name)).checkHost(name), name);
  }
});

it("keeps one certificate for neighbouring hosts, and a bounded number of them", async (t) => {
  const authority = await openAuthority({ folder: await temporaryFolder(t), clock: now });
  const first = authority.contextFor("api.twilio.com");
  assert.equal(authority.contextFor("verify.twilio.com"), first);
  assert.equal(authority.contextFor("API.TWILIO.COM."), first);
  assert.notEqual(authority.contextFor("api.ie1.twilio.com"), first);
  for (let n = 0; n < 250; n += 1) authority.contextFor(`api.r${n}.twilio.com`);
  assert.notEqual(authority.contextFor("api.twilio.com"), first);
  const own = authority.contextFor("localhost");
  for (const name of ["example.com", "", "a b", "*.twilio.com.evil"]) assert.equal(authority.contextFor(name), own);
});

it("cannot sign anything else, whatever the holder of its key tries", async (t) => {
  const folder = await temporaryFolder(t);
  const authority = await openAuthority({ folder, clock: now });
  // As if another authority's list of names were put beside this key.
  const path = join(folder, "authority.json");
  const stored = JSON.parse(await readFile(path, "utf8")) as object;
  await writeFile(path, JSON.stringify({ ...stored, names: ["bank.example"] }));
  const forged = await openAuthority({ folder, clock: now, names: ["bank.example"] });
  assert.equal(forged.fingerprint, authority.fingerprint);
  await assert.rejects(() => handshake(forged, "bank.example"), /permitted subtree violation/);
});

it("names the configured names that it was not made for", async (t) => {
  const folder = await temporaryFolder(t);
  await openAuthority({ folder, clock: now, names: ["a.test"] });
  const authority = await openAuthority({
    folder,
    clock: now,
    names: ["a.test", "sub.a.test", "b.test", "192.0.2.1", "127.0.0.9"],
  });
  assert.deepEqual(authority.uncovered, ["b.test", "192.0.2.1"]);
});

it("renews server certificates before they end, and itself at a start near its own end", async (t) => {
  const folder = await temporaryFolder(t);
  let laterMs = 0;
  const clock = clockAt(() => laterMs);
  const authority = await openAuthority({ folder, clock });
  const before = authority.ownCertificate().cert;
  laterMs = 59 * DAY_MS;
  assert.equal(authority.ownCertificate().cert, before);
  laterMs = 61 * DAY_MS;
  assert.ok(Date.parse(new X509Certificate(authority.ownCertificate().cert).validTo) > Date.now() + 150 * DAY_MS);
  laterMs = 3_630 * DAY_MS;
  const next = await openAuthority({ folder, clock });
  assert.notEqual(next.fingerprint, authority.fingerprint);
});

it("says which file is damaged", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "authority.json"), "{");
  await assert.rejects(() => openAuthority({ folder, clock: now }), /authority\.json is damaged/);
});

it("is accepted by OpenSSL's own strict verification", async (t) => {
  const folder = await temporaryFolder(t);
  const authority = await openAuthority({ folder, clock: now });
  await writeFile(join(folder, "server.pem"), authority.ownCertificate().cert);
  try {
    const { stdout } = await promisify(execFile)("openssl", [
      "verify",
      "-x509_strict",
      "-purpose",
      "sslserver",
      "-verify_hostname",
      "localhost",
      "-CAfile",
      authority.caPath,
      join(folder, "server.pem"),
    ]);
    assert.match(stdout, /: OK/);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || process.env["CI"] === "true") throw error;
    t.skip("openssl is not installed: apt-get install openssl");
  }
});
