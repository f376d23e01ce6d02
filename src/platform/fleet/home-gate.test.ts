import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import type { HttpRequest, HttpResponse } from "../http/index.ts";
import { HomeGate, type HomeGateOptions } from "./home-gate.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const OTHER = `AC${"b".repeat(32)}`;
const PATH = `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`;

function request(method: string, user: string | undefined = ACCOUNT, target = PATH): HttpRequest {
  const authorization = user === "" ? undefined : `Basic ${Buffer.from(`${user}:secret`).toString("base64")}`;
  const headers = { host: "api.twilio.com", authorization };
  return { method, target, headers, scheme: "https", peer: "", readBody: () => Promise.resolve(Buffer.alloc(0)) };
}

function makeGate(options: Partial<HomeGateOptions> = {}): { gate: HomeGate; clock: ManualClock } {
  const clock = new ManualClock(1_000_000);
  return { gate: new HomeGate({ clock, ...options }), clock };
}

const status = (answer: HttpResponse | undefined | Promise<HttpResponse | undefined>): number | undefined => {
  assert.ok(!(answer instanceof Promise));
  return answer?.status;
};

describe("the gate of a cell", () => {
  it("lets everybody in while nothing moves", () => {
    const { gate } = makeGate();
    assert.equal(gate.gateRequest(request("POST")), undefined);
    assert.equal(gate.accepts(ACCOUNT), true);
    assert.equal(gate.placeOfText("+15005550100"), "here");
  });

  it("refuses new work of a frozen account with Retry-After, lets reads go on, and thaws by itself", () => {
    const { gate, clock } = makeGate();
    gate.set([ACCOUNT, "+15005550100"], { kind: "frozen", untilMs: clock.nowMs() + 1_000 });
    const answer = gate.gateRequest(request("POST")) as HttpResponse;
    assert.equal(answer.status, 503);
    assert.equal(answer.headers[answer.headers.indexOf("Retry-After") + 1], "1");
    assert.match(JSON.stringify(answer.body), /20503/);
    assert.equal(gate.gateRequest(request("GET")), undefined);
    assert.equal(gate.gateRequest(request("POST", OTHER)), undefined);
    assert.equal(gate.accepts(ACCOUNT), false);
    assert.equal(gate.placeOfText("15005550100"), "here", "texts are taken as ever");
    clock.advance(1_000);
    assert.equal(gate.gateRequest(request("POST")), undefined);
  });

  it("holds texts while it is sealed, and names the other cell when the account has moved", () => {
    const { gate, clock } = makeGate();
    gate.set([ACCOUNT, "+15005550100"], { kind: "sealed" });
    clock.advance(3_600_000);
    assert.equal(status(gate.gateRequest(request("POST"))), 503);
    assert.equal(gate.placeOfText("15005550100"), "held");
    gate.set([ACCOUNT, "+15005550100"], { kind: "moved", home: { cell: "messaging-2", epoch: 7 } });
    const answer = gate.gateRequest(request("GET")) as HttpResponse;
    assert.equal(answer.status, 421);
    assert.equal(answer.headers[answer.headers.indexOf("X-Trunkline-Home") + 1], "messaging-2");
    assert.equal(answer.headers[answer.headers.indexOf("X-Trunkline-Epoch") + 1], "7");
    assert.deepEqual(gate.placeOfText("+15005550100"), { cell: "messaging-2" });
    gate.set([ACCOUNT, "+15005550100"], undefined);
    assert.equal(gate.gateRequest(request("GET")), undefined);
  });

  it("answers nothing of an account that is about to come, and knows it by the path where nobody says who calls", () => {
    const { gate } = makeGate();
    gate.set([ACCOUNT], { kind: "arriving" });
    assert.equal(status(gate.gateRequest(request("GET"))), 503);
    assert.equal(status(gate.gateRequest(request("GET", ""))), 503);
    assert.equal(gate.gateRequest(request("GET", "", "/healthz")), undefined);
  });

  it("answers 421 to a SID of another cell, unless the account is here", async () => {
    const known = new Set<string>();
    let asked = 0;
    const { gate } = makeGate({
      hints: { cellNumber: 1, cellOf: (sid) => (sid === ACCOUNT ? 1 : 2) },
      isKnown: (sid) => {
        asked += 1;
        return Promise.resolve(known.has(sid));
      },
    });
    assert.equal(gate.gateRequest(request("POST")), undefined);
    const answer = await gate.gateRequest(request("POST", OTHER));
    assert.equal(answer?.status, 421);
    assert.ok(!answer.headers.includes("X-Trunkline-Home"));
    known.add(OTHER);
    assert.equal(await gate.gateRequest(request("POST", OTHER)), undefined);
    assert.equal(gate.gateRequest(request("POST", OTHER)), undefined);
    assert.equal(asked, 2, "what is known is not asked again");
    gate.set([OTHER], { kind: "sealed" });
    assert.equal(status(gate.gateRequest(request("POST", OTHER))), 503, "nor believed when it changes");
  });

  it("answers 503 where it cannot be found out whether the account is here", async () => {
    const { gate } = makeGate({
      hints: { cellNumber: 1, cellOf: () => 2 },
      isKnown: () => Promise.reject(new Error("the database is away")),
    });
    const answer = await gate.run(request("GET"), () => Promise.reject(new Error("not to be asked")));
    assert.equal(answer.status, 503);
    assert.equal(answer.headers[answer.headers.indexOf("Retry-After") + 1], "1");
  });

  it("waits for the requests that it let in before, and for no others", async () => {
    const { gate, clock } = makeGate();
    const ends: (() => void)[] = [];
    const next = (): Promise<HttpResponse> =>
      new Promise((resolve) => ends.push(() => resolve({ status: 200, headers: [] })));
    assert.equal(await gate.quiesced(1_000), true);
    const step = request("POST", "", "/trunkline/internal/v1/moves/MV1/freeze");
    const answer = await gate.run(step, async () => ({
      status: (await gate.quiesced(1_000)) ? 200 : 500,
      headers: [],
    }));
    assert.equal(answer.status, 200, "nor for the step that asks");
    const first = gate.run(request("POST"), next);
    let isQuiet: boolean | undefined;
    const quiet = gate.quiesced(1_000).then((value) => (isQuiet = value));
    const second = gate.run(request("POST"), next);
    ends[0]?.();
    await first;
    await quiet;
    assert.equal(isQuiet, true);
    const late = gate.quiesced(1_000);
    clock.advance(1_000);
    assert.equal(await late, false);
    ends[1]?.();
    await second;
  });
});
