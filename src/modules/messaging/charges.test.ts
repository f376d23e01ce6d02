import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import type { ChargePosted } from "../../platform/spending/index.ts";
import { neighboursOf, samplePrices, SampleWallet, QUOTE } from "../../../test/kit/message-neighbours.ts";
import { MessagingWorld, NUMBER, phone } from "../../../test/kit/messaging-world.ts";
import type { ScriptedCarrier } from "../../../test/kit/scripted-carrier.ts";
import { cancelMessage, replaceMessage } from "./change-message.ts";
import { viewMessage } from "./message.view.ts";

const LONG = "a".repeat(200);
/** What one segment costs by the first carrier. */
const EACH = QUOTE.unitMicros + 3_000;

interface Setting {
  readonly quote?: Parameters<typeof samplePrices>[0];
  readonly credit?: number;
  readonly carriers?: readonly ScriptedCarrier[];
  readonly limits?: { readonly unknownGraceMs: number };
}

/** A world with a wallet; after a restart the wallet is that of the process that runs. */
async function start({ quote = {}, credit = 1_000_000, ...rest }: Setting = {}) {
  const scene = { wallet: new SampleWallet(credit) };
  const world = await MessagingWorld.start({
    ...rest,
    neighbours: () => {
      scene.wallet = new SampleWallet(credit);
      return neighboursOf({ wallet: scene.wallet, prices: samplePrices(quote) });
    },
  });
  const money = (): [number, number] => [scene.wallet.spentMicros, scene.wallet.setAsideMicros];
  return { world, money };
}

const lines = (world: MessagingWorld) =>
  world
    .facts<ChargePosted>("charge.posted")
    .flatMap((fact) => fact.lines.map(({ id, amountMicros }) => [id, amountMicros]));

describe("the money of a message", () => {
  it("is set aside when it is accepted, and paid when the first carrier takes it", async () => {
    const { world, money } = await start();
    const sid = await world.send({ body: LONG });
    assert.deepEqual(money(), [0, 2 * EACH]);
    assert.equal(viewMessage(world.message(sid))["price"], null);
    world.carrier.answer();
    await world.settle();
    assert.deepEqual(money(), [2 * EACH, 0]);
    world.carrier.answer();
    await world.settle();
    assert.deepEqual(lines(world), [
      ["message", 15_000],
      ["carrier-fee", 6_000],
    ]);
    const shown = viewMessage(world.message(sid));
    assert.deepEqual([shown["price"], shown["price_unit"], shown["num_segments"]], ["-0.02100", "USD", "2"]);
    await world.restart();
    assert.deepEqual(money(), [2 * EACH, 0]);
  });

  it("is given back where no carrier takes it: refused, canceled, expired, unknown for good", async () => {
    const { world, money } = await start({ limits: { unknownGraceMs: 1_000 } });
    await world.send({ to: phone(1) });
    world.carrier.refuse("permanent");
    await world.settle();
    assert.deepEqual(money(), [0, 0]);
    await world.send({ to: phone(2) });
    world.carrier.goDown();
    await world.settle();
    assert.deepEqual(money(), [0, EACH], "the outcome is not known yet");
    await world.advance(3_000);
    assert.deepEqual(money(), [0, 0]);
    const canceled = await world.send({ to: phone(3) });
    await cancelMessage(world.deps, { accountSid: world.message(canceled).accountSid, sid: canceled });
    await world.send({ to: phone(4), validitySeconds: 1 });
    assert.deepEqual(money(), [0, EACH]);
    await world.advance(3_000);
    assert.deepEqual(money(), [0, 0]);
  });

  it("pays the fee for a message that failed, where there is one, but not for one that nobody tried", async () => {
    const { world, money } = await start({ quote: { failedMicros: 1_000 } });
    await world.send({ maxPrice: 0 });
    assert.deepEqual(money(), [0, 0]);
    const sid = await world.send();
    world.carrier.refuse("permanent");
    await world.settle();
    assert.deepEqual(money(), [1_000, 0]);
    assert.equal(viewMessage(world.message(sid))["price"], "-0.00100");
  });

  it("pays for further attempts that a carrier took, where they have a price, out of the hold", async () => {
    const { world, money } = await start({ quote: { attemptMicros: 500 } });
    await world.send({ body: LONG });
    assert.deepEqual(money(), [0, 2 * EACH + 500]);
    world.carrier.answer();
    world.carrier.refuse("throttle");
    await world.settle();
    assert.deepEqual(money(), [2 * EACH, 500]);
    await world.advance(1_500);
    world.carrier.answer();
    await world.settle();
    assert.deepEqual(money(), [2 * EACH + 500, 0]);
    assert.deepEqual(lines(world).at(-1), ["attempt-2", 500]);
  });

  it("gives back what was kept for attempts that never came", async () => {
    const { world, money } = await start({ quote: { attemptMicros: 500 } });
    await world.send({ body: LONG });
    world.carrier.answer();
    world.carrier.answer();
    await world.settle();
    assert.deepEqual(money(), [2 * EACH, 0]);
  });

  it("is paid when a receipt shows that a carrier had taken it", async () => {
    const { world, money } = await start();
    await world.send();
    world.carrier.goDown();
    await world.settle();
    await world.carrier.receipt({ id: "north-9", from: NUMBER.slice(1) });
    await world.advance(17_000);
    assert.deepEqual(money(), [EACH, 0]);
    assert.deepEqual(
      world.costs.map(({ outcome, usage }) => [outcome, usage]),
      [
        ["unknown", 0],
        ["unknown", 1],
      ],
    );
  });

  it("is refused when there is not enough, and what the log refuses is free again", async () => {
    const { world, money } = await start({ credit: 2 * EACH });
    await world.send({ to: phone(1) });
    await world.send({ to: phone(2) });
    await assert.rejects(world.send(), (error) => error instanceof AppError && error.code === 20003);
    world.carrier.answer();
    world.carrier.refuse("permanent");
    await world.settle();
    assert.deepEqual(money(), [EACH, 0]);
    await world.cell.close();
    await assert.rejects(world.send());
    assert.deepEqual(money(), [EACH, 0], "nothing leaks");
  });

  it("follows when the text is replaced by a longer one, if the account can pay", async () => {
    const { world, money } = await start({ credit: 3 * EACH });
    world.carrier.goDown();
    const sid = await world.send();
    const { accountSid } = world.message(sid);
    await replaceMessage(world.deps, { accountSid, sid, body: LONG });
    assert.deepEqual(money(), [0, 2 * EACH]);
    await assert.rejects(replaceMessage(world.deps, { accountSid, sid, body: "a".repeat(400) }));
    assert.deepEqual(money(), [0, 2 * EACH]);
    world.carrier.goUp();
    await world.settle();
    world.carrier.answer();
    await world.settle();
    assert.deepEqual(money(), [2 * EACH, 0]);
  });

  it("has one hold where two requests replace the text at once", async () => {
    const { world, money } = await start({ credit: 10 * EACH });
    world.carrier.goDown();
    const sid = await world.send();
    const { accountSid } = world.message(sid);
    const longest = "a".repeat(400);
    await Promise.all([LONG, longest].map((body) => replaceMessage(world.deps, { accountSid, sid, body })));
    assert.deepEqual(money(), [0, 3 * EACH]);
    world.carrier.goUp();
    await world.settle();
    world.carrier.answer();
    await world.settle();
    assert.deepEqual(money(), [3 * EACH, 0]);
  });
});
