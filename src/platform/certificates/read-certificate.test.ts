import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { connect, createServer, type TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { describe, it } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { testAuthority } from "../../../test/kit/certificates.ts";
import { CertificateContexts, readCertificate } from "./index.ts";

const nowMs = Date.now();
const DOMAIN = "go.example.com";
const demands = { domain: DOMAIN, nowMs };
const authority = testAuthority(nowMs);

describe("a certificate that somebody gives", () => {
  it("is taken with its key and chain in any order, and put in order", () => {
    const { cert, key } = authority.issue([DOMAIN]);
    for (const pem of [`${cert}${authority.cert}${key}`, `${key}${authority.cert}${cert}`, `${cert}${key}`]) {
      const read = readCertificate(pem, demands);
      assert.ok(typeof read === "object", JSON.stringify(read));
      assert.ok(read.cert.startsWith(cert.slice(0, 100)), "the leaf stands first");
      assert.ok(read.expiresMs > nowMs);
    }
  });

  it("may have lost its line breaks, or have them spelled out, as forms do", () => {
    const { cert, key } = authority.issue([DOMAIN]);
    const flat = (pem: string): string =>
      pem.replace(
        /-----BEGIN ([A-Z ]+)-----([^-]*)-----END/,
        (_, label: string, body: string) => `-----BEGIN ${label}-----${body.replaceAll("\n", "")}-----END`,
      );
    assert.equal(typeof readCertificate(flat(cert) + flat(key), demands), "object");
    assert.equal(typeof readCertificate((cert + key).replaceAll("\n", "\\n"), demands), "object");
  });

  it("may be for all names of a domain", () => {
    const { cert, key } = authority.issue(["*.example.com"]);
    assert.equal(typeof readCertificate(cert + key, demands), "object");
    assert.equal(readCertificate(cert + key, { domain: "a.b.example.com", nowMs }), "wrong-name");
  });

  it("is refused with what is wrong with it", () => {
    const { cert, key } = authority.issue([DOMAIN]);
    const other = authority.issue([DOMAIN]);
    const stranger = testAuthority(nowMs);
    const weak = generateKeyPairSync("rsa", { modulusLength: 1_024 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    const old = authority.issue([DOMAIN], { from: -90, until: -1 });
    const early = authority.issue([DOMAIN], { from: 1, until: 90 });
    const broken = cert.replace(/[A-Za-z]{20}/, "AAAAAAAAAAAAAAAAAAAA");
    for (const [pem, problem] of [
      ["", "missing"],
      [cert, "missing"],
      [key, "missing"],
      ["x".repeat(100_000), "missing"],
      [`-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${key}`, "unreadable-certificate"],
      [`${cert}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`, "unreadable-key"],
      [`${cert}${String(weak)}`, "weak-key"],
      [cert + other.key, "unmatched"],
      [cert + stranger.cert + key, "broken-chain"],
      [old.cert + old.key, "expired"],
      [early.cert + early.key, "not-yet-valid"],
    ] as const) {
      assert.equal(readCertificate(pem, demands), problem);
    }
    assert.equal(readCertificate(cert + key, { domain: "other.example.com", nowMs }), "wrong-name");
    assert.notEqual(typeof readCertificate(broken + key, demands), "object");
  });
});

describe("contexts for a TLS server", () => {
  it("show the certificate of the name that is asked for, anew once it changes, and none for others", async () => {
    let shown = authority.issue([DOMAIN]);
    const contexts = new CertificateContexts(
      { certificateOf: (name) => (name === DOMAIN ? shown : undefined) },
      silentLogger,
    );
    const usual = authority.issue(["localhost"]);
    const server = createServer({ ...usual, SNICallback: (name, done) => done(null, contexts.contextFor(name)) });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const namesShown = async (servername: string): Promise<string | undefined> => {
      const socket: TLSSocket = connect({
        port,
        host: "127.0.0.1",
        servername,
        ca: authority.cert,
        rejectUnauthorized: false,
      });
      await once(socket, "secureConnect");
      const { subjectaltname, fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return `${subjectaltname} ${fingerprint256}`;
    };
    try {
      const first = await namesShown("GO.example.com");
      assert.match(first ?? "", /^DNS:go\.example\.com /);
      assert.equal(await namesShown(DOMAIN), first);
      shown = authority.issue([DOMAIN]);
      assert.notEqual(await namesShown(DOMAIN), first);
      assert.match((await namesShown("localhost")) ?? "", /^DNS:localhost /);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
