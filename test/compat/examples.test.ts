import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { childEnvironment, runProgram } from "../kit/command-line.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { findRoot } from "../tidy/tree.ts";

const examples = join(findRoot(import.meta.dirname), "examples");

describe("the examples", () => {
  let system: SystemProcess;
  before(async () => {
    system = await startSystemProcess();
  });
  after(() => system.stop());

  /** What `eval "$(npx trunkline env)"` leaves in a shell, as far as the examples use it. */
  const environment = (): Record<string, string> => ({
    ...credentials(),
    HTTP_PROXY: system.baseUrl,
    HTTPS_PROXY: system.baseUrl,
    NODE_EXTRA_CA_CERTS: system.caPath,
  });
  const credentials = (): Record<string, string> => ({
    TWILIO_ACCOUNT_SID: system.accountSid,
    TWILIO_AUTH_TOKEN: system.authToken,
  });

  it("send.js sends a text through the proxy and sees it delivered", async () => {
    const phone = "+15551230001";
    const program = join(examples, "node/send.js");
    const { code, stdout, stderr } = await runProgram(process.execPath, [program, phone, "From Node"], {
      env: environment(),
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^SM[0-9a-f]{32} queued\nSM[0-9a-f]{32} delivered\n$/);
    assert.deepEqual(await bodiesOn(phone), ["From Node"]);
  });

  it("plain-port.js sends a text through the plain port", async () => {
    const phone = "+15551230002";
    const program = join(examples, "node/plain-port.js");
    const { code, stdout, stderr } = await runProgram(process.execPath, [program, phone, "Plainly"], {
      env: { ...credentials(), BASE_URL: system.baseUrl },
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^SM[0-9a-f]{32} queued\n$/);
    await waitFor("the text on the phone", async () => (await bodiesOn(phone)).includes("Plainly"));
  });

  it("send.sh sends a text with curl", async () => {
    const phone = "+15551230003";
    const { code, stdout, stderr } = await runProgram(join(examples, "curl/send.sh"), [phone, "From curl"], {
      env: { ...environment(), BASE_URL: system.baseUrl },
    });
    assert.equal(code, 0, stderr);
    assert.equal((JSON.parse(stdout) as { status: string }).status, "queued");
    await waitFor("the text on the phone", async () => (await bodiesOn(phone)).includes("From curl"));
  });

  it("reply.js answers a text from a phone and hears of the delivery of its answer", async (t) => {
    const phone = "+15551230004";
    const child = spawn(process.execPath, [join(examples, "node/reply.js")], {
      env: childEnvironment({ ...environment(), PORT: "0" }),
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill());
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => void (output += text));
    await waitFor("the number to lead to the example", () => output.includes("texts to +15005550100 come to"));
    const sent = await fetch(`${system.baseUrl}/simulator/phones/${encodeURIComponent(phone)}/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ to: "+15005550100", body: "Are you there?" }),
    });
    assert.equal(sent.status, 200);
    await waitFor("the answer on the phone", async () => (await bodiesOn(phone)).includes("You said: Are you there?"));
    await waitFor("the last status callback", () => / is delivered\n/.test(output));
    assert.match(output, /\+15551230004 says: Are you there\?\n/);
  });

  async function bodiesOn(phone: string): Promise<string[]> {
    return (await system.phones(phone)).map(({ body }) => body);
  }
});
