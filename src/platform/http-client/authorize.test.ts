import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { authorize } from "./authorize.ts";
import { parseChallenges } from "./challenge.ts";

/** The example of RFC 7616 §3.9.1. */
const MUFASA = { target: "/dir/index.html", username: "Mufasa", password: "Circle of Life" };
const NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
const CLIENT_NONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
const digest = (algorithm: string): string =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${NONCE}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;

const answer = (lines: readonly string[], target = MUFASA): string | undefined =>
  authorize({ lines, method: "GET", target, clientNonce: CLIENT_NONCE });

describe("credentials", () => {
  it("answer both digests of RFC 7616's example, SHA-256 where there is a choice", () => {
    assert.match(answer([digest("MD5")]) ?? "", /response="8ca523f5e9506fed4657c9700eebdbec"/);
    const best = answer([digest("MD5"), digest("SHA-256")]) ?? "";
    assert.match(best, /response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"/);
    assert.match(best, /^Digest username="Mufasa", realm="http-auth@example\.org", nonce="7ypf/);
    assert.match(
      best,
      /uri="\/dir\/index\.html".*algorithm=SHA-256, qop=auth, nc=00000001, cnonce="f2\/w.*opaque="FQhe/,
    );
  });

  it("answer the example of RFC 2617 §3.5", () => {
    const line =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    const target = { target: "/dir/index.html", username: "Mufasa", password: "Circle Of Life" };
    const made = authorize({ lines: [line], method: "GET", target, clientNonce: "0a4f113b" });
    assert.match(made ?? "", /response="6629fae49393a05397450978507c4ef1"/);
    assert.doesNotMatch(made ?? "", /algorithm/);
  });

  it("answer servers that know no qop, without counters", () => {
    const made = answer(['Digest realm="r", nonce="n"']) ?? "";
    assert.match(made, /response="[0-9a-f]{32}"$/);
    assert.doesNotMatch(made, /cnonce|nc=|qop/);
  });

  it("hash the user name where the server wants it, and encode names outside ASCII", () => {
    const line = `${digest("SHA-256")}, userhash=true`;
    assert.match(answer([line]) ?? "", /username="[0-9a-f]{64}".*userhash=true/);
    const target = { ...MUFASA, username: "Jäsøn" };
    assert.match(answer([digest("SHA-256")], target) ?? "", /username\*=UTF-8''J%C3%A4s%C3%B8n,/);
  });

  it("fall back to Basic in UTF-8, and to nothing where nothing is understood", () => {
    const target = { target: "/", username: "test", password: "123£" };
    assert.equal(answer(['Basic realm="foo"'], target), "Basic dGVzdDoxMjPCow==");
    assert.equal(
      answer(['Digest realm="r", nonce="n", algorithm=SHA-512-256', "basic"], target),
      "Basic dGVzdDoxMjPCow==",
    );
    assert.equal(answer(['Digest realm="r", nonce="n", qop="auth-int"'], target), undefined);
    assert.equal(answer(["Negotiate", "Bearer realm=x"], target), undefined);
    assert.equal(answer([], target), undefined);
  });

  it("cannot be led out of their quotes by what a server sends", () => {
    const made = answer(['Digest realm="a\\", evil=\\"1", nonce="n"']) ?? "";
    assert.match(made, /realm="a\\", evil=\\"1", nonce="n"/);
  });
});

describe("challenges", () => {
  it("are told apart in one line", () => {
    const found = parseChallenges(
      'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple" , NTLM, Negotiate abc==',
    );
    assert.deepEqual(
      found.map(({ scheme, params }) => [scheme, Object.fromEntries(params)]),
      [
        ["newauth", { realm: "apps", type: "1", title: 'Login to "apps"' }],
        ["basic", { realm: "simple" }],
        ["ntlm", {}],
        ["negotiate", {}],
      ],
    );
  });

  it("end at the first thing that fits nowhere, and cost bounded work", () => {
    assert.deepEqual(parseChallenges('Basic realm="open'), [{ scheme: "basic", params: new Map() }]);
    assert.deepEqual(parseChallenges("=x"), []);
    assert.ok(parseChallenges(`Basic ${"a=b, ".repeat(3_000)}`)[0]);
    parseChallenges(`Digest ${'"\\'.repeat(8_000)}`);
    parseChallenges(`Digest a="${"\\".repeat(16_001)}`);
    parseChallenges(" ".repeat(16_000));
    parseChallenges(`a${" ".repeat(16_000)}b`);
  });
});
