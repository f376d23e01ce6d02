import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import { MemoryPhoneStore, startSimulator } from "../../src/modules/simulator/index.ts";
import type { Simulator } from "../../src/modules/simulator/index.ts";
import { freePorts, isListening, missingPrograms, startProgram, stopProgram } from "../kit/programs.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import { until } from "../kit/until.ts";
import { kannelConfig } from "../kit/kannel-config.ts";

const INSTALL = "RUNLEVEL=1 apt-get install -y --no-install-recommends kannel";
const START_LIMIT_MS = 20_000;
const OURS = "15005550100";
const PHONE = "447700900123";

interface Kannel {
  /** Sends a text as an application of Kannel's would, by HTTP, and resolves to the answer. */
  send(fields: Record<string, string>): Promise<string>;
  /** What Kannel has called back: receipts under /dlr, texts of phones under /mo. */
  readonly calls: URL[];
  readonly callbackBase: string;
}

/** Kannel's bearerbox and smsbox, bound to the carrier on `port`, with their callbacks coming here. */
async function kannel(t: TestContext, port: number): Promise<Kannel> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-kannel-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const calls: URL[] = [];
  const sink = http.createServer((request, response) => {
    calls.push(new URL(request.url ?? "/", "http://sink"));
    response.end();
  });
  await new Promise<void>((listening) => sink.listen(0, "127.0.0.1", listening));
  t.after(() => {
    sink.closeAllConnections();
    sink.close();
  });
  const callbackBase = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const [adminPort = 0, boxPort = 0, sendPort = 0] = await freePorts(3);
  const conf = join(folder, "kannel.conf");
  await writeFile(
    conf,
    kannelConfig({
      folder,
      adminPort,
      boxPort,
      sendPort,
      smscPort: port,
      smscId: "simulated",
      window: 20,
      enquireLinkSeconds: 2,
      logLevel: 1,
      core: "dlr-storage = internal",
      services: textsTo(callbackBase),
    }),
  );
  await start(t, "bearerbox", { conf, folder, port: boxPort });
  await start(t, "smsbox", { conf, folder, port: sendPort });
  const send = async (fields: Record<string, string>): Promise<string> => {
    const query = new URLSearchParams({ username: "test", password: "test", ...fields });
    const response = await fetch(`http://127.0.0.1:${sendPort}/cgi-bin/sendsms?${query.toString()}`);
    return `${response.status} ${await response.text()}`;
  };
  return { send, calls, callbackBase };
}

async function start(t: TestContext, name: string, at: { conf: string; folder: string; port: number }): Promise<void> {
  const child = startProgram(name, ["--verbosity", "4", at.conf], at.folder);
  t.after(() => stopProgram(child));
  const endMs = Date.now() + START_LIMIT_MS;
  while (!(await isListening(at.port))) {
    if (child.exitCode !== null || Date.now() > endMs) {
      const log = await readFile(join(at.folder, `${name}.log`), "utf8").catch(() => "no log");
      assert.fail(`${name} did not start: ${log.slice(-2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Texts from phones go to a URL, which answers nothing. */
function textsTo(url: string): string {
  return `
group = sms-service
keyword = default
catch-all = true
accept-x-kannel-headers = false
max-messages = 0
concatenation = true
get-url = "${url}/mo?from=%p&to=%P&text=%b&charset=%C"
`;
}

async function carrier(
  t: TestContext,
  faults: Record<string, unknown> = {},
): Promise<{ simulator: Simulator; port: number }> {
  const deps = { net: systemNet, clock: systemClock, log: silentLogger, store: new MemoryPhoneStore() };
  const running = await startSimulator(deps, {
    host: "127.0.0.1",
    port: 0,
    credentials: [{ systemId: "kannel", password: "secret" }],
    faults: { receiptDelayMs: 20, ...faults },
  });
  t.after(() => running.simulator.stop(0));
  return running;
}

const skip = missingPrograms(["bearerbox", "smsbox"], INSTALL) ?? false;

describe("Kannel as an application of the simulated carrier", { skip }, () => {
  it("sends texts that land on phones, and hears each receipt", async (t) => {
    const { simulator, port } = await carrier(t);
    const { send, calls, callbackBase } = await kannel(t, port);
    await until("Kannel is bound", () => simulator.binds.length === 1, START_LIMIT_MS);
    assert.deepEqual(
      simulator.binds.map(({ systemId, bind }) => ({ systemId, bind })),
      [{ systemId: "kannel", bind: "transceiver" }],
    );
    const count = 50;
    for (let n = 0; n < count; n += 1) {
      const answer = await send({
        from: OURS,
        to: PHONE,
        text: `kannel ${n} £`,
        "dlr-mask": "3",
        "dlr-url": `${callbackBase}/dlr?n=${n}&type=%d`,
      });
      assert.match(answer, /^202 /);
    }
    const receipts = () => calls.filter((call) => call.pathname === "/dlr");
    await until("every receipt", () => receipts().length === count, 30_000);
    assert.deepEqual(
      new Set(receipts().map((call) => call.searchParams.get("n"))),
      new Set(Array.from({ length: count }, (_, n) => String(n))),
    );
    assert.deepEqual(new Set(receipts().map((call) => call.searchParams.get("type"))), new Set(["1"]));
    const bodies = simulator.phoneMessages(PHONE, { limit: 100 }).map((message) => message.body);
    assert.deepEqual(new Set(bodies), new Set(Array.from({ length: count }, (_, n) => `kannel ${n} £`)));
  });

  it("sends long and Unicode texts that are whole on the phone, and hears of failures", async (t) => {
    const { simulator, port } = await carrier(t);
    const { send, calls, callbackBase } = await kannel(t, port);
    await until("Kannel is bound", () => simulator.binds.length === 1, START_LIMIT_MS);
    const long = "A long text that needs parts. ".repeat(12).trim();
    await send({ from: OURS, to: PHONE, text: long });
    await send({ from: OURS, to: PHONE, text: "Привет, мир", coding: "2", charset: "UTF-8" });
    await send({
      from: OURS,
      to: "447009990001",
      text: "lost",
      "dlr-mask": "3",
      "dlr-url": `${callbackBase}/dlr?type=%d`,
    });
    await until("two texts", () => simulator.phoneMessages(PHONE, { limit: 10 }).length === 2, 30_000);
    const messages = simulator.phoneMessages(PHONE, { limit: 10 });
    assert.deepEqual(new Set(messages.map((message) => message.body)), new Set([long, "Привет, мир"]));
    assert.equal(messages.find((message) => message.body === long)?.parts.length, 3);
    await until("the failure", () => calls.some((call) => call.pathname === "/dlr"), 30_000);
    assert.equal(calls.find((call) => call.pathname === "/dlr")?.searchParams.get("type"), "2");
  });

  it("hears what phones text, long texts whole, and comes back after the carrier broke the connection", async (t) => {
    const { simulator, port } = await carrier(t);
    const { send, calls } = await kannel(t, port);
    await until("Kannel is bound", () => simulator.binds.length === 1, START_LIMIT_MS);
    const long = "The phone writes more than fits into one part, so there are parts. ".repeat(4).trim();
    simulator.sendFromPhone({ from: `+${PHONE}`, to: `+${OURS}`, body: "hello back" });
    simulator.sendFromPhone({ from: `+${PHONE}`, to: `+${OURS}`, body: long });
    const texts = () => calls.filter((call) => call.pathname === "/mo").map((call) => call.searchParams.get("text"));
    await until("two texts", () => texts().length === 2, 30_000);
    assert.deepEqual(new Set(texts()), new Set(["hello back", long]));
    assert.match(calls[0]?.searchParams.get("from") ?? "", new RegExp(PHONE));
    await until("taken", () =>
      simulator.phoneMessages(PHONE, { limit: 10 }).every((message) => message.state === "taken"),
    );

    simulator.setFaults({ disconnectShare: 1 });
    await send({ from: OURS, to: PHONE, text: "breaks" });
    await until("the break", () => simulator.binds.length === 0, 30_000);
    simulator.setFaults({ disconnectShare: 0 });
    await until("Kannel is bound again", () => simulator.binds.length === 1, START_LIMIT_MS);
    simulator.sendFromPhone({ from: `+${PHONE}`, to: `+${OURS}`, body: "after the break" });
    await until("the text after the break", () => texts().includes("after the break"), 30_000);
  });
});
