import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { SimulatedRegistry } from "./simulated-registry.ts";
import {
  A2P_PROFILE,
  counting,
  CUSTOMER_PROFILE,
  FragileDatabase,
  REVIEW_MS,
  startProgram,
  type Program,
} from "./sample-registrations.test.ts";

const profiles = { customerProfileBundleSid: CUSTOMER_PROFILE, a2PProfileBundleSid: A2P_PROFILE };

describe("filing with the registry", () => {
  let first: Program;
  before(async () => {
    first = await startProgram();
  });
  after(() => first.stop());

  /** A registry that outlives the processes that file with it. */
  const registryOf = ({ database, clock }: Program) =>
    counting(new SimulatedRegistry({ database: new FragileDatabase(database), clock, reviewMs: REVIEW_MS }));
  const cases = async () =>
    (await first.database.query<{ count: number }>("select count(*)::int as count from a2p_simulated_registry"))[0]
      ?.count;

  it("is done once, also where the process ends between filing and writing that down", async () => {
    const registry = registryOf(first);
    const before = await first.restart({ registry });
    const { sid } = await before.client().messaging.v1.brandRegistrations.create(profiles);
    before.database.isLost = (sql) => sql.includes("state = 'filed'");
    before.clock.advance(500);
    await before.module.runOnce();
    assert.deepEqual(registry.calls, [`${sid}:0`]);
    assert.deepEqual(await first.module.waiting(), { due: 1, filed: 0 }, "nobody wrote down that it was filed");

    const next = await first.restart({ registry });
    await next.pass(1_000);
    assert.deepEqual(registry.calls, [`${sid}:0`, `${sid}:0`], "under the same id");
    assert.equal(await cases(), 1, "so that the registry has it once");
    await next.pass(4 * REVIEW_MS);
    const brand = await next.client().messaging.v1.brandRegistrations(sid).fetch();
    assert.deepEqual([brand.status, brand.identityStatus], ["APPROVED", "VETTED_VERIFIED"]);
  });

  it("takes a decision in once, also where the process ends before it is committed", async () => {
    const { sid } = await first.client().messaging.v1.brandRegistrations.create(profiles);
    const fragile = await first.restart();
    await fragile.pass(500);
    fragile.database.isLost = (sql) => sql.startsWith("insert into a2p_notices");
    await fragile.pass(REVIEW_MS);
    const pending = await first.client().messaging.v1.brandRegistrations(sid).fetch();
    assert.equal(pending.status, "PENDING", "the change and its notice are committed together or not at all");
    const next = await first.restart();
    await next.pass(4 * REVIEW_MS);
    assert.equal((await next.client().messaging.v1.brandRegistrations(sid).fetch()).status, "APPROVED");
    const ids = next.told.map(({ notice }) => notice.id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("tells a notice until it is committed, under one id", async () => {
    const told: string[] = [];
    let isDown = true;
    const program = await first.restart({
      commit: (record) => {
        told.push((record as unknown as { notice: { id: string } }).notice.id);
        return isDown ? Promise.reject(new Error("the log is full")) : Promise.resolve();
      },
    });
    const { sid } = await program.client().messaging.v1.brandRegistrations.create({ ...profiles, mock: true });
    await program.pass(3 * REVIEW_MS);
    isDown = false;
    await program.pass(500);
    await program.pass(500);
    assert.ok(told.length > 1);
    assert.deepEqual([...new Set(told)], [`${sid}:0:1`]);
  });

  it("is tried again, later and later, while the registry does not answer", async () => {
    const inner = registryOf(first);
    let isDown = true;
    let tries = 0;
    const program = await first.restart({
      registry: {
        name: "away",
        file: (filing) => {
          tries += 1;
          return isDown ? Promise.reject(new Error("away")) : inner.file(filing);
        },
        standings: (refs) => inner.standings(refs),
      },
    });
    const { sid } = await program.client().messaging.v1.brandRegistrations.create(profiles);
    await program.pass(60_000);
    assert.ok(tries >= 4 && tries <= 7, `${tries} tries within a minute`);
    isDown = false;
    await program.pass(120_000);
    assert.equal((await program.client().messaging.v1.brandRegistrations(sid).fetch()).status, "APPROVED");
  });

  it("asks at once when the registry says that something changed", async () => {
    let tellChange: (ref: string) => void = () => assert.fail("nobody listens");
    const refs: string[] = [];
    let sequence = 0;
    const program = await first.restart({
      registry: {
        name: "telling",
        file: ({ id }) => {
          refs.push(`ref ${id}`);
          return Promise.resolve({ ref: `ref ${id}` });
        },
        standings: (asked) =>
          Promise.resolve(
            asked.map((ref) => ({
              ref,
              sequence,
              isFinal: false,
              body: { kind: "brand", status: sequence === 0 ? "PENDING" : "SUSPENDED" },
            })),
          ),
        onChange: (listener) => {
          tellChange = listener;
          return () => undefined;
        },
      },
    });
    const { sid } = await program.client().messaging.v1.brandRegistrations.create(profiles);
    await program.pass(120_000);
    program.module.start();
    sequence = 1;
    tellChange(refs[0] ?? "");
    const status = async () => (await program.client().messaging.v1.brandRegistrations(sid).fetch()).status;
    for (let i = 0; i < 200 && (await status()) !== "SUSPENDED"; i += 1) program.clock.advance(1);
    assert.equal(await status(), "SUSPENDED");
    await program.module.stop();
  });
});
