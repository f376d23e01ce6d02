import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { memoryDisk, openMemoryLog, settle } from "../../../../test/kit/memory-log.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../../adapters/memory/index.ts";
import { SidMinter } from "../../../kernel/ids.ts";
import { Cell, type Machine } from "../../../platform/cell/index.ts";
import { HttpServer } from "../../../platform/http/index.ts";
import type { MessageChanged } from "../../../platform/insight/index.ts";
import { EVENT_COLUMNS, rowText } from "./columns.ts";
import { EventState, MAX_WAITING_ROWS, PAGE_ROWS } from "./event-machine.ts";
import { insightEvents, type Events } from "./index.ts";
import { MemoryEventFiles } from "./memory-event-files.ts";

const START_MS = Date.UTC(2025, 0, 31, 12, 10);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OPERATOR = `AC${"a".repeat(32)}`;
const STRANGER = `AC${"f".repeat(32)}`;

function changeOf(sid: string, more: Partial<MessageChanged> = {}): MessageChanged {
  return {
    kind: "message.changed",
    sid,
    accountSid: OPERATOR,
    direction: "outbound",
    status: "queued",
    from: "+15550000001",
    to: "+15550000002",
    segments: 1,
    acceptedMs: START_MS,
    ...more,
  };
}

/** Stands for messaging. */
const product: Machine = {
  name: "product",
  tables: [],
  reducers: {
    "test.changed": ({ sids }: { sids: string[] }, context) => sids.forEach((sid) => context.emit(changeOf(sid))),
  },
};

describe("events", () => {
  let clock: ManualClock;
  let disk: ReturnType<typeof memoryDisk>;
  let files: MemoryEventFiles;
  let events: Events;
  let cell: Cell;
  let server: HttpServer;
  let count = 0;
  let warnings: string[] = [];

  const open = async (isOn = true): Promise<void> => {
    const logger = { ...silentLogger, warn: (event: string) => void warnings.push(event) };
    const error = (event: string): void => void warnings.push(event);
    events = insightEvents({
      clock,
      logger: { ...logger, error },
      cell: "messaging-1",
      isOperator: (sid) => sid === OPERATOR,
      files: isOn ? files : undefined,
      keepMs: 2 * DAY_MS,
    });
    const log = await openMemoryLog(disk, clock);
    const machines = [product, events.machine];
    cell = new Cell({ name: "messaging-1", log, clock, logger, machines, projectedOffsets: new Map() });
    events.attach(cell);
    await cell.recover();
    await events.start();
    const minter = new SidMinter(
      () => clock.nowMs(),
      (length) => new Uint8Array(length),
    );
    const authenticator = {
      authenticate: ({ username }: { username: string }) =>
        Promise.resolve({
          accountSid: username,
          status: "active",
          credential: "token",
          canAccess: () => Promise.resolve(false),
        } as const),
    };
    server = new HttpServer({ clock, logger, minter, authenticator, routes: events.routes });
  };
  const close = async (): Promise<void> => {
    await events.stop();
    await cell.close();
  };
  const add = async (rows: number): Promise<void> => {
    const sids = Array.from({ length: rows }, () => `SM${(count += 1)}`);
    await cell.commit({ kind: "test.changed", sids } as { kind: string });
  };
  const call = async (method: string, path: string, more: { body?: Record<string, string>; as?: string } = {}) => {
    const auth = { username: more.as ?? OPERATOR, password: "x" };
    const url = `https://api.twilio.com/trunkline/v1/Insights/${path}`;
    const { status, body } = await server.inject({ method, url, auth, ...(more.body && { body: more.body }) });
    return { status, json: JSON.parse(body) as Record<string, unknown> };
  };
  const ask = (as?: string) => call("POST", "Queries", { body: { Sql: "select 1" }, ...(as && { as }) });
  const sids = async (): Promise<string[]> => (await ask()).json["rows"] as string[];
  const everyone = (): string[] => Array.from({ length: count }, (_, n) => `SM${n + 1}`);
  const names = (): string[] => [...files.stored.keys()].map((key) => key.split("/")[1] ?? "").toSorted();

  beforeEach(async () => {
    clock = new ManualClock(START_MS);
    disk = memoryDisk();
    files = new MemoryEventFiles();
    count = 0;
    warnings = [];
    await open();
  });
  afterEach(close);

  it("are asked for while they are in no file", async () => {
    await add(5);
    assert.deepEqual(await sids(), everyone());
    assert.equal(events.status().waitingRows, 5);
  });

  it("are written to a file when they are old enough, but for a page that can still grow", async () => {
    await add(PAGE_ROWS * 2 + 5);
    await clock.advanceSettling(50_000);
    assert.deepEqual(names(), []);
    await clock.advanceSettling(15_000);
    assert.deepEqual(names(), ["0-1"]);
    assert.equal(events.status().waitingRows, 5);
    assert.deepEqual(await sids(), everyone());
  });

  it("are the same after a restart, from checkpoint and log, written or not", async () => {
    await add(PAGE_ROWS + 1);
    await clock.advanceSettling(65_000);
    await add(3);
    await close();
    await open();
    await add(2);
    assert.deepEqual((await sids()).toSorted(), everyone().toSorted());
    assert.equal(events.status().waitingRows, 6);
  });

  it("are not doubled by a file that was written and never committed", async () => {
    await add(PAGE_ROWS * 2);
    await files.write({ startMs: START_MS - (START_MS % HOUR_MS), from: 0, to: 1 }, [
      Buffer.from('["x","SM-twice"]\n'),
    ]);
    await close();
    await open();
    assert.deepEqual(await sids(), everyone());
    assert.deepEqual(names(), []);
  });

  it("of a life that the log does not remember are put aside", async () => {
    await files.write({ startMs: 0, from: 70, to: 71 }, [Buffer.from('["x","SM-strange"]\n')]);
    await close();
    await open();
    assert.deepEqual(await sids(), []);
    assert.equal(files.aside.length, 1);
    assert.deepEqual(warnings, ["insights.event-files-set-aside"]);
  });

  it("of an hour that is over are merged, and what is merged counts once even if its parts were not removed", async () => {
    for (let n = 0; n < 3; n += 1) {
      await add(PAGE_ROWS);
      await clock.advanceSettling(65_000);
    }
    assert.deepEqual(names(), ["0-0", "1-1", "2-2"]);
    const parts = [...files.stored];
    await clock.advanceSettling(2 * HOUR_MS);
    assert.deepEqual(names(), ["0-2"]);
    assert.deepEqual(await sids(), everyone());
    for (const [key, part] of parts) files.stored.set(key, part);
    await close();
    await open();
    assert.deepEqual(names(), ["0-2"]);
    assert.deepEqual(await sids(), everyone());
  });

  it("of different hours are in different files, and go when they are too old", async () => {
    await add(PAGE_ROWS + 1);
    await clock.advanceSettling(HOUR_MS);
    await add(PAGE_ROWS);
    await clock.advanceSettling(HOUR_MS);
    // The page that was open when the hour ended is closed.
    assert.deepEqual(names(), ["0-1", "2-2"]);
    await close();
    clock.advance(2 * DAY_MS - HOUR_MS);
    await open();
    await clock.advanceSettling(10 * 60_000);
    assert.deepEqual(names(), ["2-2"]);
    await clock.advanceSettling(HOUR_MS);
    assert.deepEqual(names(), []);
  });

  it("wait while nothing can be written, are written later, and are dropped before they fill the memory", async () => {
    files.failure = new Error("no space");
    await add(PAGE_ROWS);
    await clock.advanceSettling(65_000);
    assert.deepEqual(warnings, ["insights.events-not-written"]);
    assert.ok(events.status().isFailing);
    for (let rows = 0; rows < MAX_WAITING_ROWS; rows += 4_000) await add(4_000);
    assert.equal(events.status().waitingRows, MAX_WAITING_ROWS);
    assert.equal(events.status().droppedRows, PAGE_ROWS);
    await clock.advanceSettling(61_000);
    assert.ok(warnings.includes("insights.events-dropped"));
    files.failure = undefined;
    await clock.advanceSettling(61_000);
    assert.equal(events.status().waitingRows, 0);
    assert.equal(
      [...files.stored.values()].reduce((sum, { rows }) => sum + rows.length, 0),
      MAX_WAITING_ROWS,
    );
    assert.ok(!events.status().isFailing);
  });

  it("are not removed while a query reads them", async () => {
    for (let n = 0; n < 2; n += 1) {
      await add(PAGE_ROWS);
      await clock.advanceSettling(65_000);
    }
    let release = (): void => undefined;
    files.hold = new Promise((resolve) => (release = resolve));
    const answer = sids();
    await settle();
    await clock.advanceSettling(2 * HOUR_MS);
    assert.deepEqual(names(), ["0-0", "0-1", "1-1"]);
    release();
    assert.deepEqual(await answer, everyone());
    await settle();
    assert.deepEqual(names(), ["0-1"]);
  });

  it("are answered to a few queries at a time, and to the operator only", async () => {
    let release = (): void => undefined;
    files.hold = new Promise((resolve) => (release = resolve));
    const waiting = Array.from({ length: 5 }, () => ask());
    await settle();
    assert.equal(files.questions, 1);
    const refused = await ask();
    assert.deepEqual([refused.status, refused.json["code"]], [429, 20429]);
    release();
    for (const { status } of await Promise.all(waiting)) assert.equal(status, 200);
    assert.equal((await ask(STRANGER)).status, 404);
    assert.equal((await call("GET", "Queries/Schema", { as: STRANGER })).status, 404);
    assert.equal((await call("POST", "Queries")).status, 400);
  });

  it("are described for those who ask", async () => {
    const { status, json } = await call("GET", "Queries/Schema");
    assert.equal(status, 200);
    const [table] = json["tables"] as { columns: { name: string; type: string }[] }[];
    assert.deepEqual(table?.columns[0], {
      name: "time",
      type: "TIMESTAMP",
      description: "When the change happened, in UTC.",
    });
    assert.equal(json["enabled"], true);
  });

  it("are neither written nor asked where they are switched off, and the log is read all the same", async () => {
    await add(PAGE_ROWS);
    await clock.advanceSettling(65_000);
    await close();
    await open(false);
    await add(1);
    assert.equal((await ask()).status, 404);
    assert.equal(events.status().waitingRows, 0);
  });

  const valuesOf = (change: MessageChanged): unknown[] => JSON.parse(rowText(change, START_MS)) as unknown[];

  it("hold no number of another person", () => {
    const sender = EVENT_COLUMNS.findIndex(({ name }) => name === "sender");
    assert.equal(valuesOf(changeOf("SM1"))[sender], "+15550000001");
    const inbound = valuesOf(changeOf("SM1", { direction: "inbound", from: "+15559999999" }));
    assert.equal(inbound[sender], "+15550000002");
    assert.ok(!inbound.includes("+15559999999"));
  });

  it("are rows of a value for each column, on a line each, whatever stands in them", () => {
    const nasty = 'a"b\\c\nd\u2028é🙂';
    const change = changeOf(nasty, {
      from: nasty,
      carrier: nasty,
      before: "sent",
      errorCode: 30_003,
      priceMicros: 7.5,
    });
    assert.match(rowText(change, START_MS), /^[^\n]*\n$/);
    const columns = EVENT_COLUMNS.map(({ name }) => name);
    assert.deepEqual(Object.fromEntries(valuesOf(change).map((value, at) => [columns[at], value])), {
      time: START_MS,
      sid: nasty,
      account: OPERATOR,
      direction: "outbound",
      status: "queued",
      before: "sent",
      error_code: 30_003,
      sender: nasty,
      country: null,
      carrier: nasty,
      segments: 1,
      price_micros: 7.5,
      currency: null,
      accepted: START_MS,
      due: null,
    });
  });

  it("wait in a checkpoint as they are, and the last page goes on growing after it", () => {
    const state = new EventState();
    const text = (of: EventState): string => Buffer.concat(of.snapshot()).toString();
    for (let n = 0; n < PAGE_ROWS + 3; n += 1) state.add(changeOf(`SM${n}`, { from: "Zürich" }), START_MS, 0);
    state.beginSnapshot();
    const before = text(state);
    state.add(changeOf("SMlater"), START_MS, 0);
    const lines = [...state.readSnapshot()].flat().map((line) => JSON.parse(line) as [string, string, number, never]);
    const restored = new EventState();
    for (const [, ...entry] of lines) restored.restore(entry);
    restored.finishRestore();
    assert.equal(text(restored), before);
    assert.equal(restored.waitingRows, PAGE_ROWS + 3);
    restored.add(changeOf("SMlater"), START_MS, 0);
    assert.equal(text(restored), text(state));
    assert.equal(restored.batch(1_000)?.rowCount, PAGE_ROWS);
    // A file that this cell had no part in may have the numbers of pages that still grow.
    restored.file(1);
    assert.equal(restored.waitingRows, 0);
    restored.add(changeOf("SMafter"), START_MS, 0);
    assert.equal(restored.waitingRows, 1);
  });
});
