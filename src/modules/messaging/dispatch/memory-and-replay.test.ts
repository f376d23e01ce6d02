import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessageRows } from "../../../../test/kit/message-rows.ts";
import { ACCOUNT, MessagingWorld, NUMBER, phone } from "../../../../test/kit/messaging-world.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { Projection } from "../../../platform/cell/index.ts";
import { cancelMessage, replaceMessage } from "../change-message.ts";
import { createMessage } from "../create-message.ts";

const LONG = "x".repeat(300);

async function start(parking?: { messagesInMemory: number; messagesPerFlow: number }) {
  const rows = new MessageRows();
  const world = await MessagingWorld.start({
    database: rows,
    projectedOffsets: () => rows.offsets,
    ...(parking === undefined ? {} : { parking }),
  });
  const project = (): Promise<boolean> => {
    const { cell, clock } = world;
    const tables = world.module.projections;
    return new Projection({ cell, database: rows, clock, logger: silentLogger, tables }).flush();
  };
  return { rows, world, project };
}

/** What one process held in memory and the next one does not, or the other way round, changes nothing. */
describe("memory", () => {
  it("makes no difference to a receipt for a message that is done: no other one adopts it", async () => {
    for (const leaves of [true, false]) {
      const { world, project } = await start();
      const failed = await world.send({ body: LONG });
      world.carrier.answer();
      world.carrier.refuse("permanent");
      await world.settle();
      assert.equal(world.status(failed), "failed");
      const other = await world.send();
      world.carrier.goDown();
      await world.settle();
      if (leaves) await project();
      assert.equal(world.state.messages.has(failed), !leaves);
      await world.carrier.receipt({ id: "north-1" });
      await world.advance(20_000);
      assert.equal(world.status(other), "sending");
      assert.equal(world.state.heldReceipts.size, 0);
    }
  });

  it("makes no difference to what is called off or replaced while it is being parked", async () => {
    const { world, project } = await start({ messagesInMemory: 0, messagesPerFlow: 4 });
    world.carrier.up = false;
    for (let n = 0; n < 6; n += 1) await world.send({ to: phone(n) });
    const input = { accountSid: ACCOUNT, direction: "outbound-api", from: NUMBER, to: phone(7), body: "a" } as const;
    const canceled = await createMessage(world.deps, input);
    const call = cancelMessage(world.deps, { accountSid: ACCOUNT, sid: canceled.sid });
    const replaced = await createMessage(world.deps, { ...input, to: phone(8) });
    const change = replaceMessage(world.deps, { accountSid: ACCOUNT, sid: replaced.sid, body: "b" });
    assert.equal((await call).status, "canceled");
    assert.equal((await change).body, "b");
    await world.settle();
    await project();
    assert.equal(world.state.waitingOfSender(ACCOUNT, NUMBER).messages, 7);
    assert.equal(world.state.parkedCount, 2);
    await world.cell.checkpoint();
    await world.restart();
    assert.equal(world.state.waitingOfSender(ACCOUNT, NUMBER).messages, 7);
    assert.equal(world.state.parkedCount, 2);
    assert.equal(world.state.messages.get(replaced.sid)?.body, "b");
  });

  it("makes no difference to the validity of what is parked while the database is away", async () => {
    const { rows, world, project } = await start({ messagesInMemory: 0, messagesPerFlow: 4 });
    world.carrier.up = false;
    for (let n = 0; n < 8; n += 1) await world.send({ to: phone(n), validitySeconds: 10 });
    rows.isAway = true;
    await world.advance(20_000);
    const statuses = (): string[] => [...world.state.messages.values()].map(({ status }) => status);
    assert.deepEqual(
      statuses().filter((status) => status === "queued").length,
      world.state.parkedCount,
      "what is parked waits for the database",
    );
    assert.equal(world.state.waitingOfSender(ACCOUNT, NUMBER).messages, world.state.parkedCount);
    rows.isAway = false;
    for (let n = 0; n < 30; n += 1) {
      await project();
      await world.advance(500);
    }
    assert.equal(world.state.parkedCount, 0);
    assert.equal(world.state.waitingOfSender(ACCOUNT, NUMBER).messages, 0);
    assert.equal(statuses().includes("queued"), false);
  });
});
