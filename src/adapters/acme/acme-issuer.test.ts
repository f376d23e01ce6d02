import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OpenChallenges, readCertificate } from "../../platform/certificates/index.ts";
import { startAcmeServer } from "../../../test/kit/acme-server.ts";
import { testAuthority } from "../../../test/kit/certificates.ts";
import { acmeIssuer } from "./index.ts";

const DOMAIN = "go.example.com";
const nowMs = Date.now();

/** A place for one key. */
function keyPlace() {
  let kept: string | undefined;
  return { key: async (make: () => Promise<string>) => (kept ??= await make()) };
}

describe("an issuer by RFC 8555", () => {
  it("proves a domain over HTTP, and gets a certificate with its chain that a browser could believe", async () => {
    const challenges = new OpenChallenges();
    const authority = testAuthority(nowMs);
    const server = await startAcmeServer({
      authority,
      look: (domain, path) => Promise.resolve(domain === DOMAIN ? (challenges.answerOf(path) ?? "nothing") : "nothing"),
    });
    try {
      const pollMs = { least: 1, most: 5 };
      const issuer = acmeIssuer({ directoryUrl: server.directoryUrl, keys: keyPlace(), pollMs });
      const first = await issuer.obtain({ domain: DOMAIN, challenges });
      const read = readCertificate(`${first.cert}\n${first.key}`, { domain: DOMAIN, nowMs: Date.now() });
      assert.ok(typeof read === "object", JSON.stringify(read));
      assert.equal(read.cert.match(/BEGIN CERTIFICATE/g)?.length, 2);
      const second = await issuer.obtain({ domain: DOMAIN, challenges });
      assert.notEqual(second.key, first.key);
      assert.equal(server.accounts.size, 1, "the authority knows it by the key that was kept");
      assert.equal(server.issued.length, 2);
    } finally {
      await server.close();
    }
  });

  it("rejects when the authority does not find the proof", async () => {
    const challenges = new OpenChallenges();
    const server = await startAcmeServer({
      authority: testAuthority(nowMs),
      look: () => Promise.resolve("somebody else"),
    });
    try {
      const pollMs = { least: 1, most: 5 };
      const issuer = acmeIssuer({ directoryUrl: server.directoryUrl, keys: keyPlace(), pollMs });
      await assert.rejects(issuer.obtain({ domain: DOMAIN, challenges }));
      assert.equal(server.issued.length, 0);
    } finally {
      await server.close();
    }
  });
});
