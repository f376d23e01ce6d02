import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ACCOUNT, FOREIGN, page, startMediaWorld, type MediaWorld } from "./sample-media.test.ts";

const PICTURE = "https://example.org/cat.png";
const CARD = "https://example.org/card.vcf";

describe("the media of a message over HTTP", () => {
  let world: MediaWorld;
  before(async () => {
    world = await startMediaWorld();
    world.web.set(PICTURE, page("image/png", "pixels"));
    world.web.set(CARD, page("text/vcard", "BEGIN:VCARD"));
  });
  after(() => world.stop());

  async function stored(): Promise<{ base: string; sids: string[] }> {
    const sid = await world.send([PICTURE, CARD]);
    const message = await world.settled(sid);
    const base = `/2010-04-01/Accounts/${ACCOUNT}/Messages/${sid}/Media`;
    return { base, sids: (message.media ?? []).map((medium) => medium.sid) };
  }

  it("are listed in their order, page by page", async () => {
    const { base, sids } = await stored();
    const all = JSON.parse((await world.request("GET", `${base}.json`)).body);
    assert.deepEqual(
      all.media_list.map((medium: { sid: string }) => medium.sid),
      sids,
    );
    const first = JSON.parse((await world.request("GET", `${base}.json?PageSize=1`)).body);
    assert.deepEqual([first.media_list[0].sid, first.previous_page_uri], [sids[0], null]);
    const second = JSON.parse((await world.request("GET", first.next_page_uri)).body);
    assert.deepEqual([second.media_list[0].sid, second.next_page_uri], [sids[1], null]);
    const back = JSON.parse((await world.request("GET", second.previous_page_uri)).body);
    assert.equal(back.media_list[0].sid, sids[0]);
  });

  it("are listed by the day they were created on", async () => {
    const { base, sids } = await stored();
    const count = async (query: string): Promise<number> =>
      JSON.parse((await world.request("GET", `${base}.json?${query}`)).body).media_list.length;
    assert.equal(await count("DateCreated=2025-01-01"), sids.length);
    assert.equal(await count("DateCreated%3E=2025-01-02"), 0);
  });

  it("are told of one by one, in JSON and XML", async () => {
    const { base, sids } = await stored();
    const json = JSON.parse((await world.request("GET", `${base}/${sids[1]}.json`)).body);
    assert.deepEqual(json, {
      account_sid: ACCOUNT,
      content_type: "text/vcard",
      date_created: "Wed, 01 Jan 2025 00:00:00 +0000",
      date_updated: "Wed, 01 Jan 2025 00:00:00 +0000",
      parent_sid: base.split("/")[5],
      sid: sids[1],
      uri: `${base}/${sids[1]}.json`,
    });
    const xml = await world.request("GET", `${base}/${sids[1]}.xml`);
    assert.match(xml.body, /<Media><.*<Sid>ME/s);
  });

  it("give their content to anybody who knows the address, and it cannot run as a page", async () => {
    const { base, sids } = await stored();
    const picture = await world.request("GET", `${base}/${sids[0]}`, "nobody");
    assert.deepEqual([picture.status, picture.body], [200, "pixels"]);
    assert.equal(picture.headers["content-type"], "image/png");
    assert.equal(picture.headers["x-content-type-options"], "nosniff");
    assert.equal(picture.headers["content-disposition"], undefined);
    const card = await world.request("GET", `${base}/${sids[1]}`, "nobody");
    assert.deepEqual([card.headers["content-type"], card.headers["content-disposition"]], ["text/vcard", "attachment"]);
    assert.match(card.headers["content-security-policy"] ?? "", /sandbox/);
  });

  it("are deleted together with their content", async () => {
    const { base, sids } = await stored();
    const key = `media/${base.split("/")[3]}/${base.split("/")[5]}/${sids[0]}`;
    assert.ok(world.stored.has(key));
    assert.equal((await world.request("DELETE", `${base}/${sids[0]}.json`)).status, 204);
    assert.ok(!world.stored.has(key));
    for (const url of [`${base}/${sids[0]}.json`, `${base}/${sids[0]}`]) {
      const gone = await world.request("GET", url);
      assert.equal(gone.status, 404, url);
      assert.match(gone.body, /20404/);
    }
    assert.equal((await world.request("DELETE", `${base}/${sids[0]}.json`)).status, 404);
    const left = JSON.parse((await world.request("GET", `${base}.json`)).body);
    assert.deepEqual(
      left.media_list.map((medium: { sid: string }) => medium.sid),
      [sids[1]],
    );
  });

  it("are nobody else's, and not found under names that are none", async () => {
    const { base, sids } = await stored();
    assert.equal((await world.request("GET", `${base}/${sids[0]}.json`, FOREIGN)).status, 404);
    const foreign = base.replace(ACCOUNT, FOREIGN);
    for (const url of [
      `${foreign}/${sids[0]}`,
      `${foreign}/${sids[0]}.json`,
      `${base}/ME${"0".repeat(32)}`,
      `${base}/..%2F..%2F${sids[0]}`,
      `/2010-04-01/Accounts/${ACCOUNT}/Messages/x/Media.json`,
      `${base}.json?PageToken=nonsense`,
    ]) {
      const { status } = await world.request("GET", url, url.includes(FOREIGN) ? FOREIGN : ACCOUNT);
      assert.ok(status === 404 || status === 400, `${status} for ${url}`);
    }
  });
});
