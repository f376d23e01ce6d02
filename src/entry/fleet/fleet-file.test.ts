import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { StartFailure } from "../start-failure.ts";
import { readFleetFile, writeFleetFile, type FleetFile } from "./fleet-file.ts";

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "fleet-file-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const cell = { name: "messaging-1", number: 1, type: "messaging", tier: "smb", region: "us1" } as const;
const file: FleetFile = {
  version: 1,
  cells: [cell],
  removed: [{ ...cell, name: "messaging-2", number: 2 }],
  ports: { "messaging-1": { port: 1, gossipPort: 2 } },
  operatorSid: `AC${"1".repeat(32)}`,
};

describe("the file of a fleet", () => {
  it("is empty before the first start, and says afterwards what was written", async (t) => {
    const folder = makeFolder(t);
    assert.deepEqual((await readFleetFile(folder)).cells, []);
    await writeFleetFile(folder, file);
    assert.deepEqual(await readFleetFile(folder), file);
    assert.deepEqual(readdirSync(folder), ["fleet.json"]);
    assert.equal(statSync(join(folder, "fleet.json")).mode & 0o777, 0o600);
  });

  it("of a system from which no cell was ever removed is read too", async (t) => {
    const folder = makeFolder(t);
    const { removed, ...older } = file;
    assert.equal(removed.length, 1);
    writeFileSync(join(folder, "fleet.json"), JSON.stringify(older));
    assert.deepEqual((await readFleetFile(folder)).removed, []);
  });

  it("that cannot be read stops the start: the cells that there are must not be forgotten", async (t) => {
    const folder = makeFolder(t);
    for (const text of ["", "{", "null", "{}", '{"version":2,"cells":[]}']) {
      writeFileSync(join(folder, "fleet.json"), text);
      await assert.rejects(readFleetFile(folder), StartFailure, text);
    }
  });
});
