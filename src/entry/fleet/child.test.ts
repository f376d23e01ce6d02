import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it, type TestContext } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { systemClock } from "../../adapters/system/index.ts";
import { Child } from "./child.ts";
import type { ReadyReport } from "./ready-report.ts";

const folder = mkdtempSync(join(tmpdir(), "child-"));
after(() => rmSync(folder, { recursive: true }));

/** Ends with its supervisor's channel, as the real ones do. */
const SERVING = `
  process.on("disconnect", () => process.exit(0));
  process.on("SIGTERM", () => process.exit(0));
  console.log("it runs with", process.argv[2], process.env.GIVEN);
  process.send({ kind: "ready", name: "a", baseUrl: "http://127.0.0.1:" + process.pid });
`;

/** A child that runs `script`, and what is heard of it. */
function sample(t: TestContext, name: string, script: string) {
  const program = join(folder, `${name}.cjs`);
  writeFileSync(program, script);
  const lines: string[] = [];
  const reports: ReadyReport[] = [];
  const heard: (() => void)[] = [];
  const child = new Child(
    { name, args: ["an argument"], env: { GIVEN: "a variable" }, program },
    {
      clock: systemClock,
      logger: silentLogger,
      onLine: (_, line) => void lines.push(line),
      onReady: (report) => {
        reports.push(report);
        for (const wake of heard.splice(0)) wake();
      },
    },
  );
  // While a child waits to be started again nothing else keeps this process alive.
  const alive = setInterval(() => undefined, 1_000);
  t.after(() => {
    clearInterval(alive);
    return child.stop();
  });
  const readyAgain = () => new Promise<void>((resolve) => heard.push(resolve));
  return { child, lines, reports, readyAgain };
}

describe("a child process", () => {
  it("is ready when it says so, with its arguments and variables, and ends when it is told to", async (t) => {
    const { child, lines } = sample(t, "serving", SERVING);
    assert.equal(child.state, "waiting");
    const report = await child.start();
    assert.equal(report.baseUrl, `http://127.0.0.1:${child.pid}`);
    assert.equal(child.state, "running");
    await child.stop();
    assert.deepEqual([child.state, child.pid, child.restarts], ["stopped", undefined, 0]);
    assert.deepEqual(lines, ["it runs with an argument a variable"]);
  });

  it("is started again after it was killed", async (t) => {
    const { child, reports, readyAgain } = sample(t, "killed", SERVING);
    await child.start();
    const again = readyAgain();
    process.kill(child.pid ?? 0, "SIGKILL");
    await again;
    assert.deepEqual([child.restarts, child.state], [1, "running"]);
    assert.notEqual(reports[0]?.baseUrl, reports[1]?.baseUrl);
  });

  it("that ends before it is ready fails its start, with its last words", async (t) => {
    const { child } = sample(t, "failing", `console.error("no such database"); process.exitCode = 3;`);
    await assert.rejects(child.start(), /^Error: failing ended \(exit code 3\):\nno such database$/);
    assert.equal(child.state, "waiting");
    await child.stop();
    assert.equal(child.state, "stopped");
  });
});
