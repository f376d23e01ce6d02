import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { esmeOnSockets, type EsmeWorld } from "../kit/esme-world.ts";
import { kannelConfig } from "../kit/kannel-config.ts";
import { NUMBER, PHONE } from "../kit/messaging-world.ts";
import { freePorts, isListening, missingPrograms, startProgram, stopProgram } from "../kit/programs.ts";
import { until } from "../kit/until.ts";

const INSTALL = "RUNLEVEL=1 apt-get install -y --no-install-recommends kannel";
const START_LIMIT_MS = 20_000;

const skip = missingPrograms(["bearerbox", "smsbox"], INSTALL) ?? false;

/** The server for customers, with a credential for Kannel. */
async function server(t: TestContext): Promise<EsmeWorld> {
  const world = await esmeOnSockets(t);
  world.addCredential({ sid: `EM${"2".repeat(32)}`, system_id: "kannel", password: "secret" });
  // The server looks for new credentials from time to time.
  world.messaging.clock.advance(15_000);
  return world;
}

interface Kannel {
  send(fields: Record<string, string>): Promise<string>;
  /** What Kannel called back: receipts under /dlr, texts under /mo. */
  readonly calls: URL[];
  readonly callbackBase: string;
}

async function kannel(t: TestContext, smscPort: number): Promise<Kannel> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-esme-kannel-"));
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
  const places = { folder, adminPort, boxPort, sendPort, smscPort, smscId: "trunkline", window: 20 };
  const services = `
group = sms-service
keyword = default
catch-all = true
accept-x-kannel-headers = false
max-messages = 0
concatenation = true
get-url = "${callbackBase}/mo?from=%p&to=%P&text=%b&charset=%C"
`;
  const rest = { enquireLinkSeconds: 2, logLevel: 1, core: "dlr-storage = internal", services };
  await writeFile(conf, kannelConfig({ ...places, ...rest }));
  for (const [name, port] of [
    ["bearerbox", boxPort],
    ["smsbox", sendPort],
  ] as const) {
    const child = startProgram(name, ["--verbosity", "4", conf], folder);
    t.after(() => stopProgram(child));
    const endMs = Date.now() + START_LIMIT_MS;
    while (!(await isListening(port))) {
      if (child.exitCode !== null || Date.now() > endMs) {
        const log = await readFile(join(folder, `${name}.log`), "utf8").catch(() => "no log");
        assert.fail(`${name} did not start: ${log.slice(-2_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const send = async (fields: Record<string, string>): Promise<string> => {
    const query = new URLSearchParams({ username: "test", password: "test", ...fields });
    const response = await fetch(`http://127.0.0.1:${sendPort}/cgi-bin/sendsms?${query.toString()}`);
    return `${response.status} ${await response.text()}`;
  };
  return { send, calls, callbackBase };
}

describe("Kannel as a customer", { skip }, () => {
  it("sends texts, short and long, hears of each that was delivered, and gets what comes in", async (t) => {
    const world = await server(t);
    const { send, calls, callbackBase } = await kannel(t, world.port);
    await until("Kannel is bound", () => [...world.esme.status().sessions].length === 1, START_LIMIT_MS);
    const long = "A long text that needs parts. ".repeat(12).trim();
    const texts = ["hello £ @", "Привет, мир", long];
    for (const [n, text] of texts.entries()) {
      const answer = await send({
        from: NUMBER.slice(1),
        to: PHONE.slice(1),
        text,
        charset: "UTF-8",
        ...(n === 1 ? { coding: "2" } : {}),
        "dlr-mask": "3",
        "dlr-url": `${callbackBase}/dlr?n=${n}&type=%d`,
      });
      assert.match(answer, /^202 /);
    }
    const receipts = () => calls.filter((call) => call.pathname === "/dlr").map((call) => call.search);
    await until("a receipt for each", () => new Set(receipts()).size === texts.length, 30_000);
    assert.deepEqual(new Set(receipts()), new Set(texts.map((_, n) => `?n=${n}&type=1`)));
    assert.deepEqual(new Set(world.messaging.carrier.submissions.map(({ text }) => text)), new Set(texts));
    await world.textIn("hello Kannel");
    await world.textIn(long);
    const came = () => calls.filter((call) => call.pathname === "/mo").map((call) => call.searchParams.get("text"));
    await until("two texts", () => came().length === 2, 30_000);
    assert.deepEqual(came(), ["hello Kannel", long]);
    await until("all acknowledged", () => world.esme.status().waiting === 0);
  });

  it("hears of a message that nobody could deliver", async (t) => {
    const world = await server(t);
    world.messaging.carrier.script = () => ({
      kind: "refused",
      verdict: "permanent",
      errorCode: 30005,
      status: "TEST",
    });
    const { send, calls, callbackBase } = await kannel(t, world.port);
    await until("Kannel is bound", () => [...world.esme.status().sessions].length === 1, START_LIMIT_MS);
    const dlr = { "dlr-mask": "3", "dlr-url": `${callbackBase}/dlr?type=%d&text=%A` };
    await send({ from: NUMBER.slice(1), to: PHONE.slice(1), text: "lost", ...dlr });
    await until("the failure", () => calls.length === 1, 30_000);
    assert.equal(calls[0]?.searchParams.get("type"), "2");
  });
});
