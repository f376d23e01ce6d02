import type { MovableEntry, MovableRecords, MovableTable } from "../../platform/fleet/index.ts";
import { INTERNAL_PREFIX } from "../../platform/fleet/index.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import { newCellMove, type CellMove, type CopyProgress } from "./cell-move.ts";
import { departedAccounts, findCellMove, latestEnded, saveCellMove } from "./cell-move.store.ts";
import { StepRefused } from "./errors.ts";
import type { CellMovesDeps } from "./ports.ts";
import { digestOf, firstKey, putRows, removeRange, type KeyRange, type TravellingRow } from "./rows.ts";
import { familyOf, removeFamily, tablesOf, type Scope, type SourceBucket } from "./source-side.ts";
import { putTail, tailBound, type TailAck, type TailPage } from "./tail.ts";

/** How long one step works before it says how far it has come. */
const STEP_MS = 2_000;
/** Rows that are compared at once, and where that shows a difference. */
const BUCKET_ROWS = 10_000;
const FINE_ROWS = 500;
/** Greater than every key. */
const LAST_KEY = "~";
/** How often a range is copied again that does not come out the same. Nothing changes it, so once should do. */
const MAX_TRIES = 3;

export interface PullResult {
  readonly isDone: boolean;
  /** Rows that were copied in this pass. */
  readonly copied: number;
  readonly verified: Readonly<Record<string, number>>;
}

/** The cell that an account moves into: it fetches from the source. Every step can be asked for again. */
export class TargetSide {
  private readonly deps: CellMovesDeps;

  constructor(deps: CellMovesDeps) {
    this.deps = deps;
  }

  /** From now on nothing of the family is answered here, whatever rows of it come. */
  async begin(sid: string, input: { readonly mainSid: string; readonly from: string }): Promise<void> {
    const { mainSid, from } = input;
    const { database, gate } = this.deps;
    const known = await findCellMove(database, sid, "target");
    if (known?.state === "aborted" || known?.state === "aborting") throw new StepRefused("it was called off");
    if (known !== undefined) return;
    if ((await familyOf(this.deps, mainSid)) !== undefined) {
      const earlier = await latestEnded(database, mainSid);
      const isLeaving = earlier?.state === "moved";
      throw new StepRefused(
        isLeaving ? "what an earlier move left here is not gone yet" : `the account ${mainSid} is in this cell`,
      );
    }
    const { family, routeKeys } = await this.ask<Scope>(from, sid, "scope", {});
    const begun = { sid, side: "target", mainSid, otherCell: from, state: "arriving", family, routeKeys } as const;
    const move = newCellMove(begun);
    await saveCellMove(database, move, this.deps.clock.nowMs());
    gate.set(routeKeys, { kind: "arriving" });
  }

  /**
   * Copies what is not here or not the same. A pass ahead copies history while the source
   * serves; the final one copies everything, from a sealed source, and ends only when both
   * cells hold the same.
   */
  async pull(sid: string, input: { readonly pass: number; readonly isFinal: boolean }): Promise<PullResult> {
    const { pass, isFinal } = input;
    let move = await this.expect(sid, "arriving");
    if (move.progress.pass !== pass) move = await this.beginPass(move, pass, isFinal);
    const untilMs = this.deps.clock.monotonicMs() + STEP_MS;
    const tables = this.tables(isFinal);
    while (move.progress.isDone !== true && (move.progress.table ?? 0) < tables.length) {
      if (this.deps.clock.monotonicMs() >= untilMs) return resultOf(move);
      move = await this.pullBucket(move, tables[move.progress.table ?? 0] as MovableTable, isFinal);
    }
    if (isFinal && move.progress.isDone !== true) {
      for (const records of this.records()) await this.pullRecords(move, records);
      // What may still change is here once before anybody looks.
      let page = await this.pullTail(move, []);
      while (page.acks.length > 0) page = await this.pullTail(move, page.acks);
    }
    move = await this.advance(move, { ...move.progress, isDone: true });
    return resultOf(move);
  }

  private async beginPass(move: CellMove, pass: number, isFinal: boolean): Promise<CellMove> {
    let begun: CellMove = { ...move, progress: { pass, table: 0, copied: 0, verified: {} } };
    if (isFinal) {
      const { family, routeKeys, sealedMs } = await this.ask<Scope>(move.otherCell, move.sid, "scope", {});
      if (sealedMs === undefined) throw new StepRefused("the source is not sealed");
      begun = { ...begun, family, routeKeys, sealedMs };
      this.deps.gate.set(routeKeys, { kind: "arriving" });
    }
    await this.change(move.sid, async (tx) => {
      const { accountSids } = begun.family;
      for (const table of isFinal ? this.tables(true).toReversed() : []) {
        if (table.tail === undefined) continue;
        // The youngest rows come with the tail; what was copied of them ahead may be gone in the source.
        const range = { after: tailBound(table, begun.sealedMs ?? 0), until: undefined };
        await removeRange(tx, table, { accountSids, range, keep: [], why: "calledOff" });
      }
      await saveCellMove(tx, begun, this.deps.clock.nowMs());
    });
    return begun;
  }

  /** Compares the next range of a table, and copies it where it is not the same. */
  private async pullBucket(move: CellMove, table: MovableTable, isFinal: boolean): Promise<CellMove> {
    const { progress } = move;
    const { after = firstKey(table), fineUntil = "" } = progress;
    const { accountSids } = move.family;
    const limit = after < fineUntil ? FINE_ROWS : BUCKET_ROWS;
    let copied = progress.copied ?? 0;
    for (let tries = 0; ; tries += 1) {
      const question = { table: table.name, after, isFinal, limit };
      const theirs = await this.ask<SourceBucket>(move.otherCell, move.sid, "bucket", question);
      const { until } = theirs;
      const range = { after, until };
      const ours = await digestOf(this.deps.database, table, {
        accountSids,
        range,
        except: theirs.except,
        byStamp: isFinal,
      });
      const isSame = ours.digest === theirs.digest && ours.rows === theirs.rows;
      if (isSame || (tries >= MAX_TRIES && !isFinal)) {
        // While the source serves a range may change again and again; the final pass has the last word.
        return this.advance(move, passed(progress, table, { theirs, copied, rows: ours.rows }));
      }
      if (tries >= MAX_TRIES) throw new StepRefused(`rows of ${table.name} do not come out the same in both cells`);
      if (limit > FINE_ROWS && ours.rows > FINE_ROWS) {
        return this.advance(move, { ...progress, fineUntil: until ?? LAST_KEY });
      }
      copied += await this.pullRows(move, table, range);
    }
  }

  private async pullRows(move: CellMove, table: MovableTable, range: KeyRange): Promise<number> {
    const { accountSids } = move.family;
    let { after } = range;
    let copied = 0;
    for (;;) {
      const question = { table: table.name, after, until: range.until };
      const page = await this.ask<{ rows: TravellingRow[]; isLast: boolean }>(
        ...([move.otherCell, move.sid, "rows"] as const),
        question,
      );
      const keep = page.rows.map(([key]) => key);
      const until = page.isLast ? range.until : keep.at(-1);
      await this.fetchBlobs(move, table, page.rows);
      const part = { after, until };
      await this.change(move.sid, async (tx) => {
        await removeRange(tx, table, { accountSids, range: part, keep, why: "calledOff" });
        const replaceable = [...accountSids, ...(await departedAccounts(tx))];
        await putRows(tx, table, { rows: page.rows, replaceable });
      });
      copied += keep.length;
      if (page.isLast || until === undefined) return copied;
      after = until;
    }
  }

  private async fetchBlobs(move: CellMove, table: MovableTable, rows: readonly TravellingRow[]): Promise<void> {
    if (table.blobs === undefined) return;
    const { blobs } = this.deps;
    for (const [, row] of rows) {
      for (const key of table.blobs(JSON.parse(row))) {
        if ((await blobs.get(key)) !== undefined) continue;
        const blob = await this.ask<{ contentType: string | null; content?: string }>(
          ...([move.otherCell, move.sid, "blob"] as const),
          { key },
        );
        if (blob.contentType === null) continue;
        await blobs.put(key, Buffer.from(blob.content ?? "", "base64"), blob.contentType);
      }
    }
  }

  private async pullRecords(move: CellMove, records: MovableRecords): Promise<void> {
    const { family } = move;
    const keys: string[] = [];
    for (;;) {
      const from = keys.length;
      const question = { name: records.name, from };
      const path = [move.otherCell, move.sid, "records"] as const;
      const page = await this.ask<{ entries: MovableEntry[]; total: number }>(...path, question);
      await records.put(family, page.entries, from === 0);
      keys.push(...page.entries.map(([key]) => key));
      if (page.entries.length === 0 || keys.length >= page.total) break;
    }
    const here = new Set(records.list(family).map(([key]) => key));
    if (keys.some((key) => !here.has(key))) throw new StepRefused(`not all ${records.name} are in both cells`);
  }

  /** Fetches a page of the tail and makes it durable; what comes back acknowledges it with the next one. */
  private async pullTail(
    move: CellMove,
    acks: readonly TailAck[],
  ): Promise<{ readonly acks: readonly TailAck[]; readonly left: number }> {
    const page = await this.ask<TailPage & { left: number }>(move.otherCell, move.sid, "tail", { acks });
    const taken: TailAck[] = [];
    for (const table of tablesOf(this.deps.movables)) {
      const came = page.rows.filter((row) => row.table === table.name);
      if (came.length === 0) continue;
      const rows = came.map(({ key, row }): TravellingRow => [key, row]);
      await this.fetchBlobs(move, table, rows);
      await this.change(move.sid, (tx, now) => putTail(tx, now, table, rows));
      taken.push(...came.map(({ key, digest }) => ({ table: table.name, key, digest })));
    }
    return { acks: taken, left: page.left };
  }

  /** Serves the family from now on. */
  async activate(sid: string, input: { readonly epoch: number }): Promise<void> {
    const { database, clock, gate, movables } = this.deps;
    const move = await findCellMove(database, sid, "target");
    if (move === undefined) throw new StepRefused("this cell knows nothing of it");
    if (move.state === "aborted" || move.state === "aborting") throw new StepRefused("it was called off");
    if (move.state === "arriving") {
      if (move.sealedMs === undefined || move.progress.isDone !== true) throw new StepRefused("not all is here");
      await saveCellMove(database, { ...move, state: "active", epoch: input.epoch }, clock.nowMs());
    }
    for (const movable of movables) await movable.arrived?.(move.family);
    gate.set(move.routeKeys, undefined);
  }

  /** Takes over what the source went on with. Resolves to how much work it still has. */
  async tail(sid: string): Promise<{ readonly left: number }> {
    const move = await this.expect(sid, "active");
    const untilMs = this.deps.clock.monotonicMs() + STEP_MS;
    let page = await this.pullTail(move, []);
    while (page.acks.length > 0) {
      page = await this.pullTail(move, page.acks);
      if (this.deps.clock.monotonicMs() >= untilMs) return { left: Math.max(1, page.left) };
    }
    return { left: page.left };
  }

  /** Nothing more comes: what was noted of the tail is not needed. */
  async finish(sid: string): Promise<void> {
    await this.expect(sid, "active");
    await this.deps.database.query("delete from cell_move_tail where move_sid = $1 and side = 'target'", [sid]);
  }

  /** Removes what was copied, a stretch at a time. Leaves a word behind, so that steps that come late are refused. */
  async abort(
    sid: string,
    input: { readonly mainSid: string; readonly from: string },
  ): Promise<{ readonly isDone: boolean }> {
    const { database, clock, gate, movables } = this.deps;
    const known = await findCellMove(database, sid, "target");
    if (known?.state === "active") throw new StepRefused("the account is at home here");
    if (known?.state === "aborted") return { isDone: true };
    const { mainSid, from } = input;
    const family = known?.family ?? { mainSid, accountSids: [], numbers: [] };
    const begun = { sid, side: "target", mainSid, otherCell: from, state: "aborted", family, routeKeys: [] } as const;
    const move = known ?? newCellMove(begun);
    // First of all nothing more may be written; the keys stay closed until the rows are gone.
    const state = known === undefined ? "aborted" : "aborting";
    await saveCellMove(database, { ...move, state }, clock.nowMs());
    if (known === undefined) return { isDone: true };
    const untilMs = clock.monotonicMs() + STEP_MS;
    if (!(await removeFamily(this.deps, { family, why: "calledOff" }, untilMs))) return { isDone: false };
    for (const movable of movables) {
      for (const records of movable.records ?? []) await records.forget(family);
      await movable.departed?.(family);
    }
    await database.query("delete from cell_move_tail where move_sid = $1 and side = 'target'", [sid]);
    await saveCellMove(database, { ...move, state: "aborted" }, clock.nowMs());
    const before = await latestEnded(database, move.mainSid);
    const isAway = before?.state === "moved" || before?.state === "left";
    gate.set(
      move.routeKeys,
      isAway ? { kind: "moved", home: { cell: before.otherCell, epoch: before.epoch ?? 0 } } : undefined,
    );
    return { isDone: true };
  }

  private tables(isFinal: boolean): MovableTable[] {
    return tablesOf(this.deps.movables).filter((table) => isFinal || table.isHistory === true);
  }

  private records(): MovableRecords[] {
    return this.deps.movables.flatMap(({ records = [] }) => [...records]);
  }

  private async expect(sid: string, state: CellMove["state"]): Promise<CellMove> {
    const move = await findCellMove(this.deps.database, sid, "target");
    if (move?.state !== state) throw new StepRefused(`here it is ${move?.state ?? "not known"}, not ${state}`);
    return move;
  }

  /** Writes in a transaction that holds the move, so that nothing is written after it was called off. */
  private async change(sid: string, work: (tx: DatabaseSession, move: CellMove) => Promise<void>): Promise<void> {
    await this.deps.database.transaction(async (tx) => {
      const move = await findCellMove(tx, sid, "target", true);
      if (move?.state !== "arriving" && move?.state !== "active") throw new StepRefused("it was called off");
      await work(tx, move);
    });
  }

  private async advance(move: CellMove, progress: CopyProgress): Promise<CellMove> {
    const next = { ...move, progress };
    await this.change(move.sid, (tx) => saveCellMove(tx, next, this.deps.clock.nowMs()));
    return next;
  }

  private async ask<T>(cell: string, sid: string, action: string, json: unknown): Promise<T> {
    const answer = await this.deps.caller.call(cell, "POST", `${INTERNAL_PREFIX}/moves/${sid}/${action}`, json);
    const refused = (answer as { refused?: string } | null)?.refused;
    if (refused !== undefined) throw new StepRefused(refused);
    return answer as T;
  }
}

/** How far a pass has come when a range is done. */
function passed(
  progress: CopyProgress,
  table: MovableTable,
  done: { readonly theirs: SourceBucket; readonly copied: number; readonly rows: number },
): CopyProgress {
  const { theirs, copied, rows } = done;
  const { after, fineUntil, ...rest } = progress;
  const verified = { ...progress.verified, [table.name]: (progress.verified?.[table.name] ?? 0) + rows };
  if (theirs.isLast) return { ...rest, copied, verified, table: (progress.table ?? 0) + 1 };
  const next = theirs.until ?? after;
  return {
    ...rest,
    copied,
    verified,
    ...(next === undefined ? {} : { after: next }),
    ...(fineUntil === undefined ? {} : { fineUntil }),
  };
}

function resultOf({ progress }: CellMove): PullResult {
  return { isDone: progress.isDone === true, copied: progress.copied ?? 0, verified: progress.verified ?? {} };
}
