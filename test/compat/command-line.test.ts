/** Every command of the command line against a whole system in a process of its own. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { commandLinePath, runProgram, runTrunkline, startTrunkline } from "../kit/command-line.ts";
import { failedStart, startSystemProcess, temporaryFolder, type SystemProcess } from "../kit/running-system.ts";
import { findProgram } from "../kit/programs.ts";
import { waitFor } from "../kit/wait-for.ts";
import { findRoot } from "../tidy/tree.ts";

const PHONE = "+15551234567";
const root = findRoot(import.meta.dirname);

/** A program as its author wrote it, without a word about us. */
const PROGRAM = `
  const client = require("twilio")();
  client.messages.create({ to: "${PHONE}", from: process.argv[1], body: "unchanged" })
    .then((message) => console.log(message.status), (error) => { console.error(error); process.exitCode = 1; });
`;

describe("the command line", () => {
  let system: SystemProcess;
  before(async () => {
    system = await startSystemProcess();
  });
  after(() => system.stop());

  const trunkline = (...args: string[]) => runTrunkline(args, { env: { TRUNKLINE_DATA: system.dataFolder } });
  const bodies = async (): Promise<string[]> => (await system.phones(PHONE)).map(({ body }) => body);

  it("up welcomes with lines that work when pasted", async () => {
    const welcome = system.stdout();
    for (const part of [system.baseUrl, system.accountSid, system.authToken, system.from, system.dataFolder]) {
      assert(welcome.includes(part), part);
    }
    const curl = /^ {2}(curl .*\\\n.*)$/m.exec(welcome)?.[1] ?? "";
    if (findProgram("curl") === undefined) return;
    const { code, stdout } = await runProgram("/bin/sh", ["-c", curl]);
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as { status: string }).status, "queued");
    await waitFor("the text on the phone", async () => (await bodies()).includes("Hello from Trunkline"));
  });

  it("env leads an unchanged program here, and --unset gives the shell back", async () => {
    const command = `'${process.execPath}' '${commandLinePath()}' env`;
    const script = `
      eval "$(${command})" && eval "$(${command})"
      '${process.execPath}' -e '${PROGRAM.replaceAll("'", "")}' '${system.from}' || exit 1
      eval "$(${command} --unset)"
      printf '%s,%s,%s,%s' "$TWILIO_AUTH_TOKEN" "\${HTTP_PROXY-unset}" "$NO_PROXY" "\${_TRUNKLINE_ENV-unset}"`;
    const env = { TRUNKLINE_DATA: system.dataFolder, TWILIO_AUTH_TOKEN: "real", NO_PROXY: "*" };
    const { code, stdout, stderr } = await runProgram("/bin/sh", ["-c", script], { env, cwd: root });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "queued\nreal,unset,*,unset");
    await waitFor("the text on the phone", async () => (await bodies()).includes("unchanged"));
  });

  it("env gives certificates with which curl trusts the vendor's name", { skip: !findProgram("curl") }, async () => {
    const { stdout } = await trunkline("env", "--json");
    const env = JSON.parse(stdout) as Record<string, string>;
    const url = `https://api.twilio.com/2010-04-01/Accounts/${system.accountSid}.json`;
    const user = `${system.accountSid}:${system.authToken}`;
    const curl = await runProgram("curl", ["--silent", "--show-error", "--user", user, url], { env });
    assert.equal(curl.code, 0, curl.stderr);
    assert.equal((JSON.parse(curl.stdout) as { sid: string }).sid, system.accountSid);
  });

  it("trust shows the certificate and how to trust it", async () => {
    const pem = await trunkline("trust", "--pem");
    assert.equal(pem.stdout, await readFile(system.caPath, "utf8"));
    const { code, stdout } = await trunkline("trust");
    assert.equal(code, 0);
    assert(stdout.includes(system.caPath));
    assert.match(stdout, /^ {2}127\.0\.0\.1 .*\bapi\.twilio\.com\b/m);
  });

  it("send sends a text and waits for its receipt", async () => {
    const { code, stdout, stderr } = await trunkline("send", "--to", PHONE, "--body", "It's me\n¡Hola!", "--wait");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^SM[0-9a-f]{32} /);
    assert.match(stdout, / {2}It's me\n {2}¡Hola!\n\nqueued\n(sending\n)?(sent\n)?delivered\n$/);
    assert((await bodies()).includes("It's me\n¡Hola!"));
  });

  it("send says why a text is refused or was not delivered", async () => {
    const refused = await trunkline("send", "--to", "+1555", "--body", "x");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^trunkline: refused with 400 \(error 21211\): /);
    const lost = await trunkline("send", "--to", "+15559990001", "--body", "x", "--wait");
    assert.equal(lost.code, 1, lost.stderr);
    assert.match(lost.stdout, /^undelivered {3}error 30\d{3}/m);
    const empty = await trunkline("send", "--to", PHONE);
    assert.equal(empty.code, 64);
    assert.match(empty.stderr, /--body is missing/);
  });

  it("phones lists them, shows one, and texts back", async () => {
    assert.match((await trunkline("phones")).stdout, /^\+15551234567 +\d+ {2}.* It's me ¡Hola!$/m);
    const sent = await trunkline("phones", PHONE, "--send", "Hi back");
    assert.equal(sent.code, 0, sent.stderr);
    await waitFor("the answer to be taken", async () =>
      (await system.phones(PHONE)).some(({ body, state }) => body === "Hi back" && state === "taken"),
    );
    const { stdout } = await trunkline("phones", PHONE);
    assert.match(stdout, / {2}from \+15005550100\nIt's me\n¡Hola!\n\n {4}.* {2}to \+15005550100\n {4}Hi back\n\n$/);
    const inbound = await waitFor("the answer in the API", async () =>
      (await messages(system)).find(({ direction }) => direction === "inbound"),
    );
    assert.deepEqual([inbound.body, inbound.from, inbound.status], ["Hi back", PHONE, "received"]);
  });

  it("phones --follow shows what comes", async () => {
    const env = { TRUNKLINE_DATA: system.dataFolder };
    const following = startTrunkline(["phones", "+15557770001", "--follow", "--json"], { env });
    await trunkline("send", "--to", "+15557770001", "--body", "first");
    await waitFor("the first text", () => following.stdout().includes('"body":"first"'));
    await trunkline("send", "--to", "+15557770001", "--body", "second");
    await waitFor("the second text", () => following.stdout().includes('"body":"second"'));
    following.child.kill("SIGINT");
    await following.ended;
    assert.equal(following.stdout().trim().split("\n").length, 2);
  });

  it("doctor finds nothing wrong, and says what is", async () => {
    const { code, stdout } = await trunkline("doctor", "--json");
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { name: string; verdict: string }[] };
    const names = findings.map(({ name }) => name);
    const bad = findings.filter(({ name, verdict }) => verdict === "wrong" && name !== "disk");
    assert.deepEqual(bad, []);
    assert.equal(code, ok ? 0 : 1);
    for (const name of ["Node", "carriers", "API", "proxy", "authority"]) assert(names.includes(name), name);
    const env = { TRUNKLINE_DATA: system.dataFolder, TRUNKLINE_PROT: "1" };
    const mistyped = await runTrunkline(["doctor"], { env });
    assert.equal(mistyped.code, 1);
    assert.match(mistyped.stdout, /✗ settings [^]*TRUNKLINE_PROT: unknown setting \(did you mean TRUNKLINE_PORT\?\)/);
  });

  it("a second system on the same data folder ends with a sentence, and leaves the first alone", async () => {
    const { code, stderr } = await failedStart({ dataFolder: system.dataFolder });
    assert.equal(code, 1);
    assert.match(stderr, /The data folder .* is in use by another Trunkline .*Stop that one, or give this one another/);
    assert(!/\n\s+at /.test(stderr), stderr);
    assert.equal((await trunkline("send", "--to", PHONE, "--body", "still here")).code, 0);
  });

  it("a port that is taken ends the start with a sentence", async () => {
    const { port } = new URL(system.baseUrl);
    const { code, stderr } = await failedStart({ env: { TRUNKLINE_PORT: port } });
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`Port ${port} is taken by another program\\..* \`port\``));
    assert(!/\n\s+at /.test(stderr), stderr);
  });

  it("Ctrl-C stops it in order, and the commands say that nothing runs", async () => {
    assert.equal(await system.stop(), 0);
    assert.match(system.stderr(), /\nStopping …\n[^]*Stopped\.\n$/);
    for (const args of [["env"], ["send", "--to", PHONE, "--body", "x"], ["phones"]]) {
      const { code, stdout, stderr } = await trunkline(...args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^trunkline: nothing is running with the data folder .* Start it with “npx trunkline up”/);
    }
    assert.match((await trunkline("trust")).stdout, /SHA-256/);
    assert.match((await trunkline("doctor")).stdout, /! system +nothing is running/);
  });

  it("the next start goes on where it was", async () => {
    const { accountSid, authToken, dataFolder } = system;
    const [before, phoneBefore] = [system, "still here"];
    system = await startSystemProcess({ dataFolder });
    assert.deepEqual([system.accountSid, system.authToken, system.from], [accountSid, authToken, before.from]);
    const kept = await bodies();
    for (const body of ["unchanged", "It's me\n¡Hola!", "Hi back", phoneBefore]) assert(kept.includes(body), body);
    const listed = (await messages(system)).map(({ body }) => body);
    for (const body of ["unchanged", "It's me\n¡Hola!", "Hi back", phoneBefore]) assert(listed.includes(body), body);
  });

  it("after a crash the doctor says so, and the next start goes on", async () => {
    await system.kill9();
    assert.match((await trunkline("doctor")).stdout, /! system +is not running, and was not stopped in order/);
    system = await startSystemProcess({ dataFolder: system.dataFolder });
    assert.equal((await trunkline("send", "--to", PHONE, "--body", "after the crash", "--wait")).code, 0);
  });
});

describe("simulate carrier", () => {
  it("is a carrier for a system, keeps its phones, and stops in order", async (t) => {
    const data = join(temporaryFolder("carrier"), "data");
    const start = async (port: string) => {
      const carrier = startTrunkline(["simulate", "carrier", "--port", port, "--receipt-delay-ms", "1"], {
        env: { TRUNKLINE_DATA: data },
      });
      t.after(() => carrier.child.kill("SIGKILL"));
      const url = await waitFor("the carrier", () => /Phones +(http:\S+)/.exec(carrier.stdout())?.[1]);
      return { carrier, url };
    };
    const first = await start("0");
    const smpp = /url: "(smpp:[^"]+)"/.exec(first.carrier.stdout())?.[1] ?? "";
    const { port } = new URL(smpp);
    first.carrier.child.kill("SIGINT");
    assert.equal((await first.carrier.ended).code, 0);
    // The port was free a moment ago, and phones are kept by port.
    const { carrier, url } = await start(port);
    const system = await startSystemProcess({
      config: {
        carriers: [{ name: "simulated", type: "smpp", url: smpp, window: 50 }],
        numbers: [{ number: "+15005550100" }],
      },
    });
    t.after(() => system.stop());
    const env = { TRUNKLINE_DATA: system.dataFolder };
    const sent = await runTrunkline(["send", "--to", PHONE, "--body", "over there", "--wait"], { env });
    assert.equal(sent.code, 0, sent.stdout + sent.stderr);
    const none = await runTrunkline(["phones"], { env });
    assert.equal(none.code, 1);
    assert.match(none.stderr, /real carriers and no simulated phones/);
    const showPhone = async (at: string) => (await runTrunkline(["phones", PHONE, "--url", at], { env })).stdout;
    assert.match(await showPhone(url), /over there/);
    const taken = await runTrunkline(["simulate", "carrier", "--port", port], { env: { TRUNKLINE_DATA: data } });
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, new RegExp(`Port ${port} is taken`));
    carrier.child.kill("SIGINT");
    const { code, stderr } = await carrier.ended;
    assert.equal(code, 0);
    assert.match(stderr, /Stopped\.\n$/);
    const again = await start(port);
    assert.match(await showPhone(again.url), /over there/);
  });

  it("refuses faults that do not exist", async () => {
    const both = await runTrunkline(["simulate", "carrier", "--port", "0", "--error", "8:0.7", "--error", "10:0.7"]);
    assert.equal(both.code, 64);
    assert.match(both.stderr, /shares must not exceed 1 together/);
  });
});

describe("npx", () => {
  it("finds the command line of a clone by itself", { skip: !findProgram("npx") }, async () => {
    const env = { npm_config_update_notifier: "false", npm_config_offline: "true" };
    const { code, stdout, stderr } = await runProgram("npx", ["trunkline", "--version"], { env, cwd: root });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });
});

interface ListedMessage {
  readonly body: string;
  readonly from: string;
  readonly status: string;
  readonly direction: string;
}

async function messages({ baseUrl, accountSid, authToken }: SystemProcess): Promise<readonly ListedMessage[]> {
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString("base64");
  const response = await fetch(`${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json?PageSize=1000`, {
    headers: { Authorization: `Basic ${credentials}` },
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { messages: ListedMessage[] }).messages;
}
