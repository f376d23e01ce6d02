import assert from "node:assert/strict";
import { it } from "node:test";
import { MISBEHAVIOUR_NAMES, misbehaviours, judge, type EndedMessage, type TakenSubmit } from "./index.ts";
import { CarrierLedger } from "./ledger.ts";

const kind = misbehaviours["well-behaved"];

/** A carrier that took one part each of what is given. */
function carrierWith(...taken: Partial<TakenSubmit>[]): { ledger: CarrierLedger; kind: typeof kind } {
  const ledger = new CarrierLedger();
  for (const submit of taken) {
    ledger.submits.push({
      number: ledger.submits.length + 1,
      from: "15005550100",
      to: "447700900001",
      part: 0,
      octets: Buffer.from("hello"),
      atMs: 0,
      connection: 1,
      state: "DELIVERED",
      answer: { kind: "accepted", atMs: 1 },
      receiptsGiven: 1,
      receiptsTaken: 1,
      firstTakenMs: 10,
      ...submit,
    });
  }
  return { ledger, kind };
}

const ACCEPTED = [{ sid: "SM1", to: "+447700900001" }];

/** The problems with one message that ended so. */
function problems(carrier: ReturnType<typeof carrierWith>, end?: Partial<EndedMessage>): string[] {
  const whole: EndedMessage = {
    sid: "SM1",
    to: "+447700900001",
    parts: 1,
    status: "delivered",
    errorCode: null,
    updatedMs: 20,
    ...end,
  };
  return judge(carrier, ACCEPTED, new Map(end === undefined ? [] : [["SM1", whole]])).problems;
}

it("finds nothing where the system says what the carrier knows", () => {
  assert.deepEqual(problems(carrierWith({}), {}), []);
  assert.deepEqual(problems(carrierWith(), { status: "failed", errorCode: 30036 }), []);
  assert.deepEqual(problems(carrierWith({ receiptsTaken: 0 }), { status: "undelivered", errorCode: 30008 }), []);
  const failed = carrierWith({ state: "UNDELIVERABLE" });
  assert.deepEqual(problems(failed, { status: "undelivered", errorCode: 30005 }), []);
});

it("allows another submit after a refusal and after nothing else", () => {
  const refused = { answer: { kind: "refused", atMs: 1 }, receiptsTaken: 0 } as const;
  assert.deepEqual(problems(carrierWith(refused, refused, {}), {}), []);
  assert.match(problems(carrierWith({}, {}), {})[0] ?? "", /came again/);
  const { answer: _none, ...unanswered } = carrierWith({}).ledger.submits[0] as TakenSubmit;
  const silent = carrierWith();
  silent.ledger.submits.push(unanswered, { ...unanswered, number: 2 });
  assert.match(problems(silent, {})[0] ?? "", /came again/);
});

it("allows one more submit without a refusal where the message may be repeated, after its time", () => {
  const repeatable = { recipients: new Set(["447700900001"]), afterMs: 1_000 };
  const duplicates = (...atMs: number[]): number =>
    carrierWith(...atMs.map((one) => ({ atMs: one }))).ledger.duplicates(repeatable).length;
  assert.deepEqual([duplicates(0, 1_000), duplicates(0, 999), duplicates(0, 1_000, 2_000)], [0, 1, 1]);
  assert.equal(carrierWith({}, { atMs: 5_000 }).ledger.duplicates().length, 1);
});

it("finds what is lost, what is not done, and what is claimed", () => {
  assert.match(problems(carrierWith({}))[0] ?? "", /accepted and is gone/);
  assert.match(problems(carrierWith({}), { status: "sent" })[0] ?? "", /accepted and is sent/);
  assert.match(problems(carrierWith({ receiptsTaken: 0 }), {})[0] ?? "", /has not said so/);
  assert.match(problems(carrierWith({ state: "UNDELIVERABLE" }), {})[0] ?? "", /has not said so/);
  assert.match(problems(carrierWith({}), { parts: 2 })[0] ?? "", /has not said so/);
  assert.match(problems(carrierWith({}), { status: "failed", errorCode: 30036 })[0] ?? "", /has it/);
  assert.match(problems(carrierWith({}), { status: "undelivered", errorCode: 30005 })[0] ?? "", /has delivered/);
});

it("finds a receipt that was taken and had no effect, unless the message had been given up by then", () => {
  const unknown = { status: "undelivered", errorCode: 30008 };
  assert.match(problems(carrierWith({}), { ...unknown, updatedMs: 60_000 })[0] ?? "", /taken long before/);
  assert.deepEqual(problems(carrierWith({ firstTakenMs: 59_000 }), { ...unknown, updatedMs: 60_000 }), []);
});

it("has twelve kinds of carriers, each with words of its own", () => {
  assert.equal(MISBEHAVIOUR_NAMES.length, 12);
  assert.equal(new Set(MISBEHAVIOUR_NAMES.map((name) => misbehaviours[name].about)).size, 12);
});
