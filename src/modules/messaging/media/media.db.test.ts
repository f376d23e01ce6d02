import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { migrate } from "../../../adapters/postgres/index.ts";
import { Projection, projectionMigration } from "../../../platform/cell/index.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { startTestPostgres, type TestPostgres } from "../../../../test/kit/postgres.ts";
import { messageMigrations, messageProjections } from "../message-projection.ts";
import { ACCOUNT, page, startMediaWorld, type MediaWorld } from "./sample-media.test.ts";

const PICTURE = "https://example.org/cat.png";

describe("the media of a message that has left memory", () => {
  let postgres: TestPostgres;
  let world: MediaWorld;
  let projection: Projection;

  before(async () => {
    postgres = await startTestPostgres();
    await migrate(postgres.database, [projectionMigration, ...messageMigrations]);
    world = await startMediaWorld({ database: postgres.database });
    world.web.set(PICTURE, page("image/png", "pixels"));
    const { cell, clock, state } = world.deps;
    const tables = messageProjections(state);
    projection = new Projection({ cell, database: postgres.database, clock, logger: silentLogger, tables });
  });
  after(async () => {
    await projection.close();
    await world.stop();
    await postgres.stop();
  });

  it("are deleted one by one, seen at once and still after they are projected", async () => {
    const sid = await world.send([PICTURE, PICTURE, PICTURE]);
    const stored = await world.settled(sid);
    const sids = (stored.media ?? []).map((medium) => medium.sid);
    await world.deps.cell.commit({ kind: "message.canceled", sid } as never, "progress");
    await projection.flush();
    assert.equal(world.deps.state.messages.has(sid), false);

    const base = `/2010-04-01/Accounts/${ACCOUNT}/Messages/${sid}/Media`;
    const listed = async (): Promise<string[]> =>
      JSON.parse((await world.request("GET", `${base}.json`)).body).media_list.map((one: { sid: string }) => one.sid);
    assert.equal((await world.request("GET", `${base}/${sids[1]}`)).body, "pixels");

    assert.equal((await world.request("DELETE", `${base}/${sids[0]}.json`)).status, 204);
    assert.equal((await world.request("DELETE", `${base}/${sids[2]}.json`)).status, 204);
    assert.deepEqual(await listed(), [sids[1]]);
    await projection.flush();
    assert.equal(world.deps.state.lateChanges.size, 0);
    assert.deepEqual(await listed(), [sids[1]]);

    assert.equal((await world.request("DELETE", `${base}/${sids[1]}.json`)).status, 204);
    await projection.flush();
    assert.deepEqual(await listed(), []);
    assert.equal(world.stored.size, 0);
    const [row] = await postgres.database.query("select media, body from messages");
    assert.deepEqual([row?.["media"], row?.["body"]], [[], "look"]);
  });
});
