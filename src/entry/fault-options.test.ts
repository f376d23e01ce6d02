import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defineCommand, runCommandLine, UsageError } from "../platform/cli/index.ts";
import type { Faults } from "../modules/simulator/index.ts";
import { faultOptions, faultsOf } from "./fault-options.ts";

/** The faults that a command line stands for, or what is wrong with it. */
async function read(...args: string[]): Promise<Partial<Faults> | string> {
  let faults: Partial<Faults> | undefined;
  let problem = "";
  const command = defineCommand({
    name: "carrier",
    summary: "",
    description: "",
    example: "",
    options: faultOptions,
    run: (_context, { options }) => {
      faults = faultsOf(options);
      return 0;
    },
  });
  const quiet = { isTty: false, write: () => {} };
  const stderr = { isTty: false, write: (text: string) => void (problem += text) };
  const program = {
    name: "t",
    summary: "",
    version: "1",
    commands: [{ name: "carrier", load: () => Promise.resolve(command) }],
  };
  await runCommandLine(program, ["carrier", ...args], { stdout: quiet, stderr, env: {}, cwd: "/" });
  return faults ?? problem;
}

describe("faults on the command line", () => {
  it("are none without options", async () => {
    assert.deepEqual(await read(), {});
  });

  it("have one option each", async () => {
    const args = [
      "--seed=7 --response-delay-ms=1 --response-spread-ms=2 --receipt-delay-ms=0 --receipt-spread-ms=4",
      "--lose-receipts=0.1 --double-receipts=.2 --early-receipts=1 --throttle=100 --swallow=0.01 --unanswered=0.02",
      "--disconnect=0.03 --disconnect-after=50 --break-response=0.04 --stop-reading",
      "--error 0x58:0.1 --error ESME_RMSGQFUL:0.2 --error 8:0 --state undeliverable:0.5",
    ];
    assert.deepEqual(await read(...args.join(" ").split(" ")), {
      seed: 7,
      responseDelayMs: 1,
      responseSpreadMs: 2,
      receiptDelayMs: 0,
      receiptSpreadMs: 4,
      lostReceiptShare: 0.1,
      duplicateReceiptShare: 0.2,
      earlyReceiptShare: 1,
      errors: [
        { status: 0x58, share: 0.1 },
        { status: 0x14, share: 0.2 },
        { status: 8, share: 0 },
      ],
      receiptStates: [{ state: "UNDELIVERABLE", share: 0.5 }],
      throttlePerSecond: 100,
      swallowShare: 0.01,
      noResponseShare: 0.02,
      disconnectShare: 0.03,
      disconnectAfter: 50,
      midPduShare: 0.04,
      stopReading: true,
    });
  });

  it("are refused with what would be right", async () => {
    for (const [args, problem] of [
      ["--lose-receipts=10%", "--lose-receipts expects a share from 0 to 1, such as 0.1, got “10%”"],
      ["--swallow=1.5", "--swallow expects a share"],
      ["--error=0x58", "--error expects a name, a colon and a share"],
      ["--error=0x58:2", "--error expects a share"],
      ["--error=THROTTLED:0.1", "--error expects a status such as 0x58 or ESME_RTHROTTLED"],
      ["--error=toString:0.1", "--error expects a status"],
      ["--state=lost:0.1", "--state expects one of"],
    ] as const) {
      const result = await read(args);
      assert(typeof result === "string" && result.includes(problem), `${args}: ${JSON.stringify(result)}`);
    }
    assert.throws(() => faultsOf({ error: [":1"], state: [] } as never), UsageError);
  });
});
