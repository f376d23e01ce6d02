import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import type { Database } from "../../platform/ports.ts";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import type { AccountNumber } from "../numbers/index.ts";
import { ACCOUNT, memberOf, SampleNumbers, sampleService, SERVICE, STRANGER, wishFor } from "./sample-services.test.ts";
import { ServiceBook } from "./service-book.ts";
import { UNCONFIGURED_SERVICE, type Service } from "./service.ts";
import { StickySenders } from "./sticky-senders.ts";

/** Nothing here is read from a database. */
const noDatabase: Database = {
  query: () => Promise.reject(new Error("the database is away")),
  transaction: () => Promise.reject(new Error("the database is away")),
};

class World {
  readonly numbers = new SampleNumbers();
  readonly clock = new ManualClock(Date.UTC(2025, 0, 1));
  readonly sticky = new StickySenders();
  readonly book = new ServiceBook({
    database: noDatabase,
    clock: this.clock,
    numbers: this.numbers,
    sticky: this.sticky,
    alphaAllowed: () => false,
  });
  private revision = 0;

  serviceAt(revision: number, sid = SERVICE): Service {
    const configuration = { ...UNCONFIGURED_SERVICE, friendlyName: sampleService().friendlyName };
    return { sid, accountSid: ACCOUNT, revision, createdMs: 0, updatedMs: 0, configuration };
  }

  put(pool: readonly AccountNumber[], revision = (this.revision += 1), sid = SERVICE): void {
    const members = pool.map((number) => ({ ...memberOf(number), serviceSid: sid }));
    this.book.put({ service: this.serviceAt(revision, sid), members });
  }

  choose(to: string): string {
    const choice = this.book.chooseSender(wishFor(to));
    return typeof choice === "string" ? choice : choice.sender.address;
  }

  /** Chooses, and remembers, as the reducer of messages does. */
  send(to: string): string {
    const address = this.choose(to);
    const input = { accountSid: ACCOUNT, serviceSid: SERVICE, recipient: to, address, atMs: this.clock.nowMs() };
    this.book.stick(input);
    return address;
  }
}

describe("the service book", () => {
  const seed = Number(process.env["TRUNKLINE_SEED"] ?? 11);

  it(`keeps every recipient with its sender while the pool changes around it (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const world = new World();
    let made = 0;
    const number = (): AccountNumber => {
      made += 1;
      const areaCode = ["212", "646", "312", "415", "206"][Math.floor(random() * 5)] ?? "";
      return world.numbers.give(ACCOUNT, `+1${areaCode}555${String(made).padStart(4, "0")}`);
    };
    let pool = Array.from({ length: 60 }, number);
    world.put(pool);
    const stuck = new Map<string, string>();
    const recipient = (): string =>
      `+1${["212", "917", "206", "605"][Math.floor(random() * 4)]}777${1_000 + Math.floor(random() * 2_000)}`;
    for (let round = 0; round < 40; round += 1) {
      for (let text = 0; text < 200; text += 1) {
        const to = recipient();
        const address = world.send(to);
        const known = stuck.get(to);
        const isThere = pool.some((each) => each.number === known);
        if (known !== undefined && isThere) assert.equal(address, known, `round ${round}: ${to} stays`);
        stuck.set(to, address);
      }
      // Some leave by the API, some because they are released, and others come.
      const released = pool.filter(() => random() < 0.03);
      for (const each of released) world.numbers.release(each);
      pool = pool.filter((each) => !released.includes(each));
      const removed = new Set(pool.filter(() => random() < 0.05));
      const added = Array.from({ length: Math.floor(random() * 6) }, number);
      const listed = [...released, ...pool.filter((each) => !removed.has(each)), ...added];
      pool = listed.filter((each) => !released.includes(each));
      if (random() < 0.8) world.put(listed);
      else pool = [...pool, ...removed].filter((each) => !added.includes(each));
      world.clock.advance(3_600_000);
    }
  });

  it("believes the higher revision, whatever comes later, and no change of a deleted service", () => {
    const world = new World();
    const [one, two] = [world.numbers.give(ACCOUNT, "+12125550100"), world.numbers.give(ACCOUNT, "+12125550101")];
    world.put([two], 5);
    world.put([one], 4);
    assert.equal(world.choose("+12125550199"), "+12125550101");
    assert.equal(world.book.serviceOfSender(ACCOUNT, "+12125550100"), undefined);
    const other = `MG${"2".repeat(32)}`;
    world.put([two], 1, other);
    world.put([], 6);
    assert.equal(world.book.serviceOfSender(ACCOUNT, "+12125550101")?.sid, other, "the number had moved before");
    world.book.remove(SERVICE);
    world.put([one], 7);
    assert.equal(world.book.service(ACCOUNT, SERVICE), undefined);
    assert.equal(world.choose("+12125550199"), "empty");
  });

  it("makes a pool anew when a number of it changes, and waits for numbers that are not known yet", () => {
    const world = new World();
    const number = world.numbers.give(ACCOUNT, "+12125550100", { mms: false });
    world.put([number]);
    assert.equal(world.book.chooseSender(wishFor("+12125550199", { mms: true })), "none");
    assert.equal(world.choose("+12125550199"), "+12125550100");
    world.numbers.change(number, { mms: true });
    assert.equal(world.choose("+12125550199"), "+12125550100");
    assert.equal(typeof world.book.chooseSender(wishFor("+12125550199", { mms: true })), "object");
    world.numbers.release(number);
    assert.equal(world.choose("+12125550199"), "empty");
    world.numbers.change(number, {});
    world.clock.advance(1_000);
    assert.equal(world.choose("+12125550199"), "+12125550100");
  });

  it("shows nobody another account's service, and goes on while the database is away", async () => {
    const world = new World();
    world.put([world.numbers.give(ACCOUNT, "+12125550100")]);
    assert.equal(world.book.chooseSender(wishFor("+12125550199", { accountSid: STRANGER })), "empty");
    assert.equal(world.book.service(STRANGER, SERVICE), undefined);
    await assert.rejects(() => world.book.reload(), /away/);
    assert.equal(world.choose("+12125550199"), "+12125550100");
    assert.equal(world.book.service(ACCOUNT, SERVICE)?.friendlyName, "sample");
  });
});
