import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openCountryFile } from "./index.ts";

describe("a file of countries", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "trunkline-countries-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function open(text: string) {
    const path = join(folder, "countries.csv");
    await writeFile(path, text);
    return openCountryFile(path);
  }

  it("knows the country of an address by its network, of both kinds, and nothing of the others", async () => {
    const countryOf = await open(
      "network,country\n# comment\n198.51.100.0/24,us\n192.0.2.0/25,DE\n192.0.2.128/25,AT\n2001:db8::/32,FR\n",
    );
    const expected: readonly (readonly [string, string | undefined])[] = [
      ["192.0.2.0", "DE"],
      ["192.0.2.127", "DE"],
      ["192.0.2.128", "AT"],
      ["192.0.3.0", undefined],
      ["198.51.100.7", "US"],
      ["::ffff:198.51.100.7", "US"],
      ["2001:db8:1::5", "FR"],
      ["2001:db9::", undefined],
      ["", undefined],
      ["nonsense", undefined],
    ];
    for (const [address, country] of expected) assert.equal(countryOf(address), country, address);
  });

  it("says which line is wrong, and that a file is no database", async () => {
    await assert.rejects(open("192.0.2.0/24,DE\nhello\n"), /line 2/);
    await assert.rejects(open("192.0.2.0/44,DE\n"), /line 1/);
    const path = join(folder, "broken.mmdb");
    await writeFile(path, "nothing of the kind");
    await assert.rejects(openCountryFile(path), /is no MaxMind database/);
  });
});
