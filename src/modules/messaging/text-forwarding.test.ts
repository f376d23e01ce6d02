import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessagingWorld, NUMBER, PHONE } from "../../../test/kit/messaging-world.ts";
import type { TextPlace } from "../../platform/fleet/index.ts";
import type { HeldText } from "./text-forwarding.ts";

/** A cell whose number may be at home elsewhere, and that other cell. */
class Scene {
  place: TextPlace = { cell: "messaging-2" };
  isUp = true;
  readonly came: HeldText[] = [];
  world!: MessagingWorld;

  static async open(): Promise<Scene> {
    const scene = new Scene();
    scene.world = await MessagingWorld.start({
      textRouting: {
        placeOf: () => scene.place,
        send: (_cell, texts) => {
          if (!scene.isUp) return Promise.reject(new Error("nobody answers"));
          scene.came.push(...texts);
          return Promise.resolve({ taken: texts.map(({ sid }) => sid) });
        },
      },
    });
    return scene;
  }
}

const text = (sid: string, more: Partial<HeldText> = {}): HeldText => ({
  sid,
  carrier: "north",
  from: PHONE,
  to: NUMBER,
  text: "hello",
  encoding: "GSM-7",
  ...more,
});
const SID = `SM${"1".repeat(32)}`;

describe("a text to a number of another cell", () => {
  it("is durable before the carrier is told, and handed over until the other cell has it", async () => {
    const scene = await Scene.open();
    scene.isUp = false;
    assert.equal(await scene.world.carrier.text({ text: "one" }), true);
    assert.equal(scene.world.state.messages.size, 0);
    await scene.world.restart(true);
    await scene.world.advance(1_000);
    assert.equal(scene.came.length, 0);
    scene.isUp = true;
    await scene.world.advance(20_000);
    assert.deepEqual(
      scene.came.map((one) => one.text),
      ["one"],
    );
    await scene.world.restart();
    await scene.world.advance(20_000);
    assert.equal(scene.came.length, 1, "not again");
    await scene.world.close();
  });

  it("waits while the account moves, and stays where that is called off", async () => {
    const scene = await Scene.open();
    scene.place = "held";
    assert.equal(await scene.world.carrier.text({ text: "one" }), true);
    await scene.world.advance(5_000);
    assert.equal(scene.world.state.messages.size, 0);
    scene.place = "here";
    await scene.world.advance(20_000);
    const [message] = scene.world.state.messages.values();
    assert.equal(message?.body, "one");
    assert.equal(scene.came.length, 0);
    assert.equal(scene.world.webhooks.length, 1);
    await scene.world.close();
  });

  it("keeps together with the parts that came before", async () => {
    const scene = await Scene.open();
    scene.place = "here";
    const concat = { reference: 7, total: 2 };
    await scene.world.carrier.text({ text: "first ", concat: { ...concat, sequence: 1 } });
    scene.place = { cell: "messaging-2" };
    await scene.world.carrier.text({ text: "second", concat: { ...concat, sequence: 2 } });
    const [message] = scene.world.state.messages.values();
    assert.equal(message?.body, "first second");
    assert.equal(scene.came.length, 0);
    await scene.world.close();
  });
});

describe("a text that another cell held", () => {
  it("is taken once, however often it is brought, also by another process", async () => {
    const scene = await Scene.open();
    scene.place = "here";
    const bring = (): Promise<unknown> => scene.world.module.takeTexts({ texts: [text(SID)] });
    assert.deepEqual(await bring(), { taken: [SID] });
    assert.deepEqual(await bring(), { taken: [SID] });
    assert.equal(scene.world.webhooks.length, 1);
    // Deleted by its owner, it does not come back.
    await scene.world.cell.commit({ kind: "message.deleted", sid: SID } as { kind: string });
    await scene.world.restart();
    assert.deepEqual(await bring(), { taken: [SID] });
    assert.equal(scene.world.state.messages.size, 0);
    assert.equal(scene.world.webhooks.length, 1);
    await scene.world.close();
  });

  it("is left where it is while the account arrives, and goes on to where the account went", async () => {
    const scene = await Scene.open();
    scene.place = "held";
    assert.deepEqual(await scene.world.module.takeTexts({ texts: [text(SID)] }), { taken: [] });
    scene.place = { cell: "messaging-3" };
    assert.deepEqual(await scene.world.module.takeTexts({ texts: [text(SID)] }), { taken: [SID] });
    await scene.world.advance(1_000);
    assert.deepEqual(
      scene.came.map(({ sid }) => sid),
      [SID],
    );
    await scene.world.close();
  });
});
