import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { kannelConfig } from "./kannel-config.ts";
import { freePorts, isListening, missingPrograms, startProgram, stopProgram } from "./programs.ts";

const INSTALL = "RUNLEVEL=1 apt-get install -y --no-install-recommends kannel";
const START_LIMIT_MS = 20_000;

/** Why tests with Kannel are skipped here, or false. */
export const withoutKannel: string | false = missingPrograms(["bearerbox", "smsbox"], INSTALL) ?? false;

/** Kannel in front of an SMSC, as an application sees it. */
export interface Kannel {
  /** Sends a text as an application of Kannel's would, by HTTP, and resolves to the answer. */
  send(fields: Record<string, string>): Promise<string>;
  /** What Kannel has called back: receipts under /dlr, texts of phones under /mo. */
  readonly calls: URL[];
  readonly callbackBase: string;
}

/** Starts bearerbox and smsbox, which bind to the SMSC on `smscPort`, with their callbacks coming here. They end with the test. */
export async function startKannel(t: TestContext, smscPort: number): Promise<Kannel> {
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
      smscPort,
      smscId: "trunkline",
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
