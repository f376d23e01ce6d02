import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostOfPeer, isCidr, isWithin } from "./peer-address.ts";

describe("addresses of peers", () => {
  it("are taken out of what the connection is called", () => {
    assert.equal(hostOfPeer("192.0.2.1:4711"), "192.0.2.1");
    assert.equal(hostOfPeer("[2001:db8::1]:4711"), "2001:db8::1");
    assert.equal(hostOfPeer("2001:db8::1:4711"), "2001:db8::1");
    assert.equal(hostOfPeer("::ffff:192.0.2.1:4711"), "192.0.2.1");
  });

  it("are in a range or not", () => {
    assert.ok(isWithin("192.0.2.77", ["198.51.100.0/24", "192.0.2.0/24"]));
    assert.ok(!isWithin("192.0.3.1", ["192.0.2.0/24"]));
    assert.ok(isWithin("192.0.2.1", ["192.0.2.1"]));
    assert.ok(isWithin("203.0.113.9", ["0.0.0.0/0"]));
    assert.ok(isWithin("2001:db8:1::5", ["2001:db8::/32"]));
    assert.ok(!isWithin("2001:db9::5", ["2001:db8::/32"]));
    assert.ok(!isWithin("192.0.2.1", ["::/0"]), "the families are told apart");
    assert.ok(isWithin("::1", ["::1/128"]));
    assert.ok(!isWithin("memory", ["0.0.0.0/0"]));
  });

  it("are no ranges when they are malformed", () => {
    for (const text of [
      "",
      "192.0.2.0/33",
      "192.0.2/24",
      "300.0.2.1",
      "1::2::3",
      "::/129",
      "abc",
      "1:2:3:4:5:6:7:8:9",
      ":",
    ]) {
      assert.ok(!isCidr(text), text);
    }
    for (const text of ["10.0.0.0/8", "::", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "fe80::/10"])
      assert.ok(isCidr(text), text);
  });
});
