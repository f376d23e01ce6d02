import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryNet } from "../../../test/kit/memory-net.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { CommandStatus, InterfaceVersion } from "../../protocols/smpp/index.ts";
import { probeBind, type ProbeStep } from "./probe-bind.ts";
import { SmppServer, type SmppServerOptions } from "./server.ts";

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function probe(
  server: Partial<SmppServerOptions> | ((connection: { destroy(): unknown }) => void) | undefined,
): Promise<{ steps: readonly ProbeStep[]; net: MemoryNet }> {
  const net = new MemoryNet();
  const clock = new ManualClock();
  if (typeof server === "function") await net.listen({ host: "memory", port: 2775 }, server);
  else if (server !== undefined) {
    const made = new SmppServer({
      net,
      clock,
      log: silentLogger,
      systemId: "smsc",
      authenticate: () => ({ accept: true }),
      onRequest: () => {},
      ...server,
    });
    await made.listen({ host: "memory", port: 2775 });
  }
  const probing = probeBind({
    net,
    clock,
    log: silentLogger,
    host: "smsc.example",
    address: "192.0.2.1",
    port: 2775,
    tls: false,
    tlsVerify: true,
    systemId: "esme",
    password: "secret",
    systemType: "",
    addressRange: "",
    bind: "transceiver",
    interfaceVersion: InterfaceVersion.V5_0,
    limitMs: 10_000,
  });
  await turns();
  clock.advance(10_000);
  await turns();
  return { steps: await probing, net };
}

const told = (steps: readonly ProbeStep[]): string[] => steps.map(({ step, outcome }) => `${step} ${outcome}`);

describe("a test of a bind", () => {
  it("goes through all steps and leaves nothing open", async () => {
    const { steps, net } = await probe({});
    assert.deepEqual(told(steps), [
      "connect passed",
      "bind passed",
      "version passed",
      "enquire_link passed",
      "unbind passed",
    ]);
    assert.match(steps[1]?.detail ?? "", /“smsc”/);
    assert.match(steps[2]?.detail ?? "", /5\.0/);
    assert.ok(net.dialled.every(({ destroyed }) => destroyed));
  });

  it("says why it is refused, and never the password", async () => {
    const { steps } = await probe({
      authenticate: () => ({ accept: false, status: CommandStatus.ESME_RINVPASWD }),
    });
    assert.deepEqual(told(steps), ["connect passed", "bind failed"]);
    assert.match(steps[1]?.detail ?? "", /ESME_RINVPASWD \(0x0000000e\): The password is wrong\./);
    assert.ok(!JSON.stringify(steps).includes("secret"));
  });

  it("tells silence, an end and nobody there apart", async () => {
    const silent = await probe((connection) => void connection);
    assert.deepEqual(told(silent.steps), ["connect passed", "bind failed"]);
    assert.match(silent.steps[1]?.detail ?? "", /in time|timeout/);
    const ended = await probe((connection) => connection.destroy());
    assert.match(ended.steps[1]?.detail ?? "", /closed|broke/);
    const nobody = await probe(undefined);
    assert.deepEqual(told(nobody.steps), ["connect failed"]);
    assert.match(nobody.steps[0]?.detail ?? "", /ECONNREFUSED: nothing listens/);
  });
});
