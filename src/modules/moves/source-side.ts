import type { Family, Movable, MovableEntry, MovableRecords, MovableTable } from "../../platform/fleet/index.ts";
import { newCellMove, type CellMove } from "./cell-move.ts";
import { findCellMove, latestEnded, saveCellMove } from "./cell-move.store.ts";
import { StepRefused } from "./errors.ts";
import type { CellMovesDeps } from "./ports.ts";
import {
  bucketEnd,
  digestOf,
  readRows,
  removeByKeys,
  removeRange,
  firstKey,
  routeKeysOf,
  type RangeDigest,
  type TravellingRow,
} from "./rows.ts";
import { beginTail, nextTailPage, openKeys, tailBound, type TailAck, type TailPage } from "./tail.ts";

/** How long requests that were let in before may take. */
const QUIESCE_MS = 10_000;
/** Accounts, keys and numbers may be made by requests that were under way: then they are listed again. */
const FREEZE_ROUNDS = 3;
/** Rows that are compared at once, at most. */
const MAX_BUCKET_ROWS = 10_000;
const PAGE_ROWS = 500;
/** An answer between two cells stays far below what they take. */
const MAX_PAGE_CHARACTERS = 2_000_000;
const CLEANUP_MS = 2_000;

/** What a range of a table holds in the source. */
export interface SourceBucket extends RangeDigest {
  readonly until: string | undefined;
  readonly isLast: boolean;
  /** Rows that the comparison leaves out, because they go with the tail. */
  readonly except: readonly string[];
}

export interface Scope {
  readonly family: Family;
  readonly routeKeys: readonly string[];
  readonly sealedMs: number | undefined;
}

/** The cell that an account moves out of. Every step can be asked for again. */
export class SourceSide {
  private readonly deps: CellMovesDeps;

  constructor(deps: CellMovesDeps) {
    this.deps = deps;
  }

  /** Finds out whether the account can move at all, and writes down that it is about to. */
  async prepare(sid: string, input: { readonly mainSid: string; readonly to: string }): Promise<Scope> {
    const { mainSid, to } = input;
    const known = await this.find(sid);
    if (known?.state === "canceled") throw new StepRefused("it was called off");
    if (known !== undefined) return this.known(sid);
    if (this.deps.isOperator(mainSid)) throw new StepRefused("the operator's account stays where it is");
    if ((await latestEnded(this.deps.database, mainSid))?.state === "moved") {
      throw new StepRefused("an earlier move out of this cell has not ended");
    }
    const scope = await this.scope(mainSid);
    const { family, routeKeys } = scope;
    await this.save(newCellMove({ sid, side: "source", mainSid, otherCell: to, state: "prepared", family, routeKeys }));
    return scope;
  }

  /** What is moved, as it was listed last. */
  async known(sid: string): Promise<Scope> {
    const { family, routeKeys, sealedMs } = await this.expect(sid);
    return { family, routeKeys, sealedMs };
  }

  /** Lets nothing new in, and waits for what is under way. Without another word it ends by itself after `leaseMs`. */
  async freeze(sid: string, input: { readonly leaseMs: number }): Promise<{ readonly isQuiet: boolean }> {
    let move = await this.expect(sid);
    if (move.state === "sealed" || move.state === "moved" || move.state === "left") return { isQuiet: true };
    const { gate, clock } = this.deps;
    for (let round = 0; round < FREEZE_ROUNDS; round += 1) {
      const untilMs = clock.nowMs() + input.leaseMs;
      gate.set(move.routeKeys, { kind: "frozen", untilMs });
      move = { ...move, state: "frozen", leaseUntilMs: untilMs };
      await this.save(move);
      if (!(await gate.quiesced(QUIESCE_MS))) return { isQuiet: false };
      const fresh = await this.scope(move.mainSid);
      if (isSame(fresh.routeKeys, move.routeKeys)) return { isQuiet: true };
      move = { ...move, family: fresh.family, routeKeys: fresh.routeKeys };
    }
    return { isQuiet: false };
  }

  /** How much could still be handed over soon. */
  async drain(sid: string): Promise<{ readonly queued: number }> {
    const { family } = await this.expect(sid);
    let queued = 0;
    for (const movable of this.deps.movables) queued += movable.queued?.(family) ?? 0;
    return { queued };
  }

  /** From now on nothing of the family changes here but by work that was accepted before; that is noted as the tail. */
  async seal(sid: string): Promise<{ readonly isSealed: boolean; readonly routeKeys: readonly string[] }> {
    const move = await this.expect(sid);
    const { routeKeys, leaseUntilMs = 0 } = move;
    if (move.state !== "frozen") {
      if (move.state === "prepared") throw new StepRefused("it is not frozen");
      return { isSealed: true, routeKeys };
    }
    const { gate, clock, database, movables } = this.deps;
    if (clock.nowMs() >= leaseUntilMs) throw new StepRefused("it was frozen for too long");
    gate.set(routeKeys, { kind: "sealed" });
    try {
      for (const movable of movables) await movable.settled?.();
      if (!(await this.deps.flush())) throw new Error("the projection is behind");
      const sealed = { ...move, state: "sealed" as const, sealedMs: clock.nowMs() };
      await database.transaction(async (tx) => {
        for (const table of this.tailTables()) {
          await beginTail(tx, sealed, table, this.changing(move.family, table.name));
        }
        await saveCellMove(tx, sealed, clock.nowMs());
      });
    } catch (error) {
      gate.set(routeKeys, { kind: "frozen", untilMs: leaseUntilMs });
      this.deps.logger.warn("move.seal-failed", { move: sid, reason: String(error) });
      return { isSealed: false, routeKeys };
    }
    return { isSealed: true, routeKeys };
  }

  /** What the next rows of a table come to. With `isFinal` without the rows that may still change. */
  async bucket(
    sid: string,
    input: { readonly table: string; readonly after: string; readonly isFinal: boolean; readonly limit: number },
  ): Promise<SourceBucket> {
    const move = await this.expect(sid);
    const { database } = this.deps;
    const { accountSids } = move.family;
    const { after } = input;
    const table = this.table(input.table);
    const hasTail = input.isFinal && table.tail !== undefined;
    const bound = hasTail ? tailBound(table, sealedMsOf(move)) : undefined;
    const end = await bucketEnd(database, table, { accountSids, after, bound }, Math.min(input.limit, MAX_BUCKET_ROWS));
    const until = end ?? bound;
    const except = hasTail ? await openKeys(database, move, table, { after, until }) : [];
    const digest = await digestOf(database, table, {
      accountSids,
      range: { after, until },
      except,
      byStamp: input.isFinal,
    });
    return { ...digest, until, isLast: end === undefined, except };
  }

  /** The next rows of a range. */
  async rows(
    sid: string,
    input: { readonly table: string; readonly after: string; readonly until: string | undefined },
  ): Promise<{ readonly rows: readonly TravellingRow[]; readonly isLast: boolean }> {
    const { family } = await this.expect(sid);
    const { after, until } = input;
    const range = { after, until };
    const table = this.table(input.table);
    const found = await readRows(this.deps.database, table, {
      accountSids: family.accountSids,
      range,
      limit: PAGE_ROWS,
    });
    let characters = 0;
    const rows = found.filter(([, row], index) => index === 0 || (characters += row.length) < MAX_PAGE_CHARACTERS);
    return { rows, isLast: found.length < PAGE_ROWS && rows.length === found.length };
  }

  /** A page of what is in the log, by place. */
  async records(
    sid: string,
    input: { readonly name: string; readonly from: number },
  ): Promise<{ readonly entries: readonly MovableEntry[]; readonly total: number }> {
    const { family } = await this.expect(sid);
    const all = sorted(this.recordsOf(input.name).list(family));
    const entries: MovableEntry[] = [];
    let characters = 0;
    for (const entry of all.slice(input.from, input.from + PAGE_ROWS)) {
      characters += JSON.stringify(entry).length;
      if (entries.length > 0 && characters > MAX_PAGE_CHARACTERS) break;
      entries.push(entry);
    }
    return { entries, total: all.length };
  }

  /** The content of a blob in base64; `null` where there is none. */
  async blob(sid: string, input: { readonly key: string }): Promise<unknown> {
    await this.expect(sid);
    const found = await this.deps.blobs.get(input.key);
    if (found === undefined) return { contentType: null };
    return { contentType: found.info.contentType, content: Buffer.from(found.content).toString("base64") };
  }

  /** Takes what the target has and gives what it has not. `left` is 0 when the family has no work here any more. */
  async tail(sid: string, input: { readonly acks: readonly TailAck[] }): Promise<TailPage & { readonly left: number }> {
    const move = await this.expect(sid);
    if (move.state === "left") return { rows: [], open: 0, left: 0 };
    const sealed = { ...move, sealedMs: sealedMsOf(move) };
    const pending = this.pending(move.family);
    const page = await nextTailPage(this.deps.database, sealed, {
      tables: this.tailTables(),
      acks: input.acks,
      changing: (table) => this.changing(move.family, table),
    });
    return { ...page, left: page.open + pending };
  }

  /** The account is at home in the other cell. */
  async mark(sid: string, input: { readonly epoch: number }): Promise<void> {
    const move = await this.expect(sid);
    if (move.state === "moved" || move.state === "left") return;
    if (move.state !== "sealed") throw new StepRefused("it is not sealed");
    const { epoch } = input;
    await this.save({ ...move, state: "moved", epoch });
    this.deps.gate.set(move.routeKeys, { kind: "moved", home: { cell: move.otherCell, epoch } });
  }

  /** Goes on as if nothing had been. Leaves a word behind, so that steps that come late are refused. */
  async unfreeze(sid: string, input: { readonly mainSid: string; readonly to: string }): Promise<void> {
    const known = await this.find(sid);
    if (known?.state === "moved" || known?.state === "left") throw new StepRefused("it has moved");
    const { mainSid, to } = input;
    const family: Family = { mainSid, accountSids: [mainSid], numbers: [] };
    const begun = { sid, side: "source", mainSid, otherCell: to, state: "canceled", family, routeKeys: [] } as const;
    const move = known ?? newCellMove(begun);
    await this.deps.database.transaction(async (tx) => {
      await tx.query("delete from cell_move_tail where move_sid = $1 and side = 'source'", [sid]);
      await saveCellMove(tx, { ...move, state: "canceled" }, this.deps.clock.nowMs());
    });
    this.deps.gate.set(move.routeKeys, undefined);
  }

  /** Removes what is in the other cell now, a stretch at a time. */
  async cleanup(sid: string): Promise<{ readonly isDone: boolean }> {
    const move = await this.expect(sid);
    if (move.state === "left") return { isDone: true };
    if (move.state !== "moved") throw new StepRefused("it has not moved");
    if ((await this.tail(sid, { acks: [] })).left > 0) return { isDone: false };
    const { clock, movables, database } = this.deps;
    const isDone = await removeFamily(
      this.deps,
      { family: move.family, why: "left" },
      clock.monotonicMs() + CLEANUP_MS,
    );
    if (!isDone) return { isDone };
    for (const movable of movables) {
      for (const records of movable.records ?? []) await records.forget(move.family);
      await movable.departed?.(move.family);
    }
    await database.transaction(async (tx) => {
      await tx.query("delete from cell_move_tail where move_sid = $1 and side = 'source'", [sid]);
      await saveCellMove(tx, { ...move, state: "left" }, clock.nowMs());
    });
    return { isDone };
  }

  private pending(family: Family): number {
    return this.deps.movables.reduce((sum, movable) => sum + (movable.pending?.(family) ?? 0), 0);
  }

  private changing(family: Family, table: string): string[] {
    return this.deps.movables.flatMap((movable) => [...(movable.changing?.(family, table) ?? [])]);
  }

  private async scope(mainSid: string): Promise<Scope> {
    const found = await familyOf(this.deps, mainSid);
    if (found === undefined) throw new StepRefused(`${mainSid} is no main account of this cell`);
    return { ...found, sealedMs: undefined };
  }

  private find(sid: string): Promise<CellMove | undefined> {
    return findCellMove(this.deps.database, sid, "source");
  }

  private async expect(sid: string): Promise<CellMove> {
    const move = await this.find(sid);
    if (move === undefined) throw new StepRefused("this cell knows nothing of it");
    if (move.state === "canceled") throw new StepRefused("it was called off");
    return move;
  }

  private save(move: CellMove): Promise<void> {
    return saveCellMove(this.deps.database, move, this.deps.clock.nowMs());
  }

  private tailTables(): MovableTable[] {
    return tablesOf(this.deps.movables).filter(({ tail }) => tail !== undefined);
  }

  private table(name: string): MovableTable {
    const table = tablesOf(this.deps.movables).find((candidate) => candidate.name === name);
    if (table === undefined) throw new StepRefused(`the source has no table ${name}`);
    return table;
  }

  private recordsOf(name: string): MovableRecords {
    const found = this.deps.movables.flatMap(({ records = [] }) => records).find((one) => one.name === name);
    if (found === undefined) throw new StepRefused(`the source has no records ${name}`);
    return found;
  }
}

function sealedMsOf(move: CellMove): number {
  if (move.sealedMs === undefined) throw new StepRefused("it is not sealed");
  return move.sealedMs;
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

const sorted = (entries: readonly MovableEntry[]): MovableEntry[] =>
  entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

export const tablesOf = (movables: readonly Movable[]): MovableTable[] =>
  movables.flatMap(({ tables = [] }) => [...tables]);

/** The family of a main account with all that it is routed by; `undefined` where it is none of this cell. */
export async function familyOf(
  { database, movables }: Pick<CellMovesDeps, "database" | "movables">,
  mainSid: string,
): Promise<{ readonly family: Family; readonly routeKeys: readonly string[] } | undefined> {
  let accountSids: readonly string[] | undefined;
  for (const movable of movables) accountSids ??= await movable.family?.(mainSid);
  if (accountSids === undefined) return undefined;
  const routeKeys: string[] = [];
  for (const table of tablesOf(movables)) routeKeys.push(...(await routeKeysOf(database, table, accountSids)));
  const numbers = routeKeys.filter((key) => /^\+?\d+$/.test(key));
  return { family: { mainSid, accountSids, numbers }, routeKeys };
}

/** Removes the rows and blobs of a family, children first. Resolves to whether that is all, false when time was up. */
export async function removeFamily(
  { database, blobs, movables, clock }: Pick<CellMovesDeps, "database" | "blobs" | "movables" | "clock">,
  { family, why }: { readonly family: Family; readonly why: "left" | "calledOff" },
  untilMs: number,
): Promise<boolean> {
  const { accountSids } = family;
  for (const table of tablesOf(movables).toReversed()) {
    let after = firstKey(table);
    if (table.isHistory !== true && table.blobs === undefined) {
      // In one statement, because rows may refer to each other.
      await removeRange(database, table, { accountSids, range: { after, until: undefined }, keep: [], why });
      continue;
    }
    for (;;) {
      if (clock.monotonicMs() >= untilMs) return false;
      const rows = await readRows(database, table, {
        accountSids,
        range: { after, until: undefined },
        limit: PAGE_ROWS,
      });
      for (const [, row] of table.blobs === undefined ? [] : rows) {
        for (const key of table.blobs?.(JSON.parse(row)) ?? []) await blobs.remove(key);
      }
      await removeByKeys(database, table, { accountSids, keys: rows.map(([key]) => key), why });
      const last = rows.at(-1)?.[0];
      if (last === undefined || rows.length < PAGE_ROWS) break;
      after = last;
    }
  }
  return true;
}
