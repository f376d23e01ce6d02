import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { it } from "node:test";
import { mintAuthority, mintServer } from "./certificate.ts";
import { integer, objectIdentifier, time, utf8String } from "./der.ts";

const validity = { fromMs: Date.UTC(2025, 0, 1), untilMs: Date.UTC(2035, 0, 1) };
const issuer = { commonName: "Test CA", key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey };

it("encodes lengths, integers, identifiers and times as X.690 and RFC 5280 say", () => {
  assert.equal(integer(Buffer.from([0, 0, 0x80])).toString("hex"), "02020080");
  assert.equal(integer(Buffer.from([0])).toString("hex"), "020100");
  assert.equal(objectIdentifier("1.2.840.113549").toString("hex"), "06062a864886f70d");
  assert.equal(time(Date.UTC(2049, 11, 31, 23, 59, 59, 999)).toString("latin1"), "\x17\x0d491231235959Z");
  assert.equal(time(Date.UTC(2050, 0, 1)).toString("latin1"), "\x18\x0f20500101000000Z");
  assert.equal(utf8String("x".repeat(200)).subarray(0, 3).toString("hex"), "0c81c8");
  assert.equal(utf8String("x".repeat(70_000)).subarray(0, 5).toString("hex"), "0c83011170");
});

it("mints an authority that Node reads, and servers that it signed", () => {
  const authority = new X509Certificate(
    mintAuthority(issuer, validity, { domains: ["a.test"], addresses: ["192.0.2.1", "2001:db8::1:2"] }),
  );
  assert.equal(authority.ca, true);
  assert.ok(authority.verify(createPublicKey(issuer.key)));
  assert.equal(Date.parse(authority.validTo), validity.untilMs);
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const names = ["*.a.test", "a.test", "127.0.0.1", "::1", "2001:db8::1:2"];
  const server = new X509Certificate(mintServer(issuer, validity, { names, publicKey }));
  assert.ok(server.checkIssued(authority));
  assert.ok(server.verify(authority.publicKey));
  assert.equal(server.ca, false);
  assert.equal(server.checkHost("api.a.test"), "*.a.test");
  assert.equal(server.checkHost("api.b.a.test"), undefined);
  for (const address of names.slice(2)) assert.equal(server.checkIP(address), address);
  assert.match(server.subjectAltName ?? "", /IP Address:2001:DB8:0:0:0:0:1:2/);
});

it("gives every certificate a serial number of its own", () => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const serials = Array.from(
    { length: 20 },
    () => new X509Certificate(mintServer(issuer, validity, { names: ["a.test"], publicKey })).serialNumber,
  );
  assert.equal(new Set(serials).size, 20);
});
