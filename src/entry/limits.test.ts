import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { describe, it, type TestContext } from "node:test";
import { ManualClock } from "../adapters/memory/index.ts";
import { loadSettings } from "../platform/config/index.ts";
import type { LimitedRequest } from "../platform/edge/index.ts";
import { FleetKey } from "../platform/fleet/index.ts";
import { carrierSettings } from "./carriers.ts";
import { askLimiter, makeLimiter } from "./limits.ts";

const LIMITED = `AC${"1".repeat(32)}`;
const SECONDS = 10;
const OTHER = `AC${"2".repeat(32)}`;

/** How many requests a second are let in of someone who asks 100 times a second. */
function sample(t: TestContext, yaml: string) {
  const folder = mkdtempSync(join(tmpdir(), "limits-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const config = join(folder, "trunkline.yaml");
  writeFileSync(config, yaml);
  const settings = loadSettings({ flags: { config }, env: {}, cwd: folder, carrierTypes: carrierSettings });
  const clock = new ManualClock();
  const fleetKey = new FleetKey(new Uint8Array(32).fill(1));
  const limits = askLimiter(makeLimiter({ settings, fleetKey, clock }));
  const asked = { routeClass: "read", accountSid: LIMITED, keySid: undefined, ip: "10.0.0.1", tier: "smb" } as const;
  return (request: Partial<LimitedRequest>): number => {
    let admitted = 0;
    for (let second = 0; second < SECONDS; second += 1) {
      for (let turn = 0; turn < 100; turn += 1) {
        clock.advance(10);
        if (limits.decide({ ...asked, ...request, nowMs: clock.monotonicMs() }).admitted) admitted += 1;
      }
    }
    return Math.round(admitted / SECONDS);
  };
}

describe("the limits of the settings", () => {
  it("are those of an account, before those of its tier, before none", (t) => {
    const yaml = `limits:
  tiers: [{ tier: smb, requestsPerSecond: 5 }]
  accounts: [{ accountSid: ${LIMITED}, requestsPerSecond: 2 }]
`;
    const perSecond = sample(t, yaml);
    assert.equal(perSecond({}), 2);
    assert.equal(perSecond({ accountSid: OTHER }), 5);
    assert.equal(perSecond({ accountSid: `AC${"3".repeat(32)}`, tier: "enterprise" }), 100);
  });

  it("are none for accounts where nothing is set, and some for each address but this machine's own", (t) => {
    const perSecond = sample(t, "limits: { perAddress: 3 }\n");
    assert.equal(perSecond({ accountSid: undefined }), 3);
    for (const ip of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) assert.equal(perSecond({ ip }), 100, ip);
    assert.equal(perSecond({ ip: "10.0.0.2" }), 3);
  });
});
