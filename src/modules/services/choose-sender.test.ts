import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import { chooseFrom, MAX_COMPARED, type ChoiceOutcome } from "./choose-sender.ts";
import type { MessagingService, SenderWish } from "./directory.ts";
import { hashOfText, recipientKey } from "./hash.ts";
import { Pool } from "./pool.ts";
import type { PoolMember } from "./pool-member.ts";
import {
  ACCOUNT,
  alphaMember,
  memberOf,
  SampleNumbers,
  sampleService,
  STRANGER,
  wishFor,
} from "./sample-services.test.ts";

const NEW_YORKER = "+12125550199";

/** A pool of numbers of the sample account. */
class World {
  readonly numbers = new SampleNumbers();
  members: PoolMember[] = [];
  private pool: Pool | undefined;

  add(address: string, traits: Parameters<SampleNumbers["give"]>[2] = {}): this {
    this.members.push(memberOf(this.numbers.give(ACCOUNT, address, traits)));
    this.pool = undefined;
    return this;
  }

  addAlpha(address: string, country = ""): this {
    this.numbers.allow(address);
    this.members.push(alphaMember(address, country));
    this.pool = undefined;
    return this;
  }

  remove(address: string): this {
    this.members = this.members.filter((member) => member.address !== address);
    this.pool = undefined;
    return this;
  }

  choose(wish: SenderWish, more: { service?: Partial<MessagingService>; sticky?: string } = {}): ChoiceOutcome {
    this.pool ??= new Pool(this.members, this.numbers, 0);
    return chooseFrom({
      wish,
      service: sampleService(more.service),
      pool: this.pool,
      recipient: recipientKey(wish.to),
      sticky: more.sticky === undefined ? undefined : hashOfText(more.sticky),
      numbers: this.numbers,
      alphaAllowed: (country) => country === "GB" || country === "FR",
    });
  }

  /** `address reason`, or the word for none. */
  say(to: string, changes: Partial<SenderWish> = {}, more: Parameters<World["choose"]>[1] = {}): string {
    const outcome = this.choose(wishFor(to, changes), more);
    return typeof outcome === "string" ? outcome : `${outcome.sender.address} ${outcome.reason}`;
  }
}

describe("the choice of a sender", () => {
  it("takes the same area code, then an overlay, then the same state, then toll-free, then any of the country", () => {
    const world = new World().add("+13125550100").add("+14165550100").add("+447700900100");
    assert.equal(world.say(NEW_YORKER), "+13125550100 country");
    assert.equal(world.say("+16475550199"), "+14165550100 area-code", "647 is an overlay of 416");
    assert.equal(world.add("+18005550100").say(NEW_YORKER), "+18005550100 country");
    assert.equal(world.add("+15185550100").say(NEW_YORKER), "+15185550100 area-code", "the same state");
    assert.equal(world.add("+16465550100").say(NEW_YORKER), "+16465550100 area-code", "an overlay");
    assert.equal(world.add("+12125550100").say(NEW_YORKER), "+12125550100 area-code", "the same area code");
    assert.equal(world.say(NEW_YORKER, {}, { service: { areaCodeGeomatch: false } }), "+18005550100 country");
    assert.equal(world.say("+447700900199"), "+447700900100 country");
  });

  it("takes a short code of the recipient's country before everything else, and none of another country", () => {
    const world = new World().add("+12125550100").add("55555", { country: "US" }).add("66666", { country: "GB" });
    assert.equal(world.say(NEW_YORKER), "55555 country");
    assert.equal(world.say("+447700900199"), "66666 country");
    assert.equal(world.say("+33123456789"), "+12125550100 rate");
    const anywhere = new World().add("77777").add("+33123456700");
    assert.equal(anywhere.say("+33123456789"), "77777 country", "nobody said where it works");
  });

  it("takes an alphanumeric sender where the country takes one: first its own, then one for all", () => {
    const world = new World().addAlpha("Acme").add("+447700900100").add("+12125550100");
    assert.equal(world.say("+447700900199"), "Acme alphanumeric");
    assert.equal(world.addAlpha("AcmeUK", "GB").say("+447700900199"), "AcmeUK alphanumeric");
    assert.equal(world.say("+33123456789"), "Acme alphanumeric");
    assert.equal(world.say(NEW_YORKER), "+12125550100 area-code", "the United States take none");
    assert.equal(world.say("+447700900199", { mms: true }), "+447700900100 country", "letters send no media");
    world.numbers.forbid("AcmeUK");
    assert.equal(world.say("+447700900199"), "Acme alphanumeric", "the account may not use it any more");
  });

  it("goes abroad from the neighbour, from the United States, then from anywhere, and never from a toll-free number", () => {
    const world = new World().add("+18005550100");
    assert.equal(world.say("+33123456789"), "none");
    assert.equal(world.add("+447700900100").say("+33123456789"), "+447700900100 rate");
    assert.equal(world.add("+12125550100").say("+33123456789"), "+12125550100 rate");
    const canadian = new World().add("+447700900100").add("+14165550100");
    assert.equal(canadian.say(NEW_YORKER), "+14165550100 rate");
    assert.equal(canadian.say("+881612345678"), canadian.say("+881612345678"), "a number of no country, too");
  });

  it("takes the one that waits least, and among equals the one of the recipient", () => {
    const world = new World().add("+12125550100").add("+12125550101").add("+12125550102");
    const waits: Record<string, number> = { "+12125550100": 3, "+12125550101": 1, "+12125550102": 2 };
    const backlogSeconds = (address: string): number => waits[address] ?? 0;
    assert.equal(world.say(NEW_YORKER, { backlogSeconds }), "+12125550101 area-code");
    waits["+12125550101"] = 2;
    const tied = world.say(NEW_YORKER, { backlogSeconds });
    assert.ok(tied !== "+12125550100 area-code" && tied === world.say(NEW_YORKER, { backlogSeconds }), tied);
  });

  it("takes none that refuses, though it were the last or the sticky one", () => {
    const world = new World().add("+12125550100").add("+13125550101");
    const refuses = (address: string): boolean => address === "+12125550100";
    assert.equal(world.say(NEW_YORKER, { refuses }), "+13125550101 country");
    assert.equal(world.say(NEW_YORKER, { refuses: () => true }), "none");
    assert.equal(world.say(NEW_YORKER, { refuses }, { sticky: "+12125550100" }), "+13125550101 country");
  });

  it("stays with the sender of earlier, however busy it is, unless it cannot send this", () => {
    const world = new World().add("+12125550100", { mms: false }).add("+12125550101").add("+13125550102");
    const sticky = "+13125550102";
    const backlogSeconds = (address: string): number => (address === sticky ? 1_000 : 0);
    assert.equal(world.say(NEW_YORKER, { backlogSeconds }, { sticky }), "+13125550102 sticky");
    assert.notEqual(world.say(NEW_YORKER, {}, { sticky, service: { stickySender: false } }), "+13125550102 sticky");
    assert.equal(world.say(NEW_YORKER, { mms: true }, { sticky: "+12125550100" }), "+12125550101 area-code");
    assert.notEqual(world.say(NEW_YORKER, {}, { sticky: "+13125550999" }), "+13125550999 sticky", "it is not there");
    assert.equal(world.add("55555", { country: "US" }).say(NEW_YORKER, {}, { sticky }), "+13125550102 sticky");
  });

  it("leaves a foreign number when one of the recipient's country comes, as Twilio does", () => {
    const world = new World().add("+12125550100");
    const sticky = "+12125550100";
    assert.equal(world.say("+447700900199", {}, { sticky }), "+12125550100 sticky");
    assert.equal(world.addAlpha("Acme").say("+447700900199", {}, { sticky }), "+12125550100 sticky");
    assert.equal(world.say("+447700900199", {}, { sticky: "Acme" }), "Acme sticky");
    assert.equal(world.add("+447700900100").say("+447700900199", {}, { sticky }), "Acme alphanumeric");
  });

  it("falls back from a short code to a number, where the service has it so", () => {
    const world = new World().add("55555", { country: "US" }).add("+12125550100");
    assert.equal(world.say(NEW_YORKER, { failedFrom: "55555" }), "+12125550100 fallback");
    const off = { service: { fallbackToLongCode: false } };
    assert.equal(world.say(NEW_YORKER, { failedFrom: "55555" }, off), "none");
    assert.equal(world.say(NEW_YORKER, { failedFrom: "+12125550100" }), "none");
  });

  it("says that a pool is stale when a number of it was released or changed", () => {
    const world = new World();
    const number = world.numbers.give(ACCOUNT, "+12125550100");
    world.members.push(memberOf(number));
    assert.equal(world.say(NEW_YORKER), "+12125550100 area-code");
    world.numbers.change(number, { mms: false });
    assert.equal(world.say(NEW_YORKER), "stale");
    world.numbers.release(number);
    assert.equal(world.say(NEW_YORKER), "stale");
  });
});

const PREFIXES = ["+1212555", "+1646555", "+1312555", "+1416555", "+1800555", "+44770090", "+3361234"];
const phone = (random: () => number, prefix: string): string =>
  `${prefix}${String(Math.floor(random() * 10_000)).padStart(4, "0")}`;
const oneOf = <T>(random: () => number, choices: readonly T[]): T =>
  choices[Math.floor(random() * choices.length)] as T;

describe("any choice", () => {
  const seed = Number(process.env["TRUNKLINE_SEED"] ?? 5);

  it(`is of the pool, of the account, sends media where asked, and is not refused (seed ${seed})`, () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 60; round += 1) {
      const world = new World();
      for (let count = Math.floor(random() * 40); count > 0; count -= 1) {
        world.add(phone(random, oneOf(random, PREFIXES)), { mms: random() < 0.5, sms: random() < 0.9 });
      }
      if (random() < 0.3) world.addAlpha("Acme", random() < 0.5 ? "GB" : "");
      if (random() < 0.3) world.add("55555", { country: oneOf(random, ["US", "GB"]), mms: false });
      world.members.push(memberOf(world.numbers.give(STRANGER, "+12125550000")));
      const refused = new Set(world.members.filter(() => random() < 0.3).map(({ address }) => address));
      for (let text = 0; text < 40; text += 1) {
        const mms = random() < 0.4;
        const waits = random() < 0.5;
        const wish = wishFor(phone(random, oneOf(random, PREFIXES)), {
          mms,
          backlogSeconds: (address) => (waits ? hashOfText(address) % 5 : 0),
          refuses: (address) => refused.has(address),
          ...(random() < 0.1 ? { failedFrom: "55555" } : {}),
        });
        const sticky = random() < 0.3 ? oneOf(random, world.members).address : undefined;
        const more = sticky === undefined ? {} : { sticky };
        const outcome = world.choose(wish, more);
        assert.deepEqual(world.choose(wish, more), outcome, "the same wish, the same choice");
        if (typeof outcome === "string") continue;
        const { address } = outcome.sender;
        const member = world.members.find((each) => each.address === address && each.accountSid === ACCOUNT);
        assert.ok(member !== undefined, `${address} is in the pool`);
        assert.ok(!refused.has(address), `${address} was refused`);
        assert.ok(!mms || outcome.sender.mms, `${address} takes no media`);
        const number = world.numbers.numberBySid(ACCOUNT, member.sid);
        assert.ok(member.kind === "alpha" || (mms ? number?.mms : number?.sms), `${address} sends this`);
      }
    }
  });

  it(`moves only the recipients of a number that leaves or comes (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const world = new World();
    for (let i = 0; i < 50; i += 1) world.add(`+1212555${String(i).padStart(4, "0")}`);
    const recipients = Array.from({ length: 5_000 }, () => phone(random, "+1312555"));
    const chosen = (): Map<string, string> => new Map(recipients.map((to) => [to, world.say(to).split(" ")[0] ?? ""]));
    const before = chosen();
    world.remove("+12125550007");
    const without = chosen();
    for (const [to, address] of before) {
      if (address !== "+12125550007") assert.equal(without.get(to), address);
    }
    world.add("+12125559999");
    const after = chosen();
    let moved = 0;
    for (const [to, address] of without) {
      if (after.get(to) === address) continue;
      assert.equal(after.get(to), "+12125559999");
      moved += 1;
    }
    assert.ok(moved < (before.size / 50) * 1.5, `${moved} of ${before.size} moved to one of 50`);
  });

  for (const size of [20, 400]) {
    it(`spreads a pool of ${size} by each sender's rate, within 3 % of the whole (seed ${seed})`, () => {
      const random = seededRandom(seed);
      const world = new World();
      const rates = new Map<string, number>();
      for (let i = 0; i < size; i += 1) {
        const address = `+1212555${String(i).padStart(4, "0")}`;
        world.add(address);
        rates.set(address, 1 + (i % 4) * 3);
      }
      const queued = new Map<string, number>();
      const backlogSeconds = (address: string): number => (queued.get(address) ?? 0) / (rates.get(address) ?? 1);
      const total = 40 * [...rates.values()].reduce((sum, rate) => sum + rate, 0);
      for (let text = 0; text < total; text += 1) {
        const to = `+1312${String(Math.floor(random() * 10_000_000)).padStart(7, "0")}`;
        const outcome = world.choose(wishFor(to, { backlogSeconds }));
        assert.ok(typeof outcome !== "string");
        const { address } = outcome.sender;
        queued.set(address, (queued.get(address) ?? 0) + 1);
      }
      const seconds = [...rates.keys()].map(backlogSeconds);
      // Everybody's queue is worked off at about the same time: 40 seconds.
      const worst = Math.max(...seconds.map((each) => Math.abs(each - 40)));
      assert.ok(worst <= 40 * 0.05 + 1, `a queue is off by ${worst} of 40 s`);
      assert.ok(size > MAX_COMPARED || Math.max(...seconds) - Math.min(...seconds) <= 1.01);
    });
  }
});
