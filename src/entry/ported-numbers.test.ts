import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it, type TestContext } from "node:test";
import { ManualClock } from "../adapters/memory/index.ts";
import { systemClock, systemNet } from "../adapters/system/index.ts";
import { createProgress } from "../platform/cli/index.ts";
import type { RoutingSettings } from "../platform/config/index.ts";
import { HttpClient } from "../platform/http-client/index.ts";
import type { Logger } from "../platform/ports.ts";
import { NumberLookup, openPortedNumbers } from "./ported-numbers.ts";
import { StartFailure } from "./start-failure.ts";

const folder = mkdtempSync(join(tmpdir(), "ported-"));
after(() => rmSync(folder, { recursive: true }));

const none: RoutingSettings = {
  portedNumbers: undefined,
  lookupUrl: undefined,
  lookupPath: { source: "network", steps: ["network"] },
  lookupAuthorization: undefined,
  lookupKeepSeconds: 86_400,
};

/** A logger that keeps the events. */
function listening(): { logger: Logger; events: string[] } {
  const events: string[] = [];
  const note = (event: string): void => void events.push(event);
  const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger };
  return { logger, events };
}

function open(settings: Partial<RoutingSettings>) {
  let shown = "";
  const output = { isTty: false, write: (text: string) => void (shown += text) };
  const progress = createProgress(output, () => 0);
  const ports = { net: systemNet, clock: systemClock, logger: listening().logger, progress };
  return { opened: openPortedNumbers({ ...none, ...settings }, ports), shown: () => shown };
}

async function serve(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    response.setHeader("Connection", "close");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A look-up with a clock that stands still. */
function lookupAt(t: TestContext, lookupUrl: string, settings: Partial<RoutingSettings> = {}) {
  const clock = new ManualClock();
  const { logger, events } = listening();
  const http = new HttpClient({ net: systemNet, clock: systemClock });
  t.after(() => http.close());
  const ports = { net: systemNet, clock, logger, http };
  return { clock, events, lookup: new NumberLookup({ ...none, ...settings, lookupUrl }, ports) };
}

describe("what is known of ported numbers", () => {
  it("is nothing where nothing is configured", async () => {
    const { ported, close } = await open({}).opened;
    assert.equal(ported, undefined);
    await close();
  });

  it("is read from a file, and the start says how many there are", async () => {
    const path = join(folder, "good.csv");
    writeFileSync(path, "number,network\n+12125550100,310260\n+12125550101,310410\n");
    const { opened, shown } = open({ portedNumbers: path });
    const { ported, close } = await opened;
    assert.equal(ported?.networkOf("+12125550101"), "310410");
    assert.equal(shown(), "✓ Ported numbers (2) ready in 0 ms\n");
    await close();
  });

  it("ends the start with the line of a file that is wrong, or with why it cannot be read", async () => {
    const path = join(folder, "bad.csv");
    writeFileSync(path, "+12125550100,310260\nnobody,2\n");
    const refused = (text: RegExp) => (error: unknown) => error instanceof StartFailure && text.test(error.message);
    const wrong = open({ portedNumbers: path });
    await assert.rejects(wrong.opened, refused(/bad\.csv cannot be understood: line 2 of the ported numbers/));
    assert.match(wrong.shown(), /^✗ Ported numbers failed/);
    await assert.rejects(open({ portedNumbers: join(folder, "none.csv") }).opened, refused(/cannot be read: ENOENT/));
  });

  it("is asked for elsewhere, with the number's digits and the operator's credentials", async (t) => {
    const asked: string[] = [];
    const base = await serve(t, (request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.end(JSON.stringify({ results: [{ mccmnc: 31026 }] }));
    });
    const lookupPath = { source: "results[0].mccmnc", steps: ["results", 0, "mccmnc"] };
    const { lookup } = lookupAt(t, `${base}/hlr?msisdn=%2B{number}`, { lookupPath, lookupAuthorization: "Bearer x" });
    assert.equal(await lookup.ask("+12125550100"), "31026");
    assert.deepEqual(asked, ["/hlr?msisdn=%2B12125550100 Bearer x"]);
  });

  it("is not taken from answers without it, and an answer that cannot be read is a failure", async (t) => {
    const answers: Readonly<Record<string, readonly [number, string]>> = {
      "/1": [404, "no"],
      "/2": [200, '{"network": null}'],
      "/3": [200, '{"network": {"code": 1}}'],
      "/4": [200, `{"network": "${"9".repeat(65)}"}`],
      "/5": [200, '"text"'],
      "/6": [500, "{}"],
      "/7": [200, "<html>"],
      "/8": [200, `{"network": "1", "rest": "${"x".repeat(70_000)}"}`],
    };
    const base = await serve(t, (request, response) => {
      const [status, body] = answers[request.url ?? ""] ?? [200, "{}"];
      response.writeHead(status).end(body);
    });
    const { lookup, events } = lookupAt(t, `${base}/{number}`);
    for (const number of ["+1", "+2", "+3", "+4", "+5"]) assert.equal(await lookup.ask(number), undefined);
    for (const number of ["+6", "+7", "+8"]) await assert.rejects(lookup.ask(number));
    assert.deepEqual(events, ["routing.lookup-failed"], "the first of several is logged");
  });

  it("is not asked for while the other side has failed many times", async (t) => {
    let isAway = true;
    let asked = 0;
    const base = await serve(t, (_, response) => {
      asked += 1;
      response.writeHead(isAway ? 503 : 200).end('{"network": "310260"}');
    });
    const { lookup, events, clock } = lookupAt(t, `${base}/{number}`);
    for (let n = 0; n < 25; n += 1) await assert.rejects(lookup.ask("+12125550100"));
    assert.equal(asked, 20);
    isAway = false;
    clock.advance(10_000);
    assert.equal(await lookup.ask("+12125550100"), "310260");
    const failed = "routing.lookup-failed";
    assert.deepEqual(events, [failed, failed, "routing.lookup-answers-again"]);
  });
});
