import { assert } from "../../../kernel/assert.ts";
import { errorFields } from "../../../platform/logging/index.ts";
import type { DatabaseSession, Timer } from "../../../platform/ports.ts";
import type { NumbersDeps } from "../deps.ts";
import { FACT_COLUMNS, factArrays, factRows } from "../number-facts.ts";
import { findNumber } from "../number.store.ts";
import { formatNumber, inventoryNumber, type OwnedNumber } from "../phone-number.ts";
import { statusOfRequest, type PortInNumber, type PortInRequest } from "./port-in.ts";
import { dueOf, findDue, findPortIn, nextDueMs, writePortInNumber, writePortInStatus } from "./port-in.store.ts";
import { keepEvents, sendEvents } from "./webhooks.ts";

/** Numbers looked at in one round. */
const BATCH = 200;
const MAX_SLEEP_MS = 60_000;
const RETRY_MS = 5_000;

/** Takes ports a step further when it is time, and tells of it. */
export interface PortingClock {
  start(): void;
  stop(): Promise<void>;
  /** Something may be due sooner than was known. */
  wake(): void;
  /** One round. Resolves to when something is due next. */
  run(): Promise<number | undefined>;
}

export function portingClock(deps: NumbersDeps): PortingClock {
  const { clock, logger } = deps;
  let timer: Timer | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let isStarted = false;
  const run = async (): Promise<number | undefined> => {
    for (const sid of await findDue(deps.database, clock.nowMs(), BATCH)) await progress(deps, sid);
    await sendEvents(deps);
    return nextDueMs(deps.database);
  };
  const round = (): void => {
    running = running
      .then(run)
      .then((nextMs) => Math.min(Math.max((nextMs ?? Infinity) - clock.nowMs(), 0), MAX_SLEEP_MS))
      .catch((error: unknown) => {
        logger.warn("numbers.porting-waits", errorFields(error));
        return RETRY_MS;
      })
      .then((sleepMs) => schedule(sleepMs));
  };
  const schedule = (delayMs: number): void => {
    if (!isStarted) return;
    timer?.cancel();
    timer = clock.after(delayMs, round);
  };
  return {
    start: () => {
      isStarted = true;
      schedule(0);
    },
    stop: async () => {
      isStarted = false;
      timer?.cancel();
      await running;
    },
    wake: () => schedule(0),
    run,
  };
}

/** Takes what is due of a request one step further. */
async function progress(deps: NumbersDeps, requestSid: string): Promise<void> {
  const seen = await findPortIn(deps.database, { sid: requestSid });
  if (seen === undefined) return;
  // What the control plane says is asked for before the transaction, which must not wait for it.
  const coming = seen.numbers.filter(({ status, portAtMs }) => {
    return status === "pending" && portAtMs !== undefined && portAtMs <= deps.clock.nowMs();
  });
  const elsewhere = new Set(await deps.pool?.claim(coming.map(({ number }) => number)));
  const mainSid = await deps.mainAccount(seen.ownerSid);
  const arrived = await deps.database.transaction(async (tx) => {
    const before = await findPortIn(tx, { sid: requestSid }, true);
    if (before === undefined) return [];
    const nowMs = deps.clock.nowMs();
    const due = await dueOf(tx, requestSid, nowMs);
    const arrived: OwnedNumber[] = [];
    const numbers: PortInNumber[] = [];
    for (const number of before.numbers) {
      const stepped = due.has(number.sid) ? stepOf(deps, before, number, nowMs) : undefined;
      let after = stepped?.number ?? number;
      if (after.status === "completed" && number.status !== "completed") {
        const owned = elsewhere.has(number.number) ? undefined : await takeOver(deps, tx, after);
        if (owned !== undefined) arrived.push(owned);
        else after = { ...number, status: "rejected", rejectionCode: "ALREADY-HERE", updatedMs: nowMs };
      }
      numbers.push(after);
      if (stepped !== undefined) await writePortInNumber(tx, after, stepped.nextAtMs);
    }
    await settle(tx, { mainSid, before, after: { ...before, numbers }, nowMs });
    return arrived;
  });
  for (const number of arrived) deps.book.putNumber(number);
}

/** Writes what state a request is in by that of its numbers, and keeps what there is to tell. */
export async function settle(
  tx: DatabaseSession,
  change: {
    readonly mainSid: string;
    readonly before: PortInRequest;
    readonly after: PortInRequest;
    readonly nowMs: number;
  },
): Promise<PortInRequest> {
  const { mainSid, before, after, nowMs } = change;
  const status = statusOfRequest(after.numbers);
  const settled = { ...after, status, statusMs: status === before.status ? before.statusMs : nowMs };
  if (status !== before.status) await writePortInStatus(tx, settled);
  await keepEvents(tx, mainSid, { before, after: settled });
  return settled;
}

function stepOf(
  { portingAuthority }: NumbersDeps,
  request: PortInRequest,
  number: PortInNumber,
  nowMs: number,
): { readonly number: PortInNumber; readonly nextAtMs: number | undefined } {
  const date = request.content["target_port_in_date"];
  const targetMs = typeof date === "string" ? Date.parse(`${date}T00:00:00Z`) : undefined;
  const step = portingAuthority.step(number, { nowMs, targetMs });
  const { status, rejectionCode = "", portAtMs = number.portAtMs, afterMs } = step;
  const isChanged = status !== number.status;
  return {
    number: { ...number, status, rejectionCode, portAtMs, updatedMs: isChanged ? nowMs : number.updatedMs },
    nextAtMs: afterMs === undefined ? undefined : nowMs + afterMs,
  };
}

/** Puts a number that has come into the inventory, as its account's. `undefined` where somebody here has it. */
async function takeOver(
  deps: NumbersDeps,
  tx: DatabaseSession,
  { accountSid, number, kind, country }: PortInNumber,
): Promise<OwnedNumber | undefined> {
  const type = kind === "MOBILE" ? "mobile" : kind === "TOLL-FREE" ? "tollfree" : "local";
  const facts = inventoryNumber({ number, type, country: country ?? undefined, sms: true, mms: true, voice: true });
  const at = new Date(deps.clock.nowMs());
  const sid = deps.mintSid("PN");
  const rows = await tx.query(
    `insert into phone_numbers as p (${FACT_COLUMNS}, account_sid, sid, created_at, updated_at, friendly_name,
       configured, claimed, source)
     select t.*, true, true, 'port-in' from ${factRows("text", "text", "timestamptz", "timestamptz", "text")} as t
     on conflict (number) do update set account_sid = excluded.account_sid, sid = excluded.sid,
       created_at = excluded.created_at, updated_at = excluded.updated_at, friendly_name = excluded.friendly_name,
       configured = true, claimed = true, revision = p.revision + 1, hold_sid = null, held_by = null,
       held_until = null, quarantined_for = null, quarantined_until = null
     where p.account_sid is null returning p.number`,
    [...factArrays([facts]), [accountSid], [sid], [at], [at], [formatNumber(number)]],
  );
  if (rows.length === 0) return undefined;
  const owned = await findNumber(tx, { accountSid, sid });
  assert(owned !== undefined, `${number} was just written`);
  return owned;
}
