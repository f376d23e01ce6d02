import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { migrate } from "../../../adapters/postgres/index.ts";
import { FleetKey } from "../../../platform/fleet/index.ts";
import { startTestPostgres, type TestPostgres } from "../../../../test/kit/postgres.ts";
import { configured, PARENT, startProgram, STRANGER, type Program } from "../sample-numbers.test.ts";
import type { DrawnNumber, NumberPool } from "./number-pool.ts";
import { numberPoolModule } from "./pool-module.ts";

const NUMBERS = ["+12125551001", "+12125551002", "+12125551003"];

describe("the inventory that cells share", () => {
  let control: TestPostgres;
  let one: Program;
  let two: Program;
  let poolOne: NumberPool;
  let isAway = false;

  before(async () => {
    control = await startTestPostgres();
    const options = { clock: { nowMs: () => 0 }, fleetKey: new FleetKey(Buffer.alloc(32, 1)), isOperator: () => true };
    const pool = numberPoolModule({ ...options, database: control.database });
    await migrate(control.database, pool.migrations);
    poolOne = pool.forCell({ name: "messaging-1", region: "us1" });
    const gone = (): Promise<never> => Promise.reject(new Error("control is away"));
    const cuttable: NumberPool = {
      search: (...args) => (isAway ? gone() : poolOne.search(...args)),
      kinds: (...args) => (isAway ? gone() : poolOne.kinds(...args)),
      draw: (...args) => (isAway ? gone() : poolOne.draw(...args)),
      drawAny: (...args) => (isAway ? gone() : poolOne.drawAny(...args)),
      giveBack: (...args) => (isAway ? gone() : poolOne.giveBack(...args)),
      drawn: (...args) => (isAway ? gone() : poolOne.drawn(...args)),
      claim: (...args) => (isAway ? gone() : poolOne.claim(...args)),
      disclaim: (...args) => (isAway ? gone() : poolOne.disclaim(...args)),
    };
    one = await startProgram({ pool: cuttable });
    two = await startProgram({ pool: pool.forCell({ name: "messaging-2", region: "eu1" }) });
    const insert = `insert into number_pool (number, pool, country, region, kind, sms, mms, voice, fax, beta,
       address_requirements, bundle_required)
       select unnest($1::text[]), $2, 'US', 'NY', 'local', true, true, true, false, false, 'none', false`;
    await control.database.query(insert, [NUMBERS, ""]);
    await control.database.query(insert, [["+12125552001"], "us1"]);
  });
  after(async () => {
    await one.stop();
    await two.stop();
    await control.stop();
  });

  const shown = async (program: Program): Promise<string[]> => {
    const { json } = await program.get(PARENT, "AvailablePhoneNumbers/US/Local");
    return json.available_phone_numbers.map((each: { phone_number: string }) => each.phone_number);
  };
  const buy = (program: Program, PhoneNumber: string, account = PARENT) =>
    program.post(account, "IncomingPhoneNumbers", { PhoneNumber });

  it("shows each cell the pools of its region, and sells a number in one of them", async () => {
    assert.deepEqual(await shown(one), [...NUMBERS, "+12125552001"]);
    assert.deepEqual(await shown(two), NUMBERS);
    assert.equal((await buy(two, "+12125552001")).json.code, 21422);
    assert.equal((await buy(one, "+12125551001")).status, 201);
    assert.equal((await buy(two, "+12125551001")).json.code, 21422);
    assert.deepEqual(await shown(two), NUMBERS.slice(1));
    const any = await two.post(STRANGER, "IncomingPhoneNumbers", { AreaCode: "212" });
    assert.equal(any.json.phone_number, "+12125551002");
    assert.equal((await one.get(PARENT, "AvailablePhoneNumbers/US")).json.country_code, "US");
  });

  it("gets back what was held and not bought, and what was given back, when its time is over", async () => {
    assert.equal((await one.post(PARENT, "/trunkline/v1/NumberHolds", { PhoneNumber: NUMBERS[2] ?? "" })).status, 201);
    assert.deepEqual(await shown(two), []);
    const [bought] = (await one.get(PARENT, "IncomingPhoneNumbers")).json.incoming_phone_numbers;
    assert.equal((await one.remove(PARENT, `IncomingPhoneNumbers/${bought.sid}`)).status, 204);
    await one.module.runPorts();
    assert.deepEqual(await shown(two), [], "held, and in quarantine");
    one.clock.advance(600_000);
    await one.module.runPorts();
    assert.deepEqual(await shown(two), ["+12125551001", "+12125551003"]);
    assert.equal((await buy(two, "+12125551001")).status, 201, "another cell sells it now");
    assert.equal((await buy(one, "+12125551001")).json.code, 21422);
  });

  it("ends a give-back that comes too late: the number was drawn again", async () => {
    const first = (await poolOne.draw("+12125551003")) as DrawnNumber;
    const second = (await poolOne.draw("+12125551003")) as DrawnNumber;
    assert.ok(second.epoch > first.epoch);
    await poolOne.giveBack([{ number: first.number, epoch: first.epoch }]);
    assert.deepEqual(await shown(two), [], "it is not in the pool");
    await one.module.runPorts();
    assert.deepEqual(await shown(two), ["+12125551003"], "drawn, never written down, and found");
  });

  it("lets a cell sell what it has while the control plane is away, and nothing that it has not", async () => {
    await one.module.syncInventory({ numbers: [configured("+13125550001")] });
    isAway = true;
    assert.deepEqual(await shown(one), ["+13125550001"]);
    assert.equal((await buy(one, "+12125551003")).status, 503);
    assert.equal((await buy(one, "+13125550001")).status, 201);
    await one.module.syncInventory({ numbers: [configured("+13125550001"), configured("+13125550002")] });
    assert.equal((await buy(one, "+13125550002")).json.code, 21422, "nobody knows whose it is");
    isAway = false;
    await one.module.syncInventory({ numbers: [configured("+13125550001"), configured("+13125550002")] });
    assert.equal((await buy(one, "+13125550002")).status, 201);
  });

  it("leaves a number that two cells are configured with to the first one", async () => {
    await two.module.syncInventory({
      numbers: [configured("+13125550002"), configured("+13125550003")],
      ownerSid: PARENT,
    });
    assert.equal(two.module.directory.sender(PARENT, "+13125550002"), undefined);
    assert.equal(two.module.directory.sender(PARENT, "+13125550003"), undefined, "not a fresh installation");
    assert.equal((await buy(two, "+13125550002")).json.code, 21422);
    assert.equal((await buy(two, "+13125550003")).status, 201);
  });
});
