/** One suite for all types of carriers: what the port promises, whoever is at the other end. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { httpKinds } from "./carriers/aggregators.ts";
import { nullKind } from "./carriers/null-kind.ts";
import { FROM, LONG_TEXT, open, PHONE, type CarrierKind, type Outcome } from "./carriers/rig.ts";
import { smppKind } from "./carriers/smpp-kind.ts";
import { twilioKind } from "./carriers/twilio-kind.ts";

const KINDS: readonly CarrierKind[] = [smppKind, ...httpKinds, twilioKind, nullKind];
const BARE_FROM = FROM.slice(1);
const BARE_PHONE = PHONE.slice(1);

const kindsOf = (outcomes: readonly Outcome[][]): string[] => outcomes.flatMap((all) => all.map(({ kind }) => kind));

for (const kind of KINDS) {
  describe(`a carrier: ${kind.name}`, () => {
    it("shows its name, its type and that it is up", async (t) => {
      const { carrier } = await open(t, kind);
      const { name, type, up, binds } = carrier.status();
      assert.deepEqual([name, type, up], [carrier.name, kind.type, true]);
      assert.equal(binds[0]?.outstanding, 0);
      assert.equal(carrier.capacity(), kind.window);
    });

    it("says of every submission once that it was accepted, each with an id of its own", async (t) => {
      const { carrier, world } = await open(t, kind);
      const outcomes = [world.submit(carrier), world.submit(carrier), world.submit(carrier)];
      if (!kind.hasPeer) await world.pass(kind.timeoutMs);
      await world.until("all are answered", () => outcomes.flat().length === 3);
      await world.rest();
      assert.deepEqual(kindsOf(outcomes), ["accepted", "accepted", "accepted"]);
      const ids = new Set(outcomes.flat().map((outcome) => (outcome.kind === "accepted" ? outcome.id : "")));
      assert.equal(ids.size, 3);
      assert.equal(carrier.capacity(), kind.window);
    });

    it("never has more under way than its window", async (t) => {
      const { carrier, peer, world } = await open(t, kind);
      if (kind.hasPeer) peer.behave({ kind: "hold" });
      const outcomes = Array.from({ length: kind.window }, () => world.submit(carrier));
      assert.equal(carrier.capacity(), 0);
      if (kind.hasPeer) await world.until("all have arrived", () => peer.arrived.length === kind.window);
      const extra = world.submit(carrier);
      assert.equal(extra[0]?.kind, "not-sent");
      assert.equal(carrier.status().binds[0]?.outstanding, kind.window);
      if (kind.hasPeer) peer.answerHeld();
      else await world.pass(kind.timeoutMs);
      await world.until("all are answered", () => outcomes.flat().length === kind.window);
      assert.deepEqual(new Set(kindsOf(outcomes)), new Set(["accepted"]));
      assert.equal(carrier.capacity(), kind.window);
      assert.deepEqual([extra.length, outcomes.flat().length], [1, kind.window]);
    });

    it("takes a text in the same number of parts, always", async (t) => {
      const { carrier } = await open(t, kind);
      const sid = `SM${"0".repeat(28)}abcd`;
      const count = carrier.countParts(sid, LONG_TEXT);
      assert.equal(count, kind.isWhole ? 1 : 3);
      const again = (await open(t, kind)).carrier;
      assert.deepEqual([carrier.countParts(sid, LONG_TEXT), again.countParts(sid, LONG_TEXT)], [count, count]);
      assert.equal(carrier.countParts(sid.replace("abcd", "ffff"), "short"), 1);
    });

    it("answers what is under way before it is closed, and nothing afterwards", async (t) => {
      const { carrier, peer, world } = await open(t, kind);
      if (kind.hasPeer) peer.behave({ kind: "hold" });
      const outcomes = world.submit(carrier);
      if (kind.hasPeer) await world.until("it has arrived", () => peer.arrived.length === 1);
      const closed = carrier.close();
      if (kind.hasPeer) peer.answerHeld();
      await world.until("it is answered", () => outcomes.length === 1);
      for (let i = 0; i < 20; i += 1) await world.pass(500);
      await closed;
      assert.equal(outcomes[0]?.kind, "accepted");
      assert.deepEqual([carrier.up, carrier.capacity()], [false, 0]);
      assert.equal(world.submit(carrier)[0]?.kind, "not-sent");
      assert.equal(outcomes.length, 1);
    });
  });

  if (kind.hasPeer) describe(`a carrier with another end: ${kind.name}`, () => withPeer(kind));
}

function withPeer(kind: CarrierKind): void {
  it("hands over the whole text, in one piece or in parts", async (t) => {
    const { carrier, peer, world } = await open(t, kind);
    const sid = `SM${"0".repeat(28)}12ab`;
    const count = carrier.countParts(sid, LONG_TEXT);
    const outcomes = Array.from({ length: count }, (_, part) =>
      world.submit(carrier, world.submission({ sid, text: LONG_TEXT, part })),
    );
    await world.until("all are answered", () => outcomes.flat().length === count);
    assert.equal(peer.arrived.join(""), LONG_TEXT);
  });

  it("carries every character of an odd text", async (t) => {
    const { carrier, peer, world } = await open(t, kind);
    const text = `Grüße 'n "quotes" & <tags> {braces} %41+ \\ 😀 日本\nline`;
    const outcomes = world.submit(carrier, world.submission({ text }));
    await world.until("it is answered", () => outcomes.length === 1);
    assert.deepEqual(peer.arrived, [text]);
  });

  it("knows a refusal and what it means", async (t) => {
    const { carrier, peer, world } = await open(t, kind);
    for (const verdict of peer.verdicts) {
      peer.behave({ kind: "refuse", verdict });
      await world.until("there is room", () => carrier.capacity() > 0);
      const outcomes = world.submit(carrier);
      await world.until(`${verdict} is answered`, () => outcomes.length === 1);
      const [outcome] = outcomes;
      assert.equal(outcome?.kind === "refused" ? outcome.verdict : outcome?.kind, verdict);
      // A carrier may have asked to be left alone.
      await world.pass(5_000);
      assert.equal(outcomes.length, 1);
    }
    peer.behave({ kind: "accept" });
    const outcomes = world.submit(carrier);
    await world.until("it is answered", () => outcomes.length === 1);
    assert.equal(outcomes[0]?.kind, "accepted");
  });

  it("does not know what became of a submission without an answer, and hears no answer that comes later", async (t) => {
    const { carrier, peer, world } = await open(t, kind);
    peer.behave({ kind: "hold" });
    const outcomes = world.submit(carrier);
    await world.until("it has arrived", () => peer.arrived.length === 1);
    await world.pass(kind.timeoutMs - 500);
    assert.equal(outcomes.length, 0);
    await world.pass(1_000);
    assert.equal(outcomes[0]?.kind, "unknown");
    peer.answerHeld();
    await world.pass(1_000);
    assert.equal(outcomes.length, 1);
  });

  it("does not know what became of a submission when the connection breaks after it left", async (t) => {
    const { carrier, peer, world } = await open(t, kind);
    peer.behave({ kind: "break" });
    const outcomes = world.submit(carrier);
    await world.until("it is answered", () => outcomes.length === 1);
    assert.equal(outcomes[0]?.kind, "unknown");
    assert.equal(peer.arrived.length, 1);
    await world.pass(kind.timeoutMs * 2);
    assert.deepEqual([outcomes.length, peer.arrived.length], [1, 1]);
  });

  it("knows that nothing left while nobody is there, takes nothing more, and comes back", async (t) => {
    const { carrier, peer, world } = await open(t, kind);
    await peer.leave();
    await world.rest();
    const outcomes = world.submit(carrier);
    await world.until("it is answered", () => outcomes.length === 1);
    assert.equal(outcomes[0]?.kind, "not-sent");
    assert.deepEqual([carrier.up, carrier.capacity(), carrier.status().up], [false, 0, false]);
    await peer.comeBack();
    for (let i = 0; i < 60 && !(carrier.up && carrier.capacity() > 0); i += 1) await world.pass(1_000);
    const again = world.submit(carrier);
    await world.until("it is answered", () => again.length === 1);
    assert.equal(again[0]?.kind, "accepted");
    assert.deepEqual([carrier.capacity(), peer.arrived.length], [kind.window, 1]);
  });

  it("tells the other end that it has a receipt only when it is durable", async (t) => {
    const { carrier, peer, world } = await open(t, kind);
    const submission = world.submission();
    const id = peer.nextId(submission);
    const outcomes = world.submit(carrier, submission);
    await world.until("it is answered", () => outcomes.length === 1);
    assert.deepEqual(outcomes, [{ kind: "accepted", id }]);

    world.durable = () => undefined;
    let told: boolean | undefined;
    void peer.giveReceipt({ id, result: "delivered" }).then((durable) => (told = durable));
    await world.until("the receipt is here", () => world.receipts.length === 1);
    await world.rest();
    assert.equal(told, undefined);
    world.settleOpen(false);
    await world.until("the other end knows", () => told !== undefined);
    assert.equal(told, false);

    world.durable = () => true;
    assert.equal(await peer.giveReceipt({ id, result: "delivered" }), true);
    assert.equal(await peer.giveReceipt({ id, result: "delivered" }), true);
    assert.deepEqual(
      world.receipts.map((receipt) => [receipt.id, receipt.result]),
      [
        [id, "delivered"],
        [id, "delivered"],
        [id, "delivered"],
      ],
    );
    const [receipt] = world.receipts;
    assert.ok(["", BARE_FROM].includes(receipt?.from ?? "?"));
    assert.ok(["", BARE_PHONE].includes(receipt?.to ?? "?"));
  });

  it("hands on a receipt that comes before the answer, and why a message was not delivered", async (t) => {
    const { carrier, peer, world } = await open(t, kind);
    peer.behave({ kind: "hold" });
    const submission = world.submission();
    const id = peer.nextId(submission);
    const outcomes = world.submit(carrier, submission);
    await world.until("it has arrived", () => peer.arrived.length === 1);
    assert.equal(await peer.giveReceipt({ id, result: "failed" }), true);
    assert.deepEqual([world.receipts[0]?.id, world.receipts[0]?.result], [id, "failed"]);
    assert.equal(world.receipts[0]?.errorCode, 30005);
    assert.equal(outcomes.length, 0);
    peer.answerHeld();
    await world.until("it is answered", () => outcomes.length === 1);
    assert.deepEqual(outcomes, [{ kind: "accepted", id }]);
  });

  it("hands on texts, and says that it has them when they are durable", async (t) => {
    const { carrier, peer, world } = await open(t, kind);
    const outcomes = world.submit(carrier);
    await world.until("it is answered", () => outcomes.length === 1);
    world.durable = () => false;
    assert.equal(await peer.giveText({ from: PHONE, to: FROM, text: "hello" }), false);
    world.durable = () => true;
    assert.equal(await peer.giveText({ from: PHONE, to: FROM, text: "hello" }), true);
    assert.deepEqual(world.texts[1], { from: PHONE, to: FROM, text: "hello", encoding: "GSM-7" });
  });

  it("gives up what nobody answers within a limit when it is closed", async (t) => {
    const { carrier, peer, world } = await open(t, kind);
    peer.behave({ kind: "hold" });
    const outcomes = world.submit(carrier);
    await world.until("it has arrived", () => peer.arrived.length === 1);
    let isClosed = false;
    const closed = carrier.close().then(() => (isClosed = true));
    for (let i = 0; i < 40 && !isClosed; i += 1) await world.pass(500);
    await closed;
    assert.deepEqual(kindsOf([outcomes]), ["unknown"]);
  });
}
