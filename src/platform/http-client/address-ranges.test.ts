import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { classifyAddress } from "./index.ts";
import type { AddressKind } from "./index.ts";

/** Separated by white space. */
const TABLE: Readonly<Record<AddressKind, string>> = {
  public: `
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 172.15.255.255
    172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 169.253.255.255 169.255.0.0
    2606:4700:4700::1111 2a00:1450::1 2001:200::1 ::ffff:8.8.8.8 ::ffff:808:808 64:ff9b::8.8.8.8 2002:808:808::1
    2600::5efe:808:808 2001:0:808:808:0:0:f7f7:f7f7`,
  private: `
    10.0.0.0 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.255 172.16.0.1 172.31.255.255
    192.168.0.1 192.168.255.255 ::1 fc00::1 fdff::1 ::ffff:127.0.0.1 ::ffff:a00:1 ::FFFF:192.168.1.1
    64:ff9b::10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: 2002:c0a8:101::1 2600::5efe:10.0.0.1 2600::200:5efe:a00:1
    2001:0:808:808::f5ff:fffe 2001:0:a00:1::f7f7:f7f7`,
  forbidden: `
    0.0.0.0 0.1.2.3 169.254.0.1 169.254.169.254 169.254.170.2 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1
    198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    100.100.100.200 168.63.129.16 :: ::8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b:1::8.8.8.8 100::1 fe80::1 febf::1
    fec0::1 ff02::1 2001:db8::1 3fff::1 2001:2::1 2001:20::1 5f00::1 fd00:ec2::254 fd20:ce::254
    ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe:: ::ffff:0.0.0.0 2600::5efe:a9fe:a9fe
    2001:0:a9fe:a9fe::f7f7:f7f7 2001:0:808:808::5601:5601 fe80::1%eth0 4000::1 localhost 127.1 0x7f.0.0.1
    1.2.3.4.5 01.2.3.4 [::1]`,
};

describe("an address", () => {
  for (const [kind, addresses] of Object.entries(TABLE)) {
    it(`is ${kind}`, () => {
      for (const address of addresses.trim().split(/\s+/)) assert.equal(classifyAddress(address), kind, address);
    });
  }

  it("is forbidden when it is none", () => {
    for (const text of ["", " ", "8.8.8.8 ", " 8.8.8.8", "8.8.8.8\n"]) assert.equal(classifyAddress(text), "forbidden");
  });

  it("is judged the same in all spellings of IPv6, seed 11", () => {
    let state = 11;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 300; round++) {
      const words = Array.from({ length: 8 }, () => (random(2) === 0 ? 0 : random(0x1_0000)));
      if (random(3) === 0) words.splice(0, 6, 0, 0, 0, 0, 0, 0xffff);
      const long = words.map((word) => word.toString(16).padStart(4, "0")).join(":");
      const short = new URL(`http://[${long}]/`).hostname.slice(1, -1);
      assert.equal(classifyAddress(short), classifyAddress(long), long);
    }
  });
});
