import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, it } from "node:test";
import { loadSettings } from "../../platform/config/index.ts";
import { carrierSettings, type ProgramSettings } from "../carriers.ts";
import { databaseOf } from "./databases.ts";
import {
  cellEnvironment,
  controlEnvironment,
  edgeEnvironment,
  type FleetEnvironment,
  type Variables,
} from "./node-environment.ts";
import type { PlannedCell } from "./plan.ts";

const load = (flags: Record<string, string | boolean>, env: Variables = {}): ProgramSettings =>
  loadSettings({ flags, env, cwd: tmpdir(), carrierTypes: carrierSettings });

function fleet(flags: Record<string, string | boolean> = {}): FleetEnvironment {
  return {
    settings: load({ data: "/data", ...flags }),
    controlDatabaseUrl: "postgres://control",
    publicUrl: "http://127.0.0.1:8080",
    seed: "127.0.0.1:7946",
    operatorSid: `AC${"1".repeat(32)}`,
    simulatorPort: 2_775,
    phonesUrl: "http://127.0.0.1:8081",
    logFormat: "json",
  };
}

const ports = { port: 9_001, gossipPort: 9_002 };
const verify: PlannedCell = { name: "verify-1", number: 2, type: "verify", tier: "smb", region: "ie1" };
const third: PlannedCell = { name: "messaging-3", number: 3, type: "messaging", tier: "enterprise", region: "ie1" };

describe("the environment of a process of a fleet", () => {
  it("makes a cell of it, which knows where its database is and not where the routing table is", () => {
    const made = cellEnvironment(fleet(), { cell: third, ports, databaseUrl: "postgres://own" });
    const settings = load({}, made);
    assert.deepEqual(settings.cell, { number: 3, type: "messaging", tier: "enterprise" });
    assert.deepEqual(
      [settings.name, settings.region, settings.port, settings.gossip.port],
      ["messaging-3", "ie1", 9_001, 9_002],
    );
    assert.equal(String(settings.databaseUrl), "postgres://own");
    assert.equal(settings.controlDatabaseUrl, undefined);
    assert.equal(settings.cells, undefined, "it starts no fleet itself");
    assert.deepEqual([settings.simulator.enabled, settings.simulator.port], [true, 2_775]);
  });

  it("gives each messaging cell SMPP ports of its own, and other cells none", () => {
    const customers = fleet({ "smpp-port": "3000" });
    const smppPort = (cell: PlannedCell) =>
      load({}, cellEnvironment(customers, { cell, ports, databaseUrl: "postgres://own" })).smpp.port;
    assert.equal(smppPort(third), 3_002);
    assert.equal(smppPort(verify), undefined);
  });

  it("gives the port for TLS to the first edge alone", () => {
    const tls = fleet({ "tls-port": "8443" });
    const edge = (isFirst: boolean) =>
      load({}, edgeEnvironment(tls, { name: isFirst ? "edge-us1" : "edge-ie1", region: "us1", ports, isFirst }));
    assert.deepEqual([edge(true).tlsPort, edge(false).tlsPort], [8_443, undefined]);
    assert.equal(String(edge(false).controlDatabaseUrl), "postgres://control");
  });

  it("tells everybody who the operator is and whom to ask for the others", () => {
    const { gossip, operatorSid, name } = load({}, controlEnvironment(fleet(), ports, "us1"));
    assert.deepEqual([gossip.seed, operatorSid, name], ["127.0.0.1:7946", `AC${"1".repeat(32)}`, "control"]);
  });

  it("keeps the first cell in the database of a system of one process", () => {
    assert.deepEqual(["messaging-1", "messaging-2"].map(databaseOf), ["trunkline", "trunkline_messaging_2"]);
  });
});
