import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import { ACCOUNT, FOREIGN, MessagingWorld, phone } from "../../../test/kit/messaging-world.ts";
import { cancelMessage, deleteMessage, giveFeedback, redactMessage } from "./change-message.ts";
import { findMessage } from "./message.store.ts";

const target = (sid: string) => ({ accountSid: ACCOUNT, sid });

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => assert.fail("it was done"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError);
  return `${error.status} ${error.code}`;
}

async function delivered(world: MessagingWorld, input: Parameters<MessagingWorld["send"]>[0] = {}): Promise<string> {
  const sid = await world.send(input);
  const outcome = world.carrier.answer();
  await world.settle();
  if (outcome.kind === "accepted") await world.carrier.receipt({ id: outcome.id });
  await world.settle();
  return sid;
}

describe("canceling", () => {
  it("ends a message that waits, which is then never submitted", async () => {
    const world = await MessagingWorld.start();
    world.carrier.up = false;
    const sid = await world.send();
    assert.equal((await cancelMessage(world.deps, target(sid))).status, "canceled");
    world.carrier.goUp();
    await world.advance(1_000);
    assert.equal(world.carrier.submissions.length, 0);
    assert.deepEqual(world.callbacks(sid), ["canceled"]);
    assert.equal(await codeOf(cancelMessage(world.deps, target(sid))), "409 20409");
  });

  it("is too late once the attempt is journalled, and what is journalled first wins", async () => {
    const world = await MessagingWorld.start();
    world.carrier.up = false;
    const sid = await world.send();
    world.carrier.goUp();
    // The attempt is on its way to the disk, and the cancellation right behind it.
    await Promise.resolve();
    const canceling = cancelMessage(world.deps, target(sid));
    assert.equal(await codeOf(canceling), "409 20409");
    await world.settle();
    assert.equal(world.status(sid), "sending");
    assert.equal(world.carrier.submissions.length, 1);

    world.carrier.up = false;
    const other = await world.send();
    const canceled = cancelMessage(world.deps, target(other));
    // The cancellation is ahead.
    await Promise.resolve();
    world.carrier.goUp();
    assert.equal((await canceled).status, "canceled");
    await world.settle();
    assert.equal(world.carrier.submissions.length, 1);
    assert.deepEqual(world.callbacks(other), ["canceled"]);
  });

  it("gives the place that was kept for it to the next message", async () => {
    const world = await MessagingWorld.start();
    world.carrier.window = 1;
    world.carrier.up = false;
    const canceled = await world.send({ to: phone(1) });
    const next = await world.send({ to: phone(2) });
    const canceling = cancelMessage(world.deps, target(canceled));
    // The cancellation is ahead, and the attempt, which then begins with nothing, right behind it.
    await Promise.resolve();
    world.carrier.goUp();
    assert.equal((await canceling).status, "canceled");
    await world.settle();
    assert.deepEqual(
      world.carrier.submissions.map(({ sid }) => sid),
      [next],
    );
  });

  it("works between two attempts, of which the first was certainly refused", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send();
    world.carrier.refuse("later");
    await world.settle();
    assert.equal((await cancelMessage(world.deps, target(sid))).status, "canceled");
    await world.advance(10_000);
    assert.equal(world.carrier.submissions.length, 1);
  });

  it("does not work on what may have been sent", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send();
    world.carrier.answer({ kind: "unknown", reason: "no response" });
    await world.settle();
    assert.equal(await codeOf(cancelMessage(world.deps, target(sid))), "409 20409");
    assert.equal(await codeOf(cancelMessage(world.deps, { accountSid: FOREIGN, sid })), "404 20404");
  });
});

describe("redacting and deleting", () => {
  it("wait until the message is done", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send();
    assert.equal(await codeOf(redactMessage(world.deps, target(sid))), "409 20009");
    assert.equal(await codeOf(deleteMessage(world.deps, target(sid))), "409 20009");
  });

  it("empty the body and remove the message, for its account alone, and a restart keeps that", async () => {
    const world = await MessagingWorld.start();
    const redacted = await delivered(world, { body: "caf\u00e9 secret \u201cquoted\u201d", smartEncoded: true });
    const deleted = await delivered(world);
    assert.equal(await codeOf(redactMessage(world.deps, { accountSid: FOREIGN, sid: redacted })), "404 20404");
    assert.equal(await codeOf(deleteMessage(world.deps, { accountSid: FOREIGN, sid: deleted })), "404 20404");
    assert.equal((await redactMessage(world.deps, target(redacted))).body, "");
    await deleteMessage(world.deps, target(deleted));
    await world.restart();
    assert.ok(!JSON.stringify(world.message(redacted)).includes("secret"));
    assert.equal(await findMessage(world.deps, target(deleted)), undefined);
    assert.equal(await codeOf(deleteMessage(world.deps, target(deleted))), "404 20404");
  });

  it("reach a message that has left memory, until its row shows it", async () => {
    const world = await MessagingWorld.start();
    const sid = await delivered(world);
    world.state.messages.takeDirty(10);
    world.state.messages.settleDirty();
    world.state.messages.evict(sid);
    await world.cell.commit({ kind: "message.redacted", sid } as never, "progress");
    await world.cell.commit({ kind: "message.feedback", sid, outcome: "confirmed" } as never, "progress");
    const change = world.state.lateChanges.get(sid);
    assert.deepEqual([change?.redacted, change?.feedback], [true, "confirmed"]);
    await world.cell.commit({ kind: "message.deleted", sid } as never, "progress");
    assert.equal(world.state.lateChanges.get(sid)?.deleted, true);
  });

  it("leave nothing behind that leads to a message that is gone", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send({ body: "x".repeat(300) });
    world.carrier.answer();
    world.carrier.refuse("permanent");
    await world.settle();
    assert.equal(world.state.findByCarrierId("north", "north-1"), undefined, "it takes no receipt any more");
    await deleteMessage(world.deps, target(sid));
    assert.equal(world.state.findByCarrierId("north", "north-1"), undefined);
  });
});

describe("feedback", () => {
  it("is taken where it was announced, and kept over a restart", async () => {
    const world = await MessagingWorld.start();
    const sid = await delivered(world, { provideFeedback: true });
    const other = await delivered(world);
    assert.equal((await giveFeedback(world.deps, { ...target(sid), outcome: "confirmed" })).feedback, "confirmed");
    assert.equal(await codeOf(giveFeedback(world.deps, { ...target(other), outcome: "confirmed" })), "400 20001");
    await world.restart();
    assert.equal(world.message(sid).feedback, "confirmed");
  });
});
