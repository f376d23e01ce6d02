import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { loadMasterKey, MasterKeyError } from "./master-key.ts";

describe("loadMasterKey", () => {
  let root = "";
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "trunkline-key-"));
  });
  after(() => rm(root, { recursive: true }));

  it("makes folder and key once, for the owner only, and finds it again", async () => {
    const folder = join(root, "new", "data");
    const key = await loadMasterKey(folder);
    assert.equal(key.length, 32);
    assert.deepEqual(await loadMasterKey(folder), key);
    assert.deepEqual(await readdir(folder), ["master.key"]);
    const { mode } = await stat(join(folder, "master.key"));
    if (process.platform !== "win32") assert.equal(mode & 0o777, 0o600);
  });

  it("gives one key to all who ask at once", async () => {
    const folder = join(root, "race");
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadMasterKey(folder)));
    assert.equal(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size, 1);
    assert.deepEqual(await readdir(folder), ["master.key"]);
  });

  it("never replaces a key that it cannot use", async () => {
    const folder = join(root, "bad");
    await loadMasterKey(folder);
    const path = join(folder, "master.key");
    await writeFile(path, "short\n");
    await assert.rejects(loadMasterKey(folder), MasterKeyError);
    assert.equal(await readFile(path, "utf8"), "short\n");
  });

  it(
    "refuses a key that everybody can read, and takes one that a group can",
    { skip: process.platform === "win32" },
    async () => {
      const folder = join(root, "open");
      const key = await loadMasterKey(folder);
      await chmod(join(folder, "master.key"), 0o644);
      await assert.rejects(loadMasterKey(folder), /chmod 600/);
      await chmod(join(folder, "master.key"), 0o660);
      assert.deepEqual(await loadMasterKey(folder), key);
    },
  );
});
