import assert from "node:assert/strict";
import { it } from "node:test";
import { CODE_KEY_OCTETS, LinkCodes, LinkRouter } from "./index.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const codes = new LinkCodes(new Uint8Array(CODE_KEY_OCTETS).fill(5));
const site = { domain: "go.example.com", accountSid: ACCOUNT };

it("an edge knows link domains by their host, with and without port, in any case", () => {
  const router = new LinkRouter(codes);
  assert.equal(router.siteOf("go.example.com"), undefined);
  router.replace("messaging-1", [site]);
  router.replace("messaging-2", [{ domain: "l.example.org", accountSid: ACCOUNT }]);
  for (const host of ["go.example.com", "GO.Example.com:443", "go.example.com."]) {
    assert.deepEqual(router.siteOf(host), site, host);
  }
  for (const host of ["", "example.com", "api.twilio.com", "xgo.example.com", "[::1]:80"]) {
    assert.equal(router.siteOf(host), undefined, host);
  }
  router.replace("messaging-1", []);
  assert.equal(router.siteOf("go.example.com"), undefined);
  assert.notEqual(router.siteOf("l.example.org"), undefined);
});

it("an edge sends a code to the cell that gave it out, and everything else to the home of the account", () => {
  const router = new LinkRouter(codes);
  for (const cellNumber of [1, 2, 77, 4_095]) {
    const code = codes.code({ cellNumber, sequence: 123_456 });
    assert.deepEqual(router.homeOf(site, `/${code}`), { kind: "cell", cellNumber });
  }
  for (const path of ["/", "/summer-sale", "/.well-known/acme-challenge/x", "/robots.txt", "/a/b"]) {
    assert.deepEqual(router.homeOf(site, path), { kind: "account", accountSid: ACCOUNT }, path);
  }
});
