import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import {
  neighboursOf,
  samplePrices,
  SampleServices,
  SampleWallet,
  SERVICE,
} from "../../../../test/kit/message-neighbours.ts";
import { ACCOUNT, FOREIGN, MessagingWorld, NUMBER, phone } from "../../../../test/kit/messaging-world.ts";
import { startTestPostgres, type TestPostgres } from "../../../../test/kit/postgres.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { waitFor } from "../../../../test/kit/wait-for.ts";
import { migrate } from "../../../adapters/postgres/index.ts";
import { Projection, projectionMigration } from "../../../platform/cell/index.ts";
import { findDue, findDueFairly } from "../due.store.ts";
import { findMessage, listMessages } from "../message.store.ts";
import { viewMessage } from "../message.view.ts";

const HOUR_MS = 3_600_000;

describe("scheduled messages in rows", () => {
  let postgres: TestPostgres;
  let world: MessagingWorld;
  let projection: Projection;

  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    world = await MessagingWorld.start({
      database: postgres.database,
      neighbours: () =>
        neighboursOf({
          services: new SampleServices(),
          wallet: new SampleWallet(1_000_000),
          prices: samplePrices({ failedMicros: 10 }),
        }),
    });
    await migrate(postgres.database, [projectionMigration, ...world.module.migrations]);
    await postgres.database.query("truncate messages, projection_offsets, carrier_health");
    const { cell, clock, module } = world;
    const tables = module.projections;
    projection = new Projection({ cell, database: postgres.database, clock, logger: silentLogger, tables });
  });
  afterEach(() => world.close());

  const schedule = (aheadMs: number, n: number): Promise<string> =>
    world.send({
      from: "",
      messagingServiceSid: SERVICE,
      to: phone(n),
      intent: "marketing",
      dlt: { entityId: "1", templateId: "2" },
      maxPrice: 1,
      schedule: { type: "fixed", sendAtMs: world.timeMs + aheadMs },
    });

  it("have all that they need to be sent, and are listed like others", async () => {
    const sid = await schedule(HOUR_MS, 1);
    const before = structuredClone(world.message(sid));
    await projection.flush();
    assert.equal(world.state.messages.size, 0);
    const read = await findMessage(world.deps, { accountSid: ACCOUNT, sid });
    assert.deepEqual(
      { ...read, provideFeedback: undefined, closed: undefined },
      { ...before, provideFeedback: undefined, closed: undefined },
    );
    const page = { limit: 10, cursor: undefined, direction: "next" } as const;
    const [listed] = await listMessages(world.deps, { accountSid: ACCOUNT }, page);
    assert.deepEqual([listed?.sid, listed?.status, listed?.from], [sid, "scheduled", ""]);
  });

  it("come back by their time, are priced, and show it when they are gone", async () => {
    const sids = [await schedule(HOUR_MS, 1), await schedule(2 * HOUR_MS, 2)];
    await projection.flush();
    world.carrier.script = () => world.carrier.accept();
    await world.advance(HOUR_MS - 2_000);
    // The database answers in its own time, which no clock of a test waits for.
    await waitFor("the first message", async () => {
      await world.advance(50);
      return world.carrier.submissions.length > 0;
    });
    assert.deepEqual(
      world.carrier.submissions.map(({ sid, from }) => [sid, from]),
      [[sids[0], NUMBER]],
    );
    const { id } = world.message(sids[0] ?? "").parts[0] ?? {};
    await world.carrier.receipt({ id: id ?? "", to: phone(1).slice(1) });
    await projection.flush();
    assert.equal(world.state.messages.size, 0);
    const message = await findMessage(world.deps, { accountSid: ACCOUNT, sid: sids[0] ?? "" });
    assert.ok(message !== undefined);
    const shown = viewMessage(message);
    assert.deepEqual(
      [shown["price"], shown["price_unit"], shown["messaging_service_sid"], shown["status"]],
      ["-0.01050", "USD", SERVICE, "delivered"],
    );
  });

  it("that are due are found in the order of their times, or of each account in turn", async () => {
    for (let n = 0; n < 6; n += 1) await schedule(HOUR_MS + n * 1_000, n);
    await projection.flush();
    const { database } = postgres;
    await database.query("update messages set account_sid = $1 where to_address <> $2", [FOREIGN, phone(5)]);
    const untilMs = world.timeMs + 2 * HOUR_MS;
    const range = { fromMs: 0, untilMs, without: [], limit: 4 };
    const first = await findDue(database, range);
    assert.deepEqual(
      first.map(({ dueMs }) => dueMs - world.timeMs),
      [0, 1, 2, 3].map((n) => HOUR_MS + n * 1_000),
    );
    assert.equal((await findDue(database, { ...range, without: [FOREIGN] })).length, 1);
    const turns = { untilMs, without: [], limit: 3, perAccount: 200, known: [] };
    const fair = await findDueFairly(database, turns);
    assert.deepEqual(
      fair.map(({ accountSid }) => accountSid),
      [FOREIGN, ACCOUNT, FOREIGN],
    );
    const known = fair.map(({ sid }) => sid);
    assert.equal((await findDueFairly(database, { ...turns, known, limit: 9 })).length, 3);
    assert.equal((await findDueFairly(database, { ...turns, untilMs: world.timeMs })).length, 0);
  });
});
