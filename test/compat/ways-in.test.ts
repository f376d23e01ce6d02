import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram, runTrunkline } from "../kit/command-line.ts";
import { startSystemProcess, temporaryFolder, type SystemProcess } from "../kit/running-system.ts";
import { doCustomerWork, type CustomerFindings } from "./customer-work.ts";
import { forwardedClient, plainClient } from "./sdk-clients.ts";

/** Compiled beside this file. */
const program = fileURLToPath(new URL("customer-program.js", import.meta.url));
const nameServer = new URL("name-server.js", import.meta.url).href;
/** An address of this machine that nobody else's port 443 is in the way of. */
const OWN_ADDRESS = "127.0.0.77";

let phones = 15_551_250_000;
const newPhone = (): string => `+${(phones += 1)}`;

function check(findings: CustomerFindings, system: SystemProcess): void {
  const { messageSid, keySid, ...rest } = findings;
  assert.match(messageSid, /^SM[0-9a-f]{32}$/);
  assert.match(keySid, /^SK[0-9a-f]{32}$/);
  assert.deepEqual(rest, {
    accountSid: system.accountSid,
    finalStatus: "delivered",
    listed: ["three", "two", "one"],
    errorCode: 21211,
    isRestException: true,
    alertPages: true,
    tokenRotated: true,
  });
}

/** Runs the customer's program to its end and checks what it found. */
async function runCustomer(
  system: SystemProcess,
  env: Readonly<Record<string, string>>,
  options: { readonly node?: readonly string[]; readonly within?: readonly string[] } = {},
): Promise<void> {
  const command = [
    ...(options.within ?? []),
    process.execPath,
    ...(options.node ?? []),
    program,
    system.from,
    newPhone(),
  ];
  const credentials = { TWILIO_ACCOUNT_SID: system.accountSid, TWILIO_AUTH_TOKEN: system.authToken };
  const { code, stdout, stderr } = await runProgram(command[0] ?? "", command.slice(1), {
    env: { ...credentials, ...env },
  });
  assert.equal(code, 0, stderr);
  check(JSON.parse(stdout) as CustomerFindings, system);
}

describe("the three ways in", () => {
  let system: SystemProcess;

  before(async () => {
    system = await startSystemProcess({ env: { TRUNKLINE_TLS_PORT: "0" } });
  });

  after(() => system.stop());

  it("the plain port serves every product to a client that says which host it means", async () => {
    check(await doCustomerWork(forwardedClient(system), { from: system.from, to: newPhone() }), system);
  });

  it("the plain port serves the main product to a client with another base URL", async () => {
    const client = plainClient(system);
    const { sid } = await client.messages.create({ to: newPhone(), from: system.from, body: "plain" });
    assert.equal((await client.messages(sid).fetch()).body, "plain");
  });

  it("an unchanged program works with the variables of trunkline env", async () => {
    const { code, stdout, stderr } = await runTrunkline(["env", "--json", "--data", system.dataFolder]);
    assert.equal(code, 0, stderr);
    const variables = Object.entries(JSON.parse(stdout) as Record<string, string | null>);
    const env = Object.fromEntries(variables.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
    await runCustomer(system, env);
  });

  it("an unchanged program works where names lead to the TLS port, with the CA for all of Node", async () => {
    const env = { TLS_PORT: tlsPort(system), NODE_EXTRA_CA_CERTS: system.caPath };
    await runCustomer(system, env, { node: ["--import", nameServer] });
  });

  it("an unchanged program works where names lead to the TLS port, with the CA for the SDK alone", async () => {
    const env = { TLS_PORT: tlsPort(system), TWILIO_CA_BUNDLE: system.caPath };
    await runCustomer(system, env, { node: ["--import", nameServer] });
  });

  it("a program that does not trust the CA is not deceived", async () => {
    const env = { TLS_PORT: tlsPort(system), TWILIO_ACCOUNT_SID: system.accountSid, TWILIO_AUTH_TOKEN: "x" };
    const args = ["--import", nameServer, program, system.from, newPhone()];
    const { code, stderr } = await runProgram(process.execPath, args, { env });
    assert.equal(code, 1);
    assert.match(stderr, /unable to verify the first certificate|self-signed certificate/);
  });
});

it("an unchanged program works with the hosts file of trunkline trust and port 443", async (t) => {
  if (!(await canListen(OWN_ADDRESS, 443)) || spawnSync("unshare", ["-m", "true"]).status !== 0) {
    return t.skip("needs the rights to listen on port 443 and to mount a hosts file (as root, on Linux)");
  }
  const system = await startSystemProcess({ env: { TRUNKLINE_HOST: OWN_ADDRESS, TRUNKLINE_TLS_PORT: "443" } });
  t.after(() => system.stop());
  assert.equal(new URL(system.baseUrl).hostname, OWN_ADDRESS);
  const trust = await runTrunkline(["trust", "--json", "--data", system.dataFolder]);
  assert.equal(trust.code, 0, trust.stderr);
  const { hosts } = JSON.parse(trust.stdout) as { hosts: string | readonly string[] };
  const file = join(temporaryFolder("hosts"), "hosts");
  await writeFile(file, `127.0.0.1 localhost\n${typeof hosts === "string" ? hosts : hosts.join("\n")}\n`);
  const within = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', file];
  await runCustomer(system, { NODE_EXTRA_CA_CERTS: system.caPath }, { within });
});

function tlsPort(system: SystemProcess): string {
  return new URL(system.tlsUrl ?? "").port;
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once("error", () => answer(false));
    server.listen(port, host, () => server.close(() => answer(true)));
  });
}
