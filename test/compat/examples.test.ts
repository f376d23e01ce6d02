import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import { childEnvironment, runProgram } from "../kit/command-line.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { findRoot } from "../tidy/tree.ts";

const examples = join(findRoot(import.meta.dirname), "examples");

describe("the examples", () => {
  let system: SystemProcess;
  before(async () => {
    // One example needs settings, and the others do not mind them.
    const settings = readFileSync(join(examples, "refusals/trunkline.yaml"), "utf8");
    system = await startSystemProcess({ config: parse(settings) as object });
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

  /** Runs an example that talks about its phone, and gives what it printed. */
  const outputOf = async (file: string, phone: string): Promise<string> => {
    const env = { ...environment(), BASE_URL: system.baseUrl, NO_PROXY: "" };
    const { code, stdout, stderr } = await runProgram(process.execPath, [join(examples, file), phone], { env });
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it("services.js sends from the number that the service chooses", async () => {
    const output = await outputOf("node/services.js", "+15551230005");
    const once = "accepted for a number to be chosen\ndelivered from +15005550100 in 1 segment\n";
    assert.equal(output, once.repeat(2));
  });

  it("scheduling.js schedules a text, finds it and cancels it", async () => {
    const output = await outputOf("node/scheduling.js", "+15551230006");
    assert.match(output, /^(SM\w{32}) scheduled\n1 waiting\n\1 canceled\n$/);
  });

  it("opt-outs.js is refused after STOP and nowhere else", async () => {
    const output = await outputOf("node/opt-outs.js", "+15551230007");
    const outcomes = output.split("\n").filter((line) => line.startsWith("after"));
    assert.deepEqual(outcomes, [
      "after HELP a text is accepted",
      "after STOP a text is refused with 21610",
      "after START a text is accepted",
    ]);
  });

  it("links.js sends a short link and hears of the click", async () => {
    const output = await outputOf("node/links.js", "+15551230008");
    assert.match(output, /^Your parcel: https:\/\/go\.shop\.example\/\w{10}\n/);
    // The click may be told before the answer has arrived.
    const target = "https://shop.example/parcels/4711?source=text&campaign=winter";
    assert.deepEqual(output.trim().split("\n").slice(1).sort(), [
      `+15551230008 has clicked ${target}`,
      `302 to ${target}`,
    ]);
  });

  it("money.js explains what a text has cost", async () => {
    const output = await outputOf("node/money.js", "+15551230009");
    const [, price, before, after] = /^price (\S+) USD; balance (\S+) before, (\S+) after$/m.exec(output) ?? [];
    assert.equal(Math.round((Number(after) - Number(before)) * 1e6), Math.round(Number(price) * 1e6));
    assert.match(output, /^sms-outbound-longcode: \d\.\d+ USD$/m);
  });

  it("refusals.js is refused for each reason in turn, for nothing, and then sends", async () => {
    const program = join(examples, "refusals/refusals.js");
    const env = { ...environment(), BASE_URL: system.baseUrl };
    const { code, stdout, stderr } = await runProgram(process.execPath, [program], { env });
    assert.equal(code, 0, stderr);
    const [sent, balance, ...none] = stdout.trim().split("\n").slice(-2);
    const refusals = [...stdout.matchAll(/^(\d{5}) the (request is refused \((\d+)\)|message has failed): /gm)];
    assert.deepEqual(
      refusals.map(([, error, , status = "message"]) => `${error} ${status}`),
      [
        "21610 400",
        "21408 400",
        "21612 400",
        "30034 message",
        "30610 message",
        "30007 message",
        "30007 message",
        "30007 message",
        "30010 message",
        "20003 403",
      ],
    );
    const [, price] = /^delivered: \+12025550143 to \+16715550123, price -([\d.]+) USD$/.exec(sent ?? "") ?? [];
    const [, before, after] = /^balance (-?[\d.]+) before, (-?[\d.]+) after$/.exec(balance ?? "") ?? [];
    assert.ok(Number(price) > 0, sent);
    assert.equal(Math.round((Number(before) - Number(after)) * 1_000_000), Math.round(Number(price) * 1_000_000));
    assert.deepEqual(none, []);
    assert.equal((await bodiesOn("+16715550123")).at(-1), "Your order 4711 is on its way: https://shop.example/3xyz");
  });

  async function bodiesOn(phone: string): Promise<string[]> {
    return (await system.phones(phone)).map(({ body }) => body);
  }
});
