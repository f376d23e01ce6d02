import assert from "node:assert/strict";
import { it } from "node:test";
import { judge, misbehaviours, SandboxCarrier } from "../kit/carriers/index.ts";
import { SeededRandom } from "../kit/smpp-pdus.ts";
import { CarrierStage } from "./carrier-stage.ts";

const MESSAGES = 40;
const HOUR_MS = 3_600_000;

it("receipts that come only after an hour are reflected, however quiet the line was", async () => {
  const stage = new CarrierStage();
  const { clock, net } = stage;
  const carrier = new SandboxCarrier({ kind: misbehaviours["late-receipts"], net, clock, random: new SeededRandom(1) });
  await stage.open(await carrier.start(), undefined);
  const messages = Array.from({ length: MESSAGES }, (_, n) => ({
    to: `+4477009${String(n).padStart(5, "0")}`,
    body: `message ${n}.`,
    atMs: n * 10,
  }));
  clock.after(HOUR_MS, () => carrier.payReceipts());
  for (const { to, body } of messages) {
    const sending = stage.running.send({ to, body, validitySeconds: 60 });
    await stage.step();
    await sending;
  }
  await stage.pass(HOUR_MS - 10_000);
  const before = [...stage.running.listed().values()];
  assert.ok(
    before.every(({ status }) => status === "sent"),
    "all are sent, and none is given up",
  );
  await stage.pass(20_000);
  const listed = stage.running.listed();
  const accepted = before.map(({ sid, to }) => ({ sid, to }));
  const outcome = judge(carrier, accepted, listed);
  assert.deepEqual(outcome.problems, []);
  assert.equal(outcome.delivered + outcome.undelivered, MESSAGES);
  assert.equal(outcome.receiptsTaken, MESSAGES);
  assert.equal(carrier.binds, 1, "the line stood all the time");
  await stage.close();
  await carrier.close();
});
