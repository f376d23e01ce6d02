import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { it } from "node:test";
import { Admission, LOOPBACK_NETWORKS } from "./admission.ts";

let nextPort = 1;

/** As much of a socket as an admission looks at. */
class Caller extends EventEmitter {
  readonly remoteAddress: string | undefined;
  readonly remotePort = nextPort++;
  readonly localAddress = "192.0.2.1";
  readonly localPort = 443;
  destroyed = false;

  constructor(remoteAddress: string | undefined) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

function call(admission: Admission, address: string | undefined): Caller {
  const caller = new Caller(address);
  admission.enter(caller as unknown as Socket);
  return caller;
}

const count = (callers: readonly Caller[]): number => callers.filter((caller) => !caller.destroyed).length;

it("counts connections by IPv4 address, mapped ones too, and by IPv6 network of 64 bits", () => {
  for (const [addresses, admitted] of [
    [["192.0.2.7", "192.0.2.7", "::ffff:192.0.2.7"], 2],
    [["192.0.2.7", "192.0.2.8", "192.0.2.9"], 3],
    [["2001:db8::1", "2001:db8:0:0:1::", "2001:0db8::ffff:1"], 2],
    [["2001:db8::1", "2001:db8:0:1::1", "2001:db8:1::1"], 3],
    [["fe80::1%eth0", "fe80::2%eth0", "fe80::3%eth1"], 2],
    [["::1", "::2", "::3"], 2],
    [[undefined, undefined, undefined], 2],
  ] as const) {
    const admission = new Admission({ maxConnectionsPerPeer: 2, maxOpening: 100 }, []);
    assert.equal(count(addresses.map((address) => call(admission, address))), admitted, String(addresses));
  }
});

it("gives a place back when its connection ends, once", () => {
  const admission = new Admission({ maxConnectionsPerPeer: 1, maxOpening: 100 }, []);
  const first = call(admission, "192.0.2.7");
  const second = call(admission, "192.0.2.7");
  assert.deepEqual([first.destroyed, second.destroyed, admission.refused.perPeer], [false, true, 1]);
  first.destroy();
  assert.equal(call(admission, "192.0.2.7").destroyed, false);
  assert.equal(call(admission, "192.0.2.7").destroyed, true);
});

it("does not count those that may have any number", () => {
  const admission = new Admission({ maxConnectionsPerPeer: 1, maxOpening: 100 }, [
    ...LOOPBACK_NETWORKS,
    "198.51.100.0/24",
    "2001:db8::/32",
  ]);
  for (const address of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "198.51.100.9", "2001:db8:5::1"]) {
    assert.equal(count([call(admission, address), call(admission, address)]), 2, address);
  }
  assert.equal(count([call(admission, "198.51.101.9"), call(admission, "198.51.101.9")]), 1);
  assert.throws(() => new Admission({ maxConnectionsPerPeer: 1, maxOpening: 1 }, ["nowhere"]));
});

it("ends the one that has not got further for longest when there is no room for one more", () => {
  const admission = new Admission({ maxConnectionsPerPeer: 100, maxOpening: 2 }, []);
  const [slow, quick] = [call(admission, "192.0.2.1"), call(admission, "192.0.2.2")];
  admission.settle(quick as unknown as Socket);
  const late = call(admission, "192.0.2.3");
  assert.equal(count([slow, quick, late]), 3);
  const last = call(admission, "192.0.2.4");
  assert.deepEqual(
    [slow, quick, late, last].map((caller) => caller.destroyed),
    [true, false, false, false],
  );
  assert.equal(admission.refused.slowest, 1);
});
