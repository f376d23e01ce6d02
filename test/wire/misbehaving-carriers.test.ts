import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import {
  CarrierCell,
  judge,
  MISBEHAVIOUR_NAMES,
  misbehaviours,
  SandboxCarrier,
  type MisbehaviourName,
  type Outcome,
} from "../kit/carriers/index.ts";
import { runSeed, SeededRandom } from "../kit/smpp-pdus.ts";
import { until } from "../kit/until.ts";

const MESSAGES = 60;
/** Between two messages, so that there is traffic before and after every fault. */
const EVERY_MS = 15;
/** One in so many takes three parts. */
const LONG_EVERY = 10;
const WINDOW = 10;
const RESPONSE_TIMEOUT_MS = 500;
const LIMITS = { adoptReceiptMs: 300, unknownGraceMs: 2_500 };
/** Longer than anything that goes well takes; what was not answered is given up after this at the latest. */
const VALIDITY_SECONDS = 8;
/** For a carrier that makes everybody wait. */
const LONG_VALIDITY_SECONDS = 60;

/** What one carrier and the cell made of each other. */
interface Story {
  readonly carrier: SandboxCarrier;
  readonly cell: CarrierCell;
  readonly outcome: Outcome;
  /** The most of each that there was at one time. */
  readonly peak: { readonly outstanding: number; readonly heldReceipts: number };
}

async function tell(t: TestContext, name: MisbehaviourName, guarantee?: "at-least-once"): Promise<Story> {
  const seed = runSeed();
  t.diagnostic(`seed ${seed}`);
  const kind = misbehaviours[name];
  const pace = { tooLateMs: RESPONSE_TIMEOUT_MS + 150, faultEveryMs: 300, maxFaults: 2 };
  const random = new SeededRandom(seed);
  const carrier = new SandboxCarrier({ kind, net: systemNet, clock: systemClock, random, pace });
  const port = await carrier.start();
  t.after(() => carrier.close());
  const cell = await CarrierCell.start({
    clock: systemClock,
    net: systemNet,
    port,
    settings: {
      window: WINDOW,
      responseTimeoutMs: RESPONSE_TIMEOUT_MS,
      enquireLinkMs: RESPONSE_TIMEOUT_MS,
      ...("messageIds" in kind ? { messageIds: kind.messageIds } : {}),
    },
    limits: LIMITS,
  });
  const peak = { outstanding: 0, heldReceipts: 0 };
  const look = (): boolean => {
    const { carriers, heldReceipts } = cell.module.status();
    const outstanding = carriers[0]?.binds[0]?.outstanding ?? 0;
    peak.outstanding = Math.max(peak.outstanding, outstanding);
    peak.heldReceipts = Math.max(peak.heldReceipts, heldReceipts);
    return [...cell.listed().values()].every(({ status }) => !["queued", "sending", "sent"].includes(status));
  };
  const validitySeconds = name === "throttling" ? LONG_VALIDITY_SECONDS : VALIDITY_SECONDS;
  const accepted: { sid: string; to: string }[] = [];
  for (let n = 0; n < MESSAGES; n += 1) {
    const to = `+4477009${String(n).padStart(5, "0")}`;
    const body = `message ${n}.${n % LONG_EVERY === 3 ? " And some more to it.".repeat(18) : ""}`;
    accepted.push({ to, sid: await cell.send({ to, body, validitySeconds, guarantee }) });
    look();
    await sleep(EVERY_MS);
  }
  await until("everything is at the carrier or given up", () => look() || noneQueued(cell), 30_000);
  carrier.payReceipts();
  await until("everything is done", () => look() && carrier.receiptsOwed === 0, 15_000);
  const recipients = new Set(guarantee === undefined ? [] : accepted.map(({ to }) => to.slice(1)));
  const outcome = judge(carrier, accepted, cell.listed(), { recipients, afterMs: LIMITS.unknownGraceMs });
  await cell.close();
  return { carrier, cell, outcome, peak };
}

function noneQueued(cell: CarrierCell): boolean {
  return [...cell.listed().values()].every(({ status }) => status !== "queued" && status !== "sending");
}

/** What more there is to say about single kinds. */
const MORE: Partial<Record<MisbehaviourName, (story: Story) => void>> = {
  "black-hole": ({ outcome, carrier }) => {
    assert.equal(outcome.unknown + outcome.failed, MESSAGES, "nobody claims to know what became of them");
    assert.ok(carrier.binds >= 2, "a link that answers nothing is given up");
  },
  throttling: ({ outcome, carrier }) => {
    assert.equal(outcome.unknown + outcome.failed, 0);
    assert.ok(
      carrier.ledger.submits.some(({ answer }) => answer?.kind === "refused"),
      "some were refused",
    );
  },
  slow: ({ outcome }) => assert.equal(outcome.unknown, 0, "receipts tell what late responses did not"),
  "duplicated-receipts": ({ carrier, outcome }) => {
    assert.ok(outcome.receiptsTaken > carrier.ledger.submits.length, "receipts came again");
    assert.equal(outcome.receiptsTaken, outcome.receiptsGiven, "each was acknowledged");
  },
  "early-receipts": ({ peak }) => assert.ok(peak.heldReceipts > 0, "receipts waited for their response"),
  "half-open": ({ carrier, outcome }) => {
    assert.ok(carrier.binds >= 3, "dead links are given up");
    assert.equal(outcome.failed, 0, "what had not left goes out on the next link");
  },
  "cut-pdu": ({ carrier, outcome }) => {
    assert.ok(carrier.binds >= 3, "it binds again");
    assert.equal(outcome.failed, 0, "what had not left goes out on the next link");
    assert.ok(outcome.unknown <= 2 * WINDOW, "no more is unknown than was on its way");
  },
};

/** Those that answer everything in time, so that nothing may stay unknown. */
const CERTAIN: ReadonlySet<MisbehaviourName> = new Set([
  "well-behaved",
  "out-of-order",
  "duplicated-receipts",
  "early-receipts",
  "hex-ids",
  "decimal-ids",
  "late-receipts",
]);

describe("a carrier that", { concurrency: true }, () => {
  for (const name of MISBEHAVIOUR_NAMES) {
    it(`${misbehaviours[name].about} (${name}) costs no message and sends none twice`, async (t) => {
      const story = await tell(t, name);
      const { outcome, carrier, cell, peak } = story;
      t.diagnostic(JSON.stringify({ ...outcome, peak }));
      assert.deepEqual(outcome.problems, []);
      assert.equal(outcome.lost, 0);
      assert.ok(peak.outstanding <= WINDOW + 1, "never more than the window, and an enquire_link");
      assert.ok(peak.heldReceipts <= 3 * WINDOW, "few receipts wait for an id");
      assert.equal(cell.module.status().unknown, 0, "nothing is unknown for ever");
      if (CERTAIN.has(name)) {
        const failed = new Set(carrier.ledger.submits.filter(({ state }) => state !== "DELIVERED").map(({ to }) => to));
        assert.deepEqual(
          { delivered: outcome.delivered, undelivered: outcome.undelivered },
          { delivered: MESSAGES - failed.size, undelivered: failed.size },
        );
      }
      MORE[name]?.(story);
    });
  }

  it("goes dead gets what may be repeated once more, after its time, and never a third time", async (t) => {
    const { outcome, carrier } = await tell(t, "half-open", "at-least-once");
    t.diagnostic(JSON.stringify(outcome));
    assert.deepEqual(outcome.problems, []);
    assert.ok(outcome.delivered > MESSAGES / 2);
    assert.ok(carrier.binds >= 3, "dead links are given up");
  });

  it("never answers is not taken for one that has nothing, also where a message waits to be repeated", async (t) => {
    const { outcome } = await tell(t, "black-hole", "at-least-once");
    t.diagnostic(JSON.stringify({ ...outcome, problems: outcome.problems.length }));
    assert.deepEqual(outcome.problems.slice(0, 3), []);
    assert.equal(outcome.delivered, 0);
  });
});
