import assert from "node:assert/strict";
import { it } from "node:test";
import { NO_SERVICES } from "../../src/modules/messaging/index.ts";
import type { HttpResponse } from "../../src/platform/http/index.ts";
import { SampleServices, SERVICE } from "../kit/message-neighbours.ts";
import { driveTo, MovesWorld, NUMBER, textOf, type Extend } from "./moves-world.ts";

const json = (response: HttpResponse): Record<string, string> => JSON.parse(textOf(response)) as Record<string, string>;
const phone = (n: number): string => `+4477009${String(n).padStart(5, "0")}`;

/** A cell in which every account has one service, whose pool is its number. */
const withService: Extend = () => {
  const services = {
    ...NO_SERVICES,
    service: (accountSid: string) => ({ ...new SampleServices().known, accountSid }),
    chooseSender: () => ({ sender: { address: NUMBER, kind: "local", mms: true }, reason: "rate" }) as const,
  };
  const nothing = { machines: [], projections: [], migrations: [], routes: [], movables: [], around: [] };
  const done = (): Promise<void> => Promise.resolve();
  const life = { attach: () => undefined, open: done, start: done, close: done };
  return Promise.resolve({ ...nothing, ...life, messaging: { services }, through: (next) => next });
};

it("an account that moves takes what is scheduled along, which then goes once, from its new home", async () => {
  const world = await MovesWorld.start(2, withService);
  const [one, two] = [world.cell("messaging-1"), world.cell("messaging-2")];
  const account = await one.alive.accounts.ensureFirstAccount({
    accountSid: world.minter.mint("AC"),
    authToken: "a".repeat(32),
  });
  const auth = { user: account.accountSid, password: account.authToken };
  const base = `/2010-04-01/Accounts/${account.accountSid}`;
  const form = { PhoneNumber: NUMBER, SmsUrl: "" };
  const bought = await one.request("POST", `${base}/IncomingPhoneNumbers.json`, { ...auth, form });
  assert.equal(bought.status, 201, textOf(bought));
  for (const sid of [account.accountSid, NUMBER]) world.homes.set(sid, { cell: one.name, epoch: 1 });
  for (const { carrier } of [one, two]) carrier.script = () => carrier.accept();
  const schedule = async (n: number, aheadMs: number): Promise<string> => {
    const SendAt = new Date(one.alive.clock.nowMs() + aheadMs).toISOString();
    const wanted = { To: phone(n), Body: "hello", MessagingServiceSid: SERVICE, ScheduleType: "fixed", SendAt };
    const answer = json(await one.request("POST", `${base}/Messages.json`, { ...auth, form: wanted }));
    assert.deepEqual([answer["status"], answer["from"]], ["scheduled", null], JSON.stringify(answer));
    return answer["sid"] ?? "";
  };
  const sids = [await schedule(1, 400_000), await schedule(2, 500_000)];
  await world.rest();
  await world.begin(account.accountSid, two.name);
  await driveTo(world, undefined);
  assert.deepEqual([one.carrier.submissions.length, two.carrier.submissions.length], [0, 0]);
  for (let seconds = 0; seconds < 520 && two.carrier.submissions.length < 2; seconds += 1) await world.advance(1_000);
  assert.deepEqual(
    two.carrier.submissions.map(({ sid, from }) => [sid, from]),
    sids.map((sid) => [sid, NUMBER]),
  );
  assert.equal(one.carrier.submissions.length, 0);
  await world.close();
});
