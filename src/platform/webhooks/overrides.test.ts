import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readOverrides } from "./overrides.ts";

const DEFAULTS = {
  connectMs: 5_000,
  readMs: 15_000,
  totalMs: 15_000,
  retries: 1,
  retryOn: new Set(["ct"]),
  serverName: true,
};

describe("the connection overrides of a webhook's URL", () => {
  it("have the documented defaults", () => {
    const url = "https://example.org/x?a=b";
    assert.deepEqual(readOverrides(url), { url, ...DEFAULTS });
    assert.deepEqual(readOverrides(`${url}#`), { url, ...DEFAULTS });
  });

  it("are all read from the fragment", () => {
    const read = readOverrides(
      "https://u:p@example.org/x?a=%23#ct=200&rt=300&tt=4000&rc=3&rp=4xx,5xx,rt&sni=n&e=dublin",
    );
    assert.deepEqual(read, {
      url: "https://u:p@example.org/x?a=%23",
      connectMs: 200,
      readMs: 300,
      totalMs: 4_000,
      retries: 3,
      retryOn: new Set(["4xx", "5xx", "rt"]),
      serverName: false,
    });
  });

  it("understand all, a percent-encoded comma and capitals", () => {
    assert.deepEqual(readOverrides("http://a/#rp=all").retryOn, new Set(["4xx", "5xx", "ct", "rt"]));
    assert.deepEqual(readOverrides("http://a/#rp=5XX%2Cct").retryOn, new Set(["5xx", "ct"]));
  });

  it("are moved to the nearer end of their range", () => {
    const low = readOverrides("http://a/#ct=1&rt=0&tt=99&rc=0");
    assert.deepEqual([low.connectMs, low.readMs, low.totalMs, low.retries], [100, 100, 100, 0]);
    const high = readOverrides(`http://a/#ct=10001&rt=99999&tt=15001&rc=${"9".repeat(400)}`);
    assert.deepEqual([high.connectMs, high.readMs, high.totalMs, high.retries], [10_000, 15_000, 15_000, 5]);
  });

  it("fall back to the default where a number is none", () => {
    assert.deepEqual(readOverrides("http://a/#ct=soon&rt=-5&tt=1e3&rc=%E0%A4%A"), { url: "http://a/", ...DEFAULTS });
  });

  it("tell of an invalid retry policy and use the default", () => {
    for (const policy of ["6xx", "ct,never", "", "all,sometimes"]) {
      const read = readOverrides(`http://a/#rp=${policy}&rc=2`);
      assert.equal(read.warning?.errorCode, 11243, policy);
      assert.deepEqual([read.retryOn, read.retries], [DEFAULTS.retryOn, 2]);
    }
  });

  it("tell of an edge that is no name, and of one that does not exist", () => {
    assert.equal(readOverrides("http://a/#e=ashburn,frankfurt-ix").warning, undefined);
    assert.equal(readOverrides("http://a/#e=4!").warning?.errorCode, 11240);
    assert.equal(readOverrides("http://a/#e=").warning?.errorCode, 11240);
    assert.equal(readOverrides("http://a/#e=ashburn,atlantis").warning?.errorCode, 11241);
  });

  it("ignore a fragment that has nothing to do with them, and anything beyond its bound", () => {
    assert.deepEqual(readOverrides("http://a/#section-2"), { url: "http://a/", ...DEFAULTS });
    assert.deepEqual(readOverrides(`http://a/#${"x".repeat(600)}&rp=6xx`), { url: "http://a/", ...DEFAULTS });
    assert.equal(readOverrides("http://a/#rc=2&rc=5").retries, 2);
  });
});
