import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { Cell, type CellRecord, type Machine } from "../../platform/cell/index.ts";
import { memoryDisk, openMemoryLog, type SimulatedFiles } from "../../../test/kit/memory-log.ts";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import type { StickInput } from "./directory.ts";
import { hashOfText, recipientKey } from "./hash.ts";
import { ACCOUNT, SERVICE, STRANGER } from "./sample-services.test.ts";
import { MAX_BLOCK_SLOTS } from "./sticky-block.ts";
import { serviceKey, StickySenders, sticksForgotten, sticksMoved, stickyMachine } from "./sticky-senders.ts";

const KEY = serviceKey(ACCOUNT, SERVICE);
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2025, 0, 1);
const seed = Number(process.env["TRUNKLINE_SEED"] ?? 7);

interface Stuck extends CellRecord, StickInput {
  readonly kind: "test.stuck";
}

const stuck = (input: StickInput): Stuck => ({ kind: "test.stuck", ...input });
const phone = (random: () => number): string => `+1${String(2e9 + Math.floor(random() * 7.9e9))}`;

function senderOf(sticky: StickySenders, recipient: string, nowMs = START_MS, key = KEY): number | undefined {
  return sticky.senderOf(key, recipientKey(recipient), nowMs);
}

function stick(sticky: StickySenders, recipient: string, address: string, atMs = START_MS): void {
  sticky.stick({ accountSid: ACCOUNT, serviceSid: SERVICE, recipient, address, atMs });
}

/** One life of a cell whose reducer sticks, as that of messages does. */
async function live(files: SimulatedFiles, clock: ManualClock) {
  const sticky = new StickySenders();
  const sending: Machine = {
    name: "sending",
    tables: [],
    reducers: {
      "test.stuck": (record: Stuck, { atMs }) => sticky.stick({ ...record, atMs }),
    },
  };
  const log = await openMemoryLog(files, clock);
  const cell = new Cell({
    name: "sticky-1",
    log,
    clock,
    logger: silentLogger,
    machines: [sending, stickyMachine(sticky)],
    projectedOffsets: new Map(),
    checkpointEveryOctets: 100_000,
  });
  await cell.recover();
  const close = async (): Promise<void> => {
    await cell.close();
    await log.close();
  };
  return { sticky, cell, close };
}

describe("sticky senders", () => {
  it("give every recipient a key of its own", () => {
    const random = seededRandom(seed);
    const recipients = new Set(Array.from({ length: 20_000 }, () => phone(random)));
    recipients.add("+1").add("+999999999999999").add("whatsapp:+12125550100").add("+012").add("+12");
    const keys = new Set([...recipients].map(recipientKey).map(({ high, low }) => `${high}/${low}`));
    assert.equal(keys.size, recipients.size);
  });

  it(`remember what a map remembers, through splits of blocks (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const sticky = new StickySenders();
    const expected = new Map<string, string>();
    for (let i = 0; i < 30_000; i += 1) {
      const recipient = phone(random);
      const address = `+1212555${String(Math.floor(random() * 400)).padStart(4, "0")}`;
      expected.set(recipient, address);
      stick(sticky, recipient, address);
    }
    for (const recipient of [...expected.keys()].slice(0, 500)) {
      expected.set(recipient, "+18005550100");
      stick(sticky, recipient, "+18005550100");
    }
    assert.equal(sticky.size, expected.size);
    for (const [recipient, address] of expected) assert.equal(senderOf(sticky, recipient), hashOfText(address));
    assert.equal(senderOf(sticky, "+442071838750"), undefined);
    assert.equal(senderOf(sticky, [...expected.keys()][0] ?? "", START_MS, serviceKey(STRANGER, SERVICE)), undefined);
  });

  it(`are the same after a restart, from a checkpoint and the log that follows it (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const files = memoryDisk(seed);
    const clock = new ManualClock(START_MS);
    let life = await live(files, clock);
    const expected = new Map<string, string>();
    for (let round = 0; round < 4; round += 1) {
      const records: Stuck[] = [];
      for (let i = 0; i < 700; i += 1) {
        const recipient = i % 3 === 0 ? ([...expected.keys()][i] ?? phone(random)) : phone(random);
        const address = `+1212555${String(Math.floor(random() * 400)).padStart(4, "0")}`;
        expected.set(recipient, address);
        records.push({ kind: "test.stuck", accountSid: ACCOUNT, serviceSid: SERVICE, recipient, address, atMs: 0 });
      }
      await life.cell.commitAll(records);
      await life.cell.checkpoint();
      await life.cell.commit({ ...(records[0] as Stuck) });
      const before = [...life.sticky.entriesOf([ACCOUNT])].toSorted(byKey);
      await life.close();
      clock.advance(DAY_MS);
      life = await live(files, clock);
      assert.deepEqual([...life.sticky.entriesOf([ACCOUNT])].toSorted(byKey), before);
      assert.equal(life.sticky.size, expected.size);
      for (const [recipient, address] of expected) {
        assert.equal(senderOf(life.sticky, recipient, clock.nowMs()), hashOfText(address));
      }
    }
    await life.close();
  });

  it("forget who was not written to for a year, and remember who was", () => {
    const sticky = new StickySenders();
    stick(sticky, "+12125550100", "55555");
    stick(sticky, "+12125550101", "55555");
    stick(sticky, "+12125550101", "55555", START_MS + 100 * DAY_MS);
    assert.equal(senderOf(sticky, "+12125550100", START_MS + 365 * DAY_MS), hashOfText("55555"));
    assert.equal(senderOf(sticky, "+12125550100", START_MS + 366 * DAY_MS), undefined);
    assert.equal(senderOf(sticky, "+12125550101", START_MS + 366 * DAY_MS), hashOfText("55555"));
  });

  it("hold no more than they may: the longest unused go first", () => {
    const sticky = new StickySenders(1_000);
    for (let i = 0; i < 3_000; i += 1) stick(sticky, `+1212555${1_000 + i}`, "55555", START_MS + i * 60_000);
    assert.ok(sticky.size <= 1_000, String(sticky.size));
    assert.equal(senderOf(sticky, "+12125553999"), hashOfText("55555"), "the newest is there");
    stick(sticky, "+12125550001", "55555", START_MS + 400 * DAY_MS);
    assert.ok(sticky.size < 1_000 - MAX_BLOCK_SLOTS / 4, "what is too old made room");
  });

  it("move with their account, and are forgotten with it and with their service", async () => {
    const clock = new ManualClock(START_MS);
    const from = await live(memoryDisk(1), clock);
    const to = await live(memoryDisk(2), clock);
    const other: StickInput = {
      accountSid: STRANGER,
      serviceSid: SERVICE,
      recipient: "+12125550100",
      address: "1",
      atMs: 0,
    };
    await from.cell.commit(stuck(other));
    for (let i = 0; i < 1_200; i += 1) {
      const recipient = `+1212555${1_000 + i}`;
      const input = { accountSid: ACCOUNT, serviceSid: SERVICE, recipient, address: `+${i}`, atMs: 0 };
      await from.cell.commit(stuck(input));
    }
    const entries = JSON.parse(JSON.stringify([...from.sticky.entriesOf([ACCOUNT])])) as [string, unknown][];
    assert.ok(entries.length > 1 && entries.every(([key]) => key.startsWith(ACCOUNT)));
    await to.cell.commit(sticksMoved([ACCOUNT], entries.slice(0, 1)));
    await to.cell.commit(sticksMoved([], entries.slice(1)));
    assert.deepEqual([...to.sticky.entriesOf([ACCOUNT])].toSorted(byKey), entries.toSorted(byKey));
    assert.equal(senderOf(to.sticky, "+12125552199"), hashOfText("+1199"));
    await from.cell.commit(sticksMoved([ACCOUNT], []));
    assert.equal(from.sticky.size, 1);
    await to.cell.commit(sticksForgotten(ACCOUNT, SERVICE));
    assert.deepEqual([to.sticky.size, to.sticky.table.size], [0, 0]);
    await from.close();
    await to.close();
  });
});

function byKey(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return left[0] < right[0] ? -1 : 1;
}
