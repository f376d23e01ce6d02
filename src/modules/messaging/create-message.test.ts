import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import { APPLICATION, FOREIGN, MessagingWorld, phone } from "../../../test/kit/messaging-world.ts";
import { ScriptedCarrier } from "../../../test/kit/scripted-carrier.ts";
import type { CreateMessageInput } from "./create-message.ts";

/** The public code that a request is refused with, or the status it is accepted with. */
async function outcome(world: MessagingWorld, input: Partial<CreateMessageInput>): Promise<number | string> {
  return world.send(input).then(
    (sid) => world.status(sid),
    (error: unknown) => (error instanceof AppError ? error.code : assert.fail(String(error))),
  );
}

describe("a request to send", () => {
  it("is refused with the public code of what is wrong with it, and then nothing was done", async () => {
    const world = await MessagingWorld.start();
    const refusals: readonly (readonly [Partial<CreateMessageInput>, number])[] = [
      [{ to: "" }, 21211],
      [{ to: "12" }, 21211],
      [{ to: "+44 (0) nonsense" }, 21211],
      [{ to: "55501" }, 21211],
      [{ to: "Company" }, 21211],
      [{ from: "" }, 21603],
      [{ from: "?" }, 21212],
      [{ from: "a sender that is too long" }, 21212],
      [{ from: "+15005550199" }, 21606],
      [{ from: "Company" }, 21606],
      [{ accountSid: FOREIGN }, 21606],
      [{ to: "+15005550100" }, 21266],
      [{ body: "" }, 21602],
      [{ body: undefined }, 21602],
      [{ from: "55501", mediaUrls: ["https://example.org/a.png"] }, 21621],
      [{ statusCallback: undefined, applicationSid: `AP${"0".repeat(32)}` }, 21218],
    ];
    for (const [input, code] of refusals) assert.equal(await outcome(world, input), code, JSON.stringify(input));
    assert.equal(world.state.messages.size, 0);
    assert.equal(world.carrier.submissions.length, 0);
  });

  it("is refused where no carrier serves the destination", async () => {
    const carrier = new ScriptedCarrier();
    carrier.prefixes = ["44"];
    const world = await MessagingWorld.start({ carriers: [carrier] });
    assert.equal(await outcome(world, { to: "+33123456789" }), 21612);
    assert.equal(await outcome(world, {}), "sending");
    carrier.up = false;
    assert.equal(await outcome(world, {}), "queued");
  });

  it("is accepted in the canonical form of its addresses", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send({ to: "+44 7700 900123", from: "+1 (500) 555-0100" });
    assert.equal(world.message(sid).to, "+447700900123");
    assert.equal(world.message(sid).from, "+15005550100");
    assert.match(sid, /^SM[0-9a-f]{32}$/);
  });

  it("counts its segments as they are billed, and keeps what smart encoding changed", async () => {
    const world = await MessagingWorld.start();
    let to = 0;
    const facts: readonly (readonly [string, boolean, string, number])[] = [
      ["a".repeat(160), false, "GSM-7", 1],
      ["a".repeat(161), false, "GSM-7", 2],
      ["€".repeat(81), false, "GSM-7", 2],
      ["я".repeat(70), false, "UCS-2", 1],
      ["я".repeat(71), false, "UCS-2", 2],
      [`${"a".repeat(100)}\u201d`, false, "UCS-2", 2],
      [`${"a".repeat(100)}\u201d`, true, "GSM-7", 1],
    ];
    for (const [body, smartEncoded, encoding, segments] of facts) {
      to += 1;
      const message = world.message(await world.send({ to: phone(to), body, smartEncoded }));
      assert.deepEqual([message.encoding, message.segments, message.body], [encoding, segments, body]);
    }
    assert.equal(world.carrier.submissions.at(-1)?.text, `${"a".repeat(100)}"`);
  });

  it("is valid for ten hours unless it says otherwise", async () => {
    const world = await MessagingWorld.start();
    const now = world.clock.nowMs();
    assert.equal(world.message(await world.send()).validUntilMs, now + 36_000_000);
    assert.equal(world.message(await world.send({ validitySeconds: 60 })).validUntilMs, now + 60_000);
  });

  it("calls back its own URL, else that of its application, else none", async () => {
    const world = await MessagingWorld.start();
    const callback = async (input: Partial<CreateMessageInput>): Promise<string | undefined> =>
      world.message(await world.send(input)).statusCallback;
    assert.equal(await callback({ applicationSid: APPLICATION }), "https://example.org/status");
    assert.equal(
      await callback({ statusCallback: "", applicationSid: APPLICATION }),
      "https://example.org/application",
    );
    assert.equal(await callback({ statusCallback: undefined }), undefined);
  });

  it("with media is an MM that waits for them", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send({ body: "look", mediaUrls: ["https://example.org/a.png"] });
    assert.match(sid, /^MM/);
    await world.settle();
    assert.equal(world.status(sid), "failed");
    assert.equal(world.carrier.submissions.length, 0);
  });
});
