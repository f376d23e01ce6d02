import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ACCOUNT, page, startMediaWorld, type MediaWorld } from "./sample-media.test.ts";

const CAT = "https://example.org/cat.png";
const CARD = "https://example.org/card.vcf";
const MIB = 1024 * 1024;

describe("the media of a message", () => {
  let world: MediaWorld;
  beforeEach(async () => {
    world = await startMediaWorld();
  });
  afterEach(() => world.stop());

  it("are fetched and stored, and their links become part of the text", async () => {
    world.web.set(CAT, page("IMAGE/PNG; x=y", "pixels"));
    world.web.set(CARD, page("text/vcard", "card"));
    const sid = await world.send([CAT, CARD]);
    const message = await world.settled(sid);
    const media = message.media ?? [];
    assert.deepEqual(
      media.map(({ contentType, octets }) => [contentType, octets]),
      [
        ["image/png", 6],
        ["text/vcard", 4],
      ],
    );
    const links = media.map(
      (medium) => `https://sms.example.org/2010-04-01/Accounts/${ACCOUNT}/Messages/${sid}/Media/${medium.sid}`,
    );
    assert.equal(message.sentText, ["look", ...links].join("\n"));
    assert.equal(message.body, "look");
    assert.deepEqual(
      [...world.stored],
      media.map((medium) => `media/${ACCOUNT}/${sid}/${medium.sid}`),
    );
    assert.deepEqual(world.ready, [sid]);
    assert.ok(media.every((medium) => /^ME[0-9a-f]{32}$/.test(medium.sid)));
  });

  it("are the whole text of a message without a body, and follow the smart encoding of one that has it", async () => {
    world.web.set(CAT, page("image/png", "pixels"));
    const without = await world.settled(await world.send([CAT], { body: "" }));
    assert.match(without.sentText ?? "", /^https:\/\/\S+$/);
    const smart = await world.settled(await world.send([CAT], { body: "“hi”", sentText: '"hi"' }));
    assert.match(smart.sentText ?? "", /^"hi"\nhttps:/);
  });

  it("reject the message when one cannot be fetched, has another type, or is too large", async () => {
    const cases: [ReturnType<typeof page> | undefined, number][] = [
      [undefined, 11210],
      [page("image/png", "gone", 404), 11200],
      [page("text/html", "<p>"), 12300],
      [page("image/svg+xml", "<svg/>"), 12300],
      [page("", "x"), 12300],
      [page("image/jpeg", 5 * MIB + 1), 30019],
      [page("video/mp4", 500 * 1024 + 1), 30019],
      [{ failed: 30019, text: "longer than 5 MB" }, 30019],
    ];
    for (const [answer, errorCode] of cases) {
      if (answer === undefined) world.web.delete(CAT);
      else world.web.set(CAT, answer);
      const message = await world.settled(await world.send([CAT]));
      assert.deepEqual([message.status, message.errorCode], ["failed", errorCode]);
    }
    assert.deepEqual([world.stored.size, world.ready.length], [0, 0]);
  });

  it("may have 5 MB together and not an octet more, and what is beyond is not asked for", async () => {
    world.web.set(CAT, page("image/gif", 2.5 * MIB));
    assert.equal((await world.settled(await world.send([CAT, CAT]))).status, "queued");
    world.web.set(CARD, page("text/vcard", 1));
    world.asked.length = 0;
    const message = await world.settled(await world.send([CAT, CAT, CARD, CARD]));
    assert.equal(message.errorCode, 30019);
    assert.equal(world.asked.length, 3);
  });

  it("are fetched for eight messages at a time, and for each once", async () => {
    world.web.set(CAT, page("image/png", "x"));
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.beforeAnswer = () => gate;
    const sids: string[] = [];
    for (let i = 0; i < 20; i += 1) sids.push(await world.send([CAT]));
    for (const sid of sids) world.fetcher.fetch({ sid });
    assert.equal(world.asked.length, 8);
    release();
    for (const sid of sids) await world.settled(sid);
    assert.equal(world.asked.length, 20);
    assert.deepEqual(world.ready.toSorted(), sids);
  });

  it("are fetched again after the store failed, and nothing of the first try stays", async () => {
    world.web.set(CAT, page("image/png", "x"));
    world.storeFails = true;
    const sid = await world.send([CAT, CAT]);
    while (world.clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(world.message(sid).status, "queued");
    world.storeFails = false;
    world.clock.advance(4_999);
    assert.equal(world.asked.length, 2);
    world.clock.advance(1);
    const message = await world.settled(sid);
    assert.deepEqual([message.media?.length, world.stored.size, world.asked.length], [2, 2, 4]);
  });

  it("are not kept for a message that was canceled meanwhile", async () => {
    world.web.set(CAT, page("image/png", "x"));
    let canceled = false;
    world.beforeAnswer = async () => {
      if (!canceled) await world.deps.cell.commit({ kind: "message.canceled", sid } as never, "progress");
      canceled = true;
    };
    const sid = world.deps.mintSid("MM");
    await world.send([CAT], { sid });
    const later = await world.send([CAT]);
    assert.equal((await world.settled(later)).status, "queued");
    assert.equal(world.message(sid).status, "canceled");
    assert.deepEqual(world.ready, [later]);
    assert.ok([...world.stored].every((key) => key.includes(later)));
  });
});
