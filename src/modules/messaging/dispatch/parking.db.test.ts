import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { ACCOUNT, MessagingWorld, NUMBER, phone } from "../../../../test/kit/messaging-world.ts";
import { startTestPostgres, type TestPostgres } from "../../../../test/kit/postgres.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { migrate } from "../../../adapters/postgres/index.ts";
import { Projection, projectionMigration, readProjectedOffsets } from "../../../platform/cell/index.ts";
import { cancelMessage, replaceMessage } from "../change-message.ts";
import { findMessage, listMessages } from "../message.store.ts";

const IN_MEMORY = 4;

describe("messages beyond what memory has room for", () => {
  let postgres: TestPostgres;
  let world: MessagingWorld;
  let projection: Projection;
  let offsets: ReadonlyMap<string, number> = new Map();

  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    offsets = new Map();
    world = await MessagingWorld.start({
      database: postgres.database,
      parking: { messagesInMemory: 0, messagesPerFlow: IN_MEMORY },
      projectedOffsets: () => offsets,
    });
    world.carrier.up = false;
    await migrate(postgres.database, [projectionMigration, ...world.module.migrations]);
    await postgres.database.query("truncate messages, projection_offsets, carrier_health");
    project();
  });
  afterEach(() => world.close());

  function project(): void {
    const { cell, clock } = world;
    const tables = world.module.projections;
    projection = new Projection({ cell, database: postgres.database, clock, logger: silentLogger, tables });
  }

  async function sendMany(count: number, input: Parameters<MessagingWorld["send"]>[0] = {}): Promise<string[]> {
    const sids: string[] = [];
    for (let n = 0; n < count; n += 1) sids.push(await world.send({ to: phone(n), ...input }));
    await projection.flush();
    return sids;
  }

  /** Lets everything go out, a bit at a time. */
  async function drain(): Promise<void> {
    world.carrier.script = () => world.carrier.accept();
    world.carrier.goUp();
    for (let round = 0; round < 40 && world.state.parkedCount > 0; round += 1) {
      await world.deps.parking.look();
      await world.settle();
      await projection.flush();
    }
    await world.settle();
  }

  const submitted = (): string[] => world.carrier.submissions.map(({ sid }) => sid);

  it("wait in their rows alone, are seen like all others, and go out in their order, each once", async () => {
    const sids = await sendMany(30);
    assert.equal(world.state.messages.size, IN_MEMORY);
    assert.equal(world.state.parkedCount, 30 - IN_MEMORY);
    const last = await findMessage(world.deps, { accountSid: ACCOUNT, sid: sids.at(-1) ?? "" });
    assert.deepEqual([last?.status, last?.parked, last?.parts.length], ["queued", true, 1]);
    const page = { limit: 50, cursor: undefined, direction: "next" } as const;
    const listed = await listMessages(world.deps, { accountSid: ACCOUNT }, page);
    assert.deepEqual(
      listed.map(({ sid }) => sid),
      sids.toReversed(),
    );
    assert.equal(world.state.waitingOfSender(ACCOUNT, NUMBER).messages, 30);
    await drain();
    assert.deepEqual(submitted(), sids);
    assert.equal(world.state.waitingOfSender(ACCOUNT, NUMBER).messages, 0);
    assert.equal(
      world.message(sids[29] ?? "").statusCallback,
      "https://example.org/status",
      "what it had is still there",
    );
  });

  it("are still there after a crash, from the log alone and from a checkpoint", async () => {
    const sids = await sendMany(12);
    await world.cell.checkpoint();
    sids.push(...(await sendMany(12, { trafficClass: "marketing" })));
    for (let life = 0; life < 2; life += 1) {
      offsets = await readProjectedOffsets(postgres.database, "messaging-1");
      await world.restart();
      project();
      assert.equal(world.state.parkedCount, 24 - 2 * IN_MEMORY);
    }
    await drain();
    assert.deepEqual(submitted().toSorted(), sids.toSorted());
  });

  it("can be called off and replaced while they wait", async () => {
    const sids = await sendMany(12);
    const [canceled = "", replaced = ""] = sids.slice(9);
    await cancelMessage(world.deps, { accountSid: ACCOUNT, sid: canceled });
    await replaceMessage(world.deps, { accountSid: ACCOUNT, sid: replaced, body: "other" });
    await projection.flush();
    const found = await findMessage(world.deps, { accountSid: ACCOUNT, sid: canceled });
    assert.equal(found?.status, "canceled");
    await drain();
    assert.equal(submitted().includes(canceled), false);
    assert.equal(world.carrier.submissions.find(({ sid }) => sid === replaced)?.text, "other");
  });

  it("do not hold up another sender", async () => {
    await sendMany(12);
    const other = await world.send({ to: phone(99), from: "55501" });
    world.carrier.window = 1;
    world.carrier.goUp();
    await world.settle();
    world.carrier.answer();
    await world.settle();
    assert.equal(submitted().includes(other), true);
  });

  it("fail when their validity ends, and are never sent", async () => {
    const sids = await sendMany(12, { validitySeconds: 60 });
    await world.advance(61_000);
    for (let round = 0; round < 60 && world.state.parkedCount > 0; round += 1) await world.deps.parking.look();
    await world.advance(1_000);
    await projection.flush();
    const statuses = await Promise.all(
      sids.map(async (sid) => (await findMessage(world.deps, { accountSid: ACCOUNT, sid }))?.status),
    );
    assert.deepEqual([...new Set(statuses)], ["failed"]);
    assert.equal(submitted().length, 0);
  });
});
