import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../../adapters/memory/index.ts";
import { Cell, type CellRecord, type Machine } from "../../../platform/cell/index.ts";
import { memoryDisk, openMemoryLog } from "../../../../test/kit/memory-log.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import type { ConsentChanged } from "../compliance.ts";
import { consentMachine, type ConsentImported } from "./consent-machine.ts";
import { ConsentState } from "./consent-state.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const SERVICE = `MG${"b".repeat(32)}`;
const TOLL_FREE = "+18005550100";
const NUMBER = "+12125550100";
const PHONE = "+12125550199";

/** Stands for messaging: its records lead to the facts that they hold. */
const messaging: Machine = {
  name: "messaging",
  tables: [],
  reducers: {
    "test.facts": (record: { facts: ConsentChanged[] }, context) => record.facts.forEach((each) => context.emit(each)),
  },
};

async function startCell(disk = memoryDisk(), clock = new ManualClock(1_800_000_000_000)) {
  const state = new ConsentState("a key");
  const log = await openMemoryLog(disk, clock);
  const machines = [messaging, consentMachine(state, "messaging-1")];
  const cell = new Cell({
    name: "messaging-1",
    log,
    clock,
    logger: silentLogger,
    machines,
    projectedOffsets: new Map(),
  });
  await cell.recover();
  const tell = (...facts: Omit<ConsentChanged, "kind" | "accountSid" | "recipient" | "atMs">[]): Promise<unknown> => {
    const whole = facts.map((fact) => ({
      kind: "consent.changed",
      accountSid: ACCOUNT,
      recipient: PHONE,
      atMs: 0,
      ...fact,
    }));
    return cell.commit({ kind: "test.facts", facts: whole } as CellRecord);
  };
  const isOut = (from: string, serviceSid?: string): boolean =>
    state.isOptedOut({ accountSid: ACCOUNT, serviceSid, from, to: PHONE });
  return { state, cell, tell, isOut, restart: async () => (await cell.close(), startCell(disk, clock)) };
}

describe("the consent machine", () => {
  it("keeps STOP to a service for all of its senders until START, and the history of both", async () => {
    const { tell, isOut, state, cell } = await startCell();
    await tell({ scope: SERVICE, number: NUMBER, state: "opted-out", source: "keyword", keyword: "STOP" });
    assert.ok(isOut(NUMBER, SERVICE));
    assert.ok(isOut("+12125550177", SERVICE));
    assert.ok(!isOut(NUMBER), "the number alone was not said STOP to");
    await tell({ scope: SERVICE, number: NUMBER, state: "opted-out", source: "keyword", keyword: "STOP" });
    await tell({ scope: SERVICE, number: NUMBER, state: "opted-in", source: "keyword", keyword: "START" });
    assert.ok(!isOut(NUMBER, SERVICE));
    const changes = [...state.changes.values()].map(({ state: at, keyword }) => `${at} ${keyword ?? ""}`);
    assert.deepEqual(changes, ["opted-out STOP", "opted-in START"], "what changes nothing is no change");
    assert.equal(state.consents.size, 1);
    await cell.close();
  });

  it("frees a number too that was said STOP to before it was in a service", async () => {
    const { tell, isOut, cell } = await startCell();
    await tell({ scope: NUMBER, number: NUMBER, state: "opted-out", source: "keyword" });
    assert.ok(isOut(NUMBER, SERVICE));
    await tell({ scope: SERVICE, number: NUMBER, state: "opted-in", source: "keyword" });
    assert.ok(!isOut(NUMBER, SERVICE));
    await cell.close();
  });

  it("lets a toll-free number go on only after the network had an UNSTOP", async () => {
    const { tell, isOut, cell } = await startCell();
    await tell({ scope: SERVICE, number: TOLL_FREE, state: "opted-out", source: "toll-free-network" });
    assert.ok(isOut(TOLL_FREE) && isOut(NUMBER, SERVICE));
    await tell({ scope: SERVICE, number: TOLL_FREE, state: "opted-in", source: "keyword" });
    assert.ok(!isOut(NUMBER, SERVICE), "START opens the service");
    assert.ok(isOut(TOLL_FREE, SERVICE), "but not the toll-free number");
    await tell({ scope: SERVICE, number: TOLL_FREE, state: "opted-in", source: "toll-free-network" });
    assert.ok(!isOut(TOLL_FREE, SERVICE));
    const alone = { scope: TOLL_FREE, number: TOLL_FREE } as const;
    await tell({ ...alone, state: "opted-out", source: "toll-free-network" });
    await tell({ ...alone, state: "opted-in", source: "keyword" });
    assert.ok(isOut(TOLL_FREE), "START does not open a number without a service either");
    await tell({ ...alone, state: "opted-in", source: "toll-free-network" });
    assert.ok(!isOut(TOLL_FREE));
    await cell.close();
  });

  it("imports many at once and says how many were new", async () => {
    const { cell, state } = await startCell();
    const recipients = Array.from({ length: 10_000 }, (_, index) => `+1212555${index}`);
    const record: ConsentImported = {
      kind: "consent.imported",
      accountSid: ACCOUNT,
      scope: ACCOUNT,
      state: "opted-out",
      recipients,
      actor: "token",
    };
    assert.deepEqual(await cell.commit(record), { changed: 10_000, unchanged: 0 });
    assert.deepEqual(await cell.commit(record), { changed: 0, unchanged: 10_000 });
    assert.equal(state.pairs.size, 10_000);
    assert.equal(state.changes.size, 10_000, "each with a SID of its own");
    await cell.close();
  });

  it("is the same after a restart from a checkpoint and from the log", async () => {
    const first = await startCell();
    await first.tell({ scope: SERVICE, number: NUMBER, state: "opted-out", source: "carrier", actor: "acme" });
    await first.cell.checkpoint();
    await first.tell({ scope: NUMBER, number: NUMBER, state: "opted-out", source: "keyword" });
    const sids = [...first.state.changes.keys()];
    const second = await first.restart();
    assert.ok(second.isOut(NUMBER, SERVICE) && second.isOut(NUMBER));
    assert.equal(second.state.pairs.size, 2);
    assert.deepEqual([...second.state.changes.keys()], sids, "not projected yet, so still there");
    await second.cell.close();
  });
});
