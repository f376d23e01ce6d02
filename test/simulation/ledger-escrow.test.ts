/** An account that spends in three cells at once, over a network that loses, doubles, delays and splits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../src/adapters/memory/index.ts";
import { Cell, type ApplyContext, type CellRecord, type Machine } from "../../src/platform/cell/index.ts";
import type { ChargeHeld, ChargePosted, ChargeReleased } from "../../src/platform/spending/index.ts";
import { ledgerModule, type EscrowAnswer, type EscrowAsk, type LedgerModule } from "../../src/modules/ledger/index.ts";
import { openMemoryLog, seedOf, settle, SimulatedFiles } from "../kit/memory-log.ts";
import { seededRandom } from "../kit/seeded-random.ts";
import { silentLogger } from "../kit/silent-logger.ts";

const ACCOUNT = `AC${"1".repeat(32)}`;
const HOME = "messaging-1";
const SPENDERS = ["verify-1", "verify-2"] as const;
const UNIT = 1_000_000;
const STEPS = Number(process.env["LEDGER_ESCROW_STEPS"] ?? 1_500);

type Charge = ChargeHeld | ChargePosted | ChargeReleased;

const product: Machine = {
  name: "product",
  tables: [],
  reducers: {
    "test.facts": ({ facts }: { facts: Charge[] }, context: ApplyContext) =>
      facts.forEach((fact) => context.emit(fact)),
  },
};

/** One cell with its disk: it can be killed, and starts again. */
class Member {
  readonly name: string;
  private readonly world: EscrowWorld;
  private files: SimulatedFiles;
  cell: Cell | undefined;
  ledger: LedgerModule | undefined;

  constructor(name: string, world: EscrowWorld) {
    this.name = name;
    this.world = world;
    this.files = new SimulatedFiles(world.random);
  }

  async start(): Promise<void> {
    const { clock } = this.world;
    const late: { cell?: Cell } = {};
    const ledger = ledgerModule({
      database: { query: () => Promise.resolve([]), transaction: () => Promise.reject(new Error("none")) },
      clock,
      logger: silentLogger,
      cellName: this.name,
      cell: () => late.cell as Cell,
      mintSid: (prefix) => `${prefix}${this.world.below(1e9).toString(16).padStart(32, "0")}`,
      isOperator: () => true,
      familyOf: (sid) => Promise.resolve({ mainSid: sid, isHome: this.name === HOME }),
      escrowHome: { ask: (ask) => this.world.carry(this, ask) },
    });
    const log = await openMemoryLog(this.files, clock);
    const machines = [product, ledger.machine, ledger.usageMachine];
    const cell = new Cell({ name: this.name, log, clock, logger: silentLogger, machines, projectedOffsets: new Map() });
    late.cell = cell;
    await cell.recover();
    this.cell = cell;
    this.ledger = ledger;
    ledger.start();
  }

  /** The process is gone; what was on its way to the disk may be there. */
  async kill(): Promise<void> {
    const { files, ledger } = this;
    this.cell = undefined;
    this.ledger = undefined;
    void ledger?.close();
    files.crashed = true;
    await settle(3);
    this.files = this.world.below(2) === 0 ? files.afterPowerCut() : files.afterKill();
  }
}

class EscrowWorld {
  readonly clock = new ManualClock(Date.UTC(2026, 5, 1));
  readonly random: () => number;
  readonly members: Member[];
  /** Charged where the work was accepted, and credited. Both only where it is durable. */
  charged = 0;
  credited = 0;
  isSplit = false;
  lost = 0;
  readonly counts = { accepted: 0, refused: 0, kills: 0, doubled: 0 };
  private nextId = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.members = [HOME, ...SPENDERS].map((name) => new Member(name, this));
  }

  get home(): Member {
    return this.members[0] as Member;
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private pause(maxMs: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(this.below(maxMs), resolve));
  }

  /** Brings an ask to the home and its answer back, or not, or twice, or late. */
  async carry(from: Member, ask: EscrowAsk): Promise<EscrowAnswer | undefined> {
    const deliver = async (): Promise<EscrowAnswer | undefined> => {
      await this.pause(400);
      if (this.isSplit && from !== this.home) return undefined;
      return await this.home.ledger?.answerEscrow(ask).catch(() => undefined);
    };
    if (this.below(5) === 0) {
      this.lost += 1;
      await this.pause(1_000);
      return undefined;
    }
    if (this.below(5) === 0) {
      this.counts.doubled += 1;
      // The copy comes whenever it comes, perhaps long after later asks.
      void this.pause(60_000).then(deliver);
    }
    const answer = await deliver();
    await this.pause(400);
    const isGone = this.below(5) === 0 || (this.isSplit && from !== this.home);
    return isGone ? undefined : answer;
  }

  async topUp(amountMicros: number): Promise<void> {
    const { cell } = this.home;
    if (cell === undefined) return;
    this.nextId += 1;
    const id = `LT${this.nextId}`;
    const of = { owner: ACCOUNT, accountSid: ACCOUNT, currency: "USD", amountMicros, reason: "", resourceSid: null };
    const record = { kind: "ledger.credited", credit: "top-up", id, fingerprint: "", ...of } as CellRecord;
    // Counted before: what may be durable may be spent.
    this.credited += amountMicros;
    await cell.commit(record).catch(() => undefined);
  }

  /** A piece of work in one of the cells: reserved, accepted, and some time later charged. */
  async work(member: Member): Promise<void> {
    const { cell, ledger } = member;
    if (cell === undefined || ledger === undefined) return;
    const amountMicros = 1 + this.below(UNIT / 2);
    this.nextId += 1;
    const id = `VE${this.nextId}`;
    // Nobody waits for longer than a moment for an answer from far away.
    await Promise.race([ledger.spending.prepare(ACCOUNT), settle(1)]);
    if (ledger.spending.reserve({ id, accountSid: ACCOUNT, currency: "USD", amountMicros }) !== undefined) {
      this.counts.refused += 1;
      return;
    }
    const of = { accountSid: ACCOUNT, currency: "USD" };
    const held: ChargeHeld = {
      kind: "charge.held",
      id,
      ...of,
      amountMicros,
      expiresAtMs: this.clock.nowMs() + 3_600_000,
    };
    const rest = Math.floor(amountMicros / 2);
    const line = { id: "1", category: "verify", amountMicros: rest, count: 1, usage: 1, usageUnit: "checks" };
    const posted: ChargePosted = {
      kind: "charge.posted",
      holdId: id,
      ...of,
      lines: [{ ...line, detail: { resourceSid: id } }],
    };
    const released: ChargeReleased = { kind: "charge.released", holdId: id, accountSid: ACCOUNT };
    try {
      await cell.commit({ kind: "test.facts", facts: [held] } as CellRecord);
      this.counts.accepted += 1;
      if (this.below(4) === 0) await settle(2);
      const end = this.below(3) === 0 ? released : posted;
      await cell.commit({ kind: "test.facts", facts: [end] } as CellRecord, "progress");
    } catch {
      // The process was killed in the middle: what it left is found in its log.
      ledger.spending.cancel(id);
    }
  }

  /** Everything that was charged, in whichever cell, as their books have it. */
  spent(): number {
    let sum = 0;
    for (const { ledger } of this.members) {
      for (const account of ledger?.book.tables.accounts.values() ?? []) {
        if (account.kind === "revenue") sum += account.creditUnits * UNIT + account.creditMicros;
      }
    }
    return sum;
  }

  verify(): void {
    assert.ok(this.spent() <= this.credited, `${this.spent()} was spent of ${this.credited}`);
    for (const { name, ledger } of this.members) {
      let sum = 0;
      for (const wallet of ledger?.book.tables.wallets.values() ?? []) {
        const { balanceMicros, grantsMicros, owedMicros, heldMicros, floorMicros } = wallet;
        sum += balanceMicros + grantsMicros - owedMicros;
        assert.equal(owedMicros, 0, `nothing is owed in ${name}`);
        assert.ok(floorMicros === null || balanceMicros - heldMicros >= floorMicros, `${name} stays above the floor`);
      }
      for (const account of ledger?.book.tables.accounts.values() ?? []) {
        sum += (account.creditUnits - account.debitUnits) * UNIT + account.creditMicros - account.debitMicros;
      }
      assert.equal(sum, 0, `debits are credits in ${name}`);
    }
  }
}

async function act(world: EscrowWorld): Promise<void> {
  const dice = world.below(100);
  const member = world.members[world.below(3)] as Member;
  if (dice < 60) void world.work(member);
  else if (dice < 64) void world.topUp(world.below(2 * UNIT));
  else if (dice < 66) world.isSplit = !world.isSplit;
  else if (dice < 68 && member.cell !== undefined) {
    world.counts.kills += 1;
    await member.kill();
    await member.start();
  } else if (dice < 69) world.clock.advance(world.below(700_000));
  else world.clock.advance(world.below(800));
  await settle(1 + world.below(3));
  world.verify();
}

test("an account that spends in many cells never spends more than it has, and gets back what it did not", async (t) => {
  const seed = seedOf(20_261_122);
  t.diagnostic(`TRUNKLINE_SEED=${seed}`);
  const world = new EscrowWorld(seed);
  for (const member of world.members) await member.start();
  const terms = { mode: "prepaid", floorMicros: 0, alertsMicros: [], alertUrl: "" };
  await world.home.cell?.commit({ kind: "ledger.terms-changed", owner: ACCOUNT, currency: "USD", terms } as CellRecord);
  await world.topUp(20 * UNIT);
  for (let step = 0; step < STEPS; step += 1) await act(world);

  // The network is well again; leases end, rests come back.
  world.isSplit = false;
  for (let round = 0; round < 240; round += 1) {
    world.clock.advance(6_000);
    await settle(2);
  }
  world.verify();
  const { counts, lost } = world;
  t.diagnostic(`${JSON.stringify(counts)}, ${lost} lost, ${world.spent()} of ${world.credited} micros spent`);
  assert.ok(
    counts.accepted > STEPS / 10 && counts.refused > 20 && counts.kills > 5 && lost > 20 && counts.doubled > 20,
  );
  let here = 0;
  for (const { name, ledger } of world.members) {
    for (const wallet of ledger?.book.tables.wallets.values() ?? []) {
      if (name === HOME) here += wallet.balanceMicros;
      else assert.equal(wallet.balanceMicros - wallet.heldMicros, 0, `${name} has given back what it did not need`);
    }
  }
  const cash = world.home.ledger?.book.tables.accounts.get("cash USD");
  const paidIn = (cash?.debitUnits ?? 0) * UNIT + (cash?.debitMicros ?? 0);
  assert.equal(here, paidIn - world.spent() - heldBySpenders(world), "every micro is somewhere");
  for (const { cell, ledger } of world.members) {
    await ledger?.close();
    await cell?.close();
  }
});

/** Work that was cut off by a kill is still held where it was accepted, until its hold ends. */
function heldBySpenders(world: EscrowWorld): number {
  let held = 0;
  for (const { name, ledger } of world.members) {
    if (name === HOME) continue;
    for (const wallet of ledger?.book.tables.wallets.values() ?? []) held += wallet.heldMicros;
  }
  return held;
}
