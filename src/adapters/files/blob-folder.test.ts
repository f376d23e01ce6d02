import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import type { TestContext } from "node:test";
import { openBlobFolder } from "./blob-folder.ts";

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-blobs-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it("finds its objects again after it is opened anew", async (t) => {
  const folder = await temporaryFolder(t);
  await (await openBlobFolder(folder)).put("a/b", Buffer.from("kept"), "text/plain");
  const found = await (await openBlobFolder(folder)).get("a/b");
  assert.equal(Buffer.from(found?.content ?? []).toString(), "kept");
});

it("removes what a crash left half written, and leaves nothing behind itself", async (t) => {
  const folder = await temporaryFolder(t);
  const store = await openBlobFolder(folder);
  await writeFile(join(folder, "incoming~", "half"), "half");
  await openBlobFolder(folder);
  await store.put("k", Buffer.from("x"), "text/plain");
  assert.deepEqual(await readdir(join(folder, "incoming~")), []);
});

it("lets nobody else read an object", async (t) => {
  const folder = await temporaryFolder(t);
  await (await openBlobFolder(folder)).put("k", Buffer.from("x"), "text/plain");
  assert.equal((await stat(join(folder, "k~"))).mode & 0o777, 0o600);
});

it("reports a damaged file by its path instead of serving it", async (t) => {
  const folder = await temporaryFolder(t);
  const store = await openBlobFolder(folder);
  await writeFile(join(folder, "k~"), "TL");
  await assert.rejects(() => store.get("k"), /k~ is not an object/);
});
