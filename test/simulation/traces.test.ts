import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judge, misbehaviours, SandboxCarrier, type MisbehaviourName } from "../kit/carriers/index.ts";
import { SeededRandom } from "../kit/smpp-pdus.ts";
import { CarrierStage, STAGE_LIMIT_MS, STAGE_RESPONSE_MS } from "./carrier-stage.ts";
import { TracePlayer } from "./trace-player.ts";
import { TraceRecorder } from "./trace-recorder.ts";
import { readTraces, writeTrace, type Trace } from "./trace.ts";

/** `RECORD=1` records the traces again, from today's system and the carriers of the sandbox. */
const RECORDS = process.env["RECORD"] === "1";
const RECORDED: readonly MisbehaviourName[] = [
  "well-behaved",
  "throttling",
  "slow",
  "out-of-order",
  "duplicated-receipts",
  "early-receipts",
  "hex-ids",
  "decimal-ids",
  "cut-pdu",
  "late-receipts",
];

const MESSAGES = 14;
const EVERY_MS = 20;
const LONG = 5;

async function record(name: MisbehaviourName): Promise<Trace> {
  const stage = new CarrierStage();
  const { clock, net } = stage;
  const kind = misbehaviours[name];
  const pace = { tooLateMs: STAGE_RESPONSE_MS + 200, maxFaults: 2, faultEveryMs: 50 };
  const carrier = new SandboxCarrier({ kind, net, clock, random: new SeededRandom(2), pace });
  const recorder = new TraceRecorder({ net, clock });
  const messageIds = "messageIds" in kind ? kind.messageIds : undefined;
  await stage.open(await recorder.start(await carrier.start()), messageIds);
  // "An hour later" is as good after a second, where nothing else happens in between.
  clock.after(1_000, () => carrier.payReceipts());
  const messages = Array.from({ length: MESSAGES }, (_, n) => ({
    to: `+4477009${String(n).padStart(5, "0")}`,
    body: `message ${n}.${n === LONG ? " And some more to it.".repeat(18) : ""}`,
    atMs: n * EVERY_MS,
  }));
  await stage.run(messages, () => carrier.receiptsOwed === 0);
  const listed = stage.running.listed();
  const accepted = [...listed.values()].map(({ sid, to }) => ({ sid, to }));
  assert.deepEqual(judge(carrier, accepted, listed).problems, []);
  const lines = [...recorder.lines];
  await stage.close();
  await recorder.close();
  await carrier.close();
  const ends = new Map([...listed.values()].map((one) => [one.to, one]));
  const traced = messages.map((message) => {
    const { status = "", errorCode = null } = ends.get(message.to) ?? {};
    return { ...message, status, errorCode };
  });
  const head = { trace: name, about: kind.about, messages: traced };
  return { head: messageIds === undefined ? head : { ...head, messageIds }, lines };
}

async function replay(trace: Trace): Promise<void> {
  const stage = new CarrierStage();
  const player = new TracePlayer(trace, stage);
  await stage.open(await player.start(), trace.head.messageIds);
  await stage.run(
    trace.head.messages,
    () => player.unplayed.length === 0 || stage.clock.monotonicMs() > STAGE_LIMIT_MS / 2,
  );
  const ends = [...stage.running.listed().values()].map(({ to, status, errorCode }) => ({ to, status, errorCode }));
  const due = trace.head.messages.map(({ to, status, errorCode }) => ({ to, status, errorCode }));
  assert.deepEqual(player.surprises, [], "nothing is sent that was not sent then");
  assert.deepEqual(player.unplayed, [], "everything that was sent then is sent");
  assert.deepEqual(byRecipient(ends), byRecipient(due));
  assert.deepEqual(player.receiptsTaken, player.receiptsGiven, "every receipt is taken");
  assert.equal(stage.running.module.status().unknown, 0);
  await stage.close();
  await player.close();
}

function byRecipient<T extends { readonly to: string }>(ends: readonly T[]): T[] {
  return ends.toSorted((a, b) => (a.to < b.to ? -1 : 1));
}

describe("a recorded trace", () => {
  if (RECORDS) {
    for (const name of RECORDED)
      it(`is recorded: ${name}`, async () => {
        writeTrace(await record(name));
      });
  }
  it("exists for each carrier that is worth one", () => {
    assert.deepEqual(
      readTraces().map(({ head }) => head.trace),
      RECORDED.toSorted(),
    );
  });
  for (const trace of RECORDS ? [] : readTraces()) {
    it(`ends as it did then: ${trace.head.trace}`, () => replay(trace));
  }
});
