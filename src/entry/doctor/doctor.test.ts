import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { systemClock } from "../../adapters/system/index.ts";
import { openAuthority } from "../../platform/front/index.ts";
import { loadSettings } from "../../platform/config/index.ts";
import { carrierSettings } from "../carriers.ts";
import { programEnvironment } from "../program-environment.ts";
import { showOctets } from "../show-octets.ts";
import { checkAuthority, checkProxy } from "./check-authority.ts";
import { checkClock, checkDataFolder, checkNode } from "./check-machine.ts";
import { checkNothingRuns, checkRunning, checkShell } from "./check-running.ts";
import { checkDatabase, checkPorts, checkWebhooks } from "./check-settings.ts";
import { findingsText, good, wrong } from "./finding.ts";

const DAY_MS = 86_400_000;

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-doctor-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const settingsOf = (flags: Record<string, string | boolean>) =>
  loadSettings({ flags, env: {}, cwd: tmpdir(), carrierTypes: carrierSettings });

const running = {
  pid: process.pid,
  // The discard port, on which nothing listens.
  baseUrl: "http://127.0.0.1:9",
  listenUrl: "http://127.0.0.1:9",
  tlsUrl: null,
  caPath: "/nowhere/ca.pem",
  accountSid: `AC${"1".repeat(32)}`,
  authToken: "token",
  from: null,
  simulator: true,
  smppPort: null,
  smppTlsPort: null,
  phonesUrl: null,
  supervisorUrl: null,
  dataFolder: "/nowhere",
};

describe("the doctor", () => {
  it("knows which Node is too old", () => {
    assert.equal(checkNode(process.version).verdict, "good");
    assert.equal(checkNode("v20.19.0").verdict, "good");
    assert.equal(checkNode("v20.18.3").verdict, "wrong");
    assert.equal(checkNode("v18.20.0").verdict, "wrong");
  });

  it("looks at the data folder, its space and its secrets", async (t) => {
    const folder = await makeFolder(t);
    const named = async () => new Map((await checkDataFolder(folder)).map((finding) => [finding.name, finding]));
    assert.equal((await named()).get("secrets")?.verdict, "good");
    await writeFile(join(folder, "master.key"), "x", { mode: 0o600 });
    assert.equal((await named()).get("secrets")?.verdict, "good");
    await chmod(join(folder, "master.key"), 0o644);
    const secrets = (await named()).get("secrets");
    assert.equal(secrets?.verdict, "wrong");
    assert.match(secrets?.fix ?? "", /^chmod 600 '.*master\.key'$/);
    assert.equal((await checkDataFolder(join(folder, "new")))[0]?.verdict, "good");
    assert.equal((await checkDataFolder(join(folder, "no", "such")))[0]?.verdict, "wrong");
    assert.equal((await checkDataFolder(join(folder, "master.key")))[0]?.verdict, "wrong");
  });

  it("sees a clock that went back", async (t) => {
    const folder = await makeFolder(t);
    const nowMs = systemClock.nowMs();
    assert.equal((await checkClock(folder, nowMs)).verdict, "good");
    await mkdir(join(folder, "cells"));
    const later = new Date(nowMs + DAY_MS);
    await utimes(join(folder, "cells"), later, later);
    assert.equal((await checkClock(folder, nowMs)).verdict, "wrong");
    assert.equal((await checkClock(folder, 0)).verdict, "wrong");
  });

  it("sees an authority that ends, has ended, or is damaged", async (t) => {
    const folder = await makeFolder(t);
    const nowMs = systemClock.nowMs();
    assert.match((await checkAuthority(folder, nowMs)).detail, /not there yet/);
    const authority = await openAuthority({ folder: join(folder, "ca"), clock: systemClock });
    const at = async (ms: number) => (await checkAuthority(folder, ms)).verdict;
    assert.equal(await at(nowMs), "good");
    assert.equal(await at(authority.validUntilMs - 10 * DAY_MS), "doubtful");
    assert.equal(await at(authority.validUntilMs + DAY_MS), "wrong");
    assert.equal(await at(nowMs - 30 * DAY_MS), "wrong");
    await writeFile(authority.caPath, "x");
    assert.equal(await at(nowMs), "wrong");
  });

  it("sees a port that is taken", async (t) => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const findings = await checkPorts(settingsOf({ port: String(port), "simulator-port": "0" }));
    assert.deepEqual(
      findings.map(({ name, verdict }) => [name, verdict]),
      [[`port ${port}`, "wrong"]],
    );
    assert.match(findings[0]?.fix ?? "", /setting port/);
  });

  it("sees a database that cannot be reached, and shows no password", async () => {
    const finding = await checkDatabase("postgres://user:hidden@127.0.0.1:9/name");
    assert.equal(finding.verdict, "wrong");
    assert.match(finding.detail, /^127\.0\.0\.1:9\/name cannot be used: .*ECONNREFUSED/);
    assert(!JSON.stringify(finding).includes("hidden"));
  });

  it("weighs where webhooks may go against where it listens", () => {
    assert.equal(checkWebhooks(settingsOf({})).verdict, "good");
    assert.equal(checkWebhooks(settingsOf({ host: "0.0.0.0" })).verdict, "good");
    const open = { host: "0.0.0.0", "webhooks-allow-private-networks": true };
    assert.equal(checkWebhooks(settingsOf(open)).verdict, "doubtful");
    assert.equal(checkWebhooks(settingsOf({ "webhooks-allow-private-networks": false })).verdict, "doubtful");
  });

  it("sees a process that runs and does not answer, and one that ended without a word", async (t) => {
    const folder = await makeFolder(t);
    const [system] = await checkRunning(running);
    assert.equal(system?.verdict, "wrong");
    assert.match(system?.detail ?? "", /127\.0\.0\.1:9 does not answer/);
    assert.equal((await checkProxy(running.baseUrl, running.caPath)).verdict, "wrong");
    assert.match((await checkNothingRuns(folder)).detail, /nothing is running/);
    await writeFile(join(folder, "run.json"), "{}");
    assert.match((await checkNothingRuns(folder)).detail, /not stopped in order/);
  });

  it("sees a shell that leads its programs to another start", () => {
    const env = programEnvironment({ run: running, bundlePath: "/b", env: {} });
    assert.deepEqual(checkShell({}, running), []);
    assert.equal(checkShell(env, running)[0]?.verdict, "good");
    assert.equal(checkShell(env, { ...running, baseUrl: "http://127.0.0.1:8081" })[0]?.verdict, "wrong");
    assert.equal(checkShell(env, undefined)[0]?.verdict, "wrong");
  });

  it("writes its findings with what to do about them", () => {
    const findings = [good("Node", "v20"), wrong("long name", "is bad\u001b[31m", "Mend it.")];
    assert.equal(
      findingsText(findings),
      "✓ Node       v20\n✗ long name  is bad·[31m\n             → Mend it.\n\n1 good, 0 doubtful, 1 wrong\n",
    );
  });

  it("writes sizes as people read them", () => {
    assert.deepEqual([0, 1023, 1536, 150 * 2 ** 30].map(showOctets), ["0 octets", "1023 octets", "1.5 KiB", "150 GiB"]);
  });
});
