import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { migrate } from "../../adapters/postgres/index.ts";
import { Projection, projectionMigration } from "../../platform/cell/index.ts";
import { cutPage } from "../../platform/http/index.ts";
import type { Database } from "../../platform/ports.ts";
import { seeded } from "../../../test/kit/memory-log.ts";
import { ACCOUNT, FOREIGN, MessagingWorld, NUMBER, PHONE } from "../../../test/kit/messaging-world.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { deleteMessage, giveFeedback, redactMessage } from "./change-message.ts";
import type { Message } from "./message.ts";
import { findMessage, listMessages, type MessageFilter } from "./message.store.ts";

const OTHER_PHONE = "+447700900999";

const between = (fromMs?: number, untilMs?: number): Partial<MessageFilter> => ({ sent: { fromMs, untilMs } });

describe("stored messages", () => {
  let postgres: TestPostgres;
  let world: MessagingWorld;
  let projection: Projection;
  /** Runs between a read and its answer. */
  let afterQuery: () => Promise<void>;

  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    afterQuery = () => Promise.resolve();
    const database: Database = {
      query: async (sql, values) => {
        const rows = await postgres.database.query(sql, values);
        await afterQuery();
        return rows as never;
      },
      transaction: (work) => postgres.database.transaction(work),
    };
    world = await MessagingWorld.start({ database });
    world.carrier.script = () => world.carrier.accept();
    await migrate(postgres.database, [projectionMigration, ...world.module.migrations]);
    await postgres.database.query("truncate messages, projection_offsets");
    const { cell, clock } = world;
    const tables = world.module.projections;
    projection = new Projection({ cell, database: postgres.database, clock, logger: silentLogger, tables });
  });

  async function deliver(input: Parameters<MessagingWorld["send"]>[0] = {}): Promise<string> {
    await world.advance(1_000);
    const sid = await world.send(input);
    const { id } = world.message(sid).parts[0] ?? {};
    assert.ok(id !== undefined);
    await world.carrier.receipt({ id });
    return sid;
  }

  const find = (sid: string, accountSid = ACCOUNT): Promise<Readonly<Message> | undefined> =>
    findMessage(world.deps, { accountSid, sid });

  async function list(filter: Partial<MessageFilter> = {}, limit = 50): Promise<string[]> {
    const page = { limit, cursor: undefined, direction: "next" } as const;
    const found = await listMessages(world.deps, { accountSid: ACCOUNT, ...filter }, page);
    return found.map(({ sid }) => sid);
  }

  it("are found in memory, and the same in their row", async () => {
    const sid = await deliver({ body: "naïve ☃ \u{1F4A9}", provideFeedback: true, validitySeconds: 60 });
    const recent = await find(sid);
    await projection.flush();
    assert.equal(world.state.messages.has(sid), false);
    const row = await find(sid);
    const { statusCallback: _s, ...shown } = recent as Message;
    assert.deepEqual(row, { ...shown, closed: false });
  });

  it("are never shown to another account", async () => {
    const sid = await deliver();
    const isHidden = async (): Promise<void> => {
      assert.equal(await find(sid, FOREIGN), undefined);
      assert.deepEqual(await list({ accountSid: FOREIGN }), []);
    };
    await isHidden();
    await projection.flush();
    await isHidden();
    assert.equal(await find(sid.replace("SM", "MM")), undefined);
    assert.equal(await find("SM' or 1=1 --"), undefined);
  });

  it("are listed newest first, from memory and rows together, each once", async () => {
    const sids: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      sids.unshift(await deliver());
      if (n % 5 === 2) await projection.flush();
    }
    assert.deepEqual(await list(), sids);
    assert.deepEqual(await list({}, 5), sids.slice(0, 5));
    assert.deepEqual(await list({}, 11), sids.slice(0, 11));
  });

  it("are filtered by recipient, sender and date, by what holds now and not by what a row still says", async () => {
    const startMs = world.clock.nowMs();
    const first = await deliver();
    const second = await deliver({ to: OTHER_PHONE });
    const third = await deliver({ from: "55501" });
    world.carrier.script = () => undefined;
    const unsent = await world.send();
    await projection.flush();
    const checkAll = async (): Promise<void> => {
      assert.deepEqual(await list({ to: OTHER_PHONE }), [second]);
      assert.deepEqual(await list({ from: NUMBER }), [unsent, second, first]);
      assert.deepEqual(await list({ to: PHONE, from: "55501" }), [third]);
      assert.deepEqual(await list({ to: "+1" }), []);
      assert.deepEqual(await list(between(startMs + 1_500)), [third, second]);
      assert.deepEqual(await list(between(undefined, startMs + 2_000)), [first]);
      assert.deepEqual(await list(between(startMs + 1_000, startMs + 1_001)), [first]);
      assert.deepEqual(await list(between(startMs + 60_000)), []);
    };
    await checkAll();
    await world.advance(60_000);
    world.carrier.answer();
    await world.settle();
    assert.deepEqual(await list(between(startMs + 60_000)), [unsent]);
    assert.deepEqual(await list(between()), [unsent, third, second, first]);
    await projection.flush();
    assert.deepEqual(await list(between(startMs + 60_000)), [unsent]);
  });

  it("are paged to the end and back while others arrive, without a gap or a repetition", async () => {
    const sids: string[] = [];
    for (let n = 0; n < 23; n += 1) {
      sids.unshift(await deliver());
      if (n === 9 || n === 15) await projection.flush();
    }
    const page = async (cursor: string | undefined, direction: "next" | "previous") => {
      const asked = { limit: 5, cursor, direction };
      const records = await listMessages(world.deps, { accountSid: ACCOUNT }, { ...asked, limit: 6 });
      return cutPage(records, asked, ({ sid }) => sid);
    };
    const pages: string[][] = [];
    let at = await page(undefined, "next");
    for (;;) {
      pages.push(at.records.map(({ sid }) => sid));
      if (at.nextCursor === undefined) break;
      await deliver();
      if (pages.length === 2) await projection.flush();
      at = await page(at.nextCursor, "next");
    }
    assert.deepEqual(pages.flat(), sids);
    for (let n = pages.length - 2; n >= 0; n -= 1) {
      at = await page(at.previousCursor, "previous");
      assert.deepEqual(
        at.records.map(({ sid }) => sid),
        pages[n],
      );
    }
    assert.notEqual(at.previousCursor, undefined, "what arrived meanwhile is before the first page");
  });

  it("have no gap in a list where old messages change while newer rows were not read", async () => {
    world.carrier.script = () => undefined;
    const sids: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      sids.unshift(await world.send({ to: `+4477009000${String(n).padStart(2, "0")}` }));
      await world.advance(10);
    }
    await projection.flush();
    // Answers to the oldest and the newest, which so are newer in memory than in their rows.
    for (let n = 0; n < 6; n += 1) world.carrier.answer();
    for (let n = 0; n < 4; n += 1) world.carrier.answer(undefined, world.carrier.open.length - 1);
    await world.settle();
    for (const limit of [3, 5, 8, 30, 40])
      assert.deepEqual(await list({}, limit), sids.slice(0, limit), `limit ${limit}`);
    const cursor = sids[20];
    const back = await listMessages(world.deps, { accountSid: ACCOUNT }, { limit: 7, cursor, direction: "previous" });
    assert.deepEqual(
      back.map(({ sid }) => sid),
      sids.slice(13, 20),
    );
  });

  it("that have left memory are redacted, rated and deleted at once, before and after their rows are", async () => {
    const [redacted, rated, deleted] = [
      await deliver({ body: "secret" }),
      await deliver({ provideFeedback: true }),
      await deliver(),
    ];
    await projection.flush();
    assert.equal(world.state.messages.size, 0);
    await redactMessage(world.deps, { accountSid: ACCOUNT, sid: redacted });
    await giveFeedback(world.deps, { accountSid: ACCOUNT, sid: rated, outcome: "confirmed" });
    await deleteMessage(world.deps, { accountSid: ACCOUNT, sid: deleted });
    const check = async (): Promise<void> => {
      assert.equal((await find(redacted))?.body, "");
      assert.equal((await find(rated))?.feedback, "confirmed");
      assert.equal(await find(deleted), undefined);
      assert.deepEqual(await list(), [rated, redacted]);
      assert.deepEqual(await list({}, 1), [rated]);
    };
    await check();
    await projection.flush();
    assert.equal(world.state.lateChanges.size, 0);
    await check();
    assert.deepEqual(await postgres.database.query("select sid from messages where body = 'secret'"), []);
  });

  it("show a change that is projected while they are read", async () => {
    const sid = await deliver({ body: "secret" });
    await projection.flush();
    await redactMessage(world.deps, { accountSid: ACCOUNT, sid });
    afterQuery = async () => void (await projection.flush());
    assert.equal((await find(sid))?.body, "");

    afterQuery = () => Promise.resolve();
    await deleteMessage(world.deps, { accountSid: ACCOUNT, sid });
    afterQuery = async () => void (await projection.flush());
    assert.deepEqual(await list(), []);
  });

  it("read the same from memory and rows in any mixture, seed 17", async () => {
    const random = seeded(17);
    const below = (limit: number): number => Math.floor(random() * limit);
    const model: string[] = [];
    for (let step = 0; step < 120; step += 1) {
      const choice = below(10);
      if (choice < 5) model.unshift(await deliver({ to: below(2) === 0 ? PHONE : OTHER_PHONE }));
      else if (choice < 7) await projection.flush();
      else if (choice < 8 && model.length > 0) {
        const [sid] = model.splice(below(model.length), 1);
        await deleteMessage(world.deps, { accountSid: ACCOUNT, sid: sid as string });
      } else {
        const limit = 1 + below(20);
        const cursor = below(2) === 0 ? undefined : model[below(model.length)];
        const from = cursor === undefined ? 0 : model.indexOf(cursor) + 1;
        const page = { limit, cursor, direction: "next" } as const;
        const found = await listMessages(world.deps, { accountSid: ACCOUNT }, page);
        assert.deepEqual(
          found.map(({ sid }) => sid),
          model.slice(from, from + limit),
        );
      }
    }
  });
});
