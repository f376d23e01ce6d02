import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { documentSettings } from "./document.ts";
import { loadSettings } from "./load.ts";
import { SettingsError } from "./problems.ts";
import { redactSettings } from "./redact.ts";
import { smppCarrierType } from "./smpp-carrier.ts";

const cwd = mkdtempSync(join(tmpdir(), "settings-"));
after(() => rmSync(cwd, { recursive: true }));

const carrierTypes = { smpp: smppCarrierType };
const SID = `AC${"0123456789abcdef".repeat(2)}`;

interface Given {
  file?: string;
  env?: Record<string, string>;
  flags?: Record<string, string | boolean>;
}

let fileCount = 0;

function load({ file, env = {}, flags = {} }: Given) {
  const variables = { ...env };
  if (file !== undefined) {
    fileCount += 1;
    writeFileSync(join(cwd, `${fileCount}.yaml`), file);
    variables["TRUNKLINE_CONFIG"] = `${fileCount}.yaml`;
  }
  return loadSettings({ flags, env: variables, cwd, carrierTypes });
}

function problems(given: Given): string[] {
  try {
    load(given);
  } catch (error) {
    assert(error instanceof SettingsError);
    return error.problems.map(({ where, message }) => `${where.replace(/^\d+\.yaml/, "file")}: ${message}`);
  }
  return [];
}

test("without anything given, every setting has its default and the record is complete", () => {
  const settings = load({});
  assert.equal(settings.port, 8080);
  assert.equal(settings.host, "127.0.0.1");
  assert.equal(settings.data, join(cwd, ".trunkline"));
  assert.equal(settings.webhooks.allowPrivateNetworks, true);
  assert.equal(settings.simulator.enabled, true);
  assert.equal(settings.databaseUrl, undefined);
  assert.deepEqual(settings.carriers, []);
  assert(Object.isFrozen(settings) && Object.isFrozen(settings.webhooks) && Object.isFrozen(settings.carriers));
});

test("a flag wins over the environment, the environment over the file, the file over the default", () => {
  const file = "port: 1111\nhost: localhost\nlog: { level: warn }\nwebhooks: { maxInFlight: 7 }\n";
  const env = { TRUNKLINE_PORT: "2222", TRUNKLINE_LOG_LEVEL: "error" };
  const settings = load({ file, env, flags: { port: "3333" } });
  assert.equal(settings.port, 3333);
  assert.equal(settings.log.level, "error");
  assert.equal(settings.webhooks.maxInFlight, 7);
  assert.equal(settings.host, "localhost");
  assert.equal(settings.log.format, "auto");
});

test("an empty environment variable counts as not given", () => {
  assert.equal(load({ env: { TRUNKLINE_PORT: "" } }).port, 8080);
});

test("private networks are allowed by default on loopback only, and what is written wins", () => {
  assert.equal(load({ flags: { host: "0.0.0.0" } }).webhooks.allowPrivateNetworks, false);
  assert.equal(load({ env: { TRUNKLINE_HOST: "127.3.2.1" } }).webhooks.allowPrivateNetworks, true);
  assert.equal(load({ file: "webhooks: { allowPrivateNetworks: false }" }).webhooks.allowPrivateNetworks, false);
  const open = load({ flags: { host: "::", "webhooks-allow-private-networks": true } });
  assert.equal(open.webhooks.allowPrivateNetworks, true);
});

test("a carrier and numbers come out complete, and the simulated carrier is off", () => {
  const settings = load({
    file: `carriers:
  - { name: north, type: smpp, url: "smpp://user:se%40cret@127.0.0.1:2775", window: 50, messagesPerSecond: 200 }
  - { name: south, type: smpp, url: "smpps://u:p@[::1]", prefixes: [+44, "+1"] }
numbers:
  - { number: +15005550100, sms: true, voice: false }
  - { number: 12345, type: shortcode, country: US }
`,
  });
  const [north, south] = settings.carriers;
  assert.equal(north?.type, "smpp");
  assert.deepEqual(north.url, {
    tls: false,
    host: "127.0.0.1",
    port: 2775,
    systemId: "user",
    password: "se@cret",
  });
  assert.equal(north.window, 50);
  assert.equal(north.messagesPerSecond, 200);
  assert.equal(north.bind, "transceiver");
  assert.deepEqual([south?.url.host, south?.url.port, south?.url.tls], ["::1", 3550, true]);
  assert.deepEqual(south?.prefixes, ["+44", "+1"]);
  assert.equal(settings.simulator.enabled, false);
  assert.equal(settings.numbers[0]?.number, "+15005550100");
  assert.deepEqual(settings.numbers[1], {
    number: "12345",
    sms: true,
    mms: true,
    voice: true,
    country: "US",
    type: "shortcode",
    cell: undefined,
  });
});

test("every problem is told at once, with line and column, variable or flag", () => {
  const file = `prot: 1
webhooks:
  maxInFlight: many
  maxInFlght: 1
carriers:
  - name: north
    type: smpp
    url: "smpp://user:verysecretindeed@host"
    windw: 3
  - { name: x, type: smp }
numbers: { number: "+15005550100" }
`;
  const found = problems({ file, env: { TRUNKLINE_TLS_PORT: "70000" }, flags: { host: "a b" } });
  assert.equal(found.length, 9);
  assert.equal(found[0], "file:1:1: prot: unknown key (did you mean port?)");
  assert.equal(found[1], "file:4:3: webhooks.maxInFlght: unknown key (did you mean maxInFlight?)");
  assert.equal(found[2], 'file:3:16: webhooks.maxInFlight: expected a whole number from 1 to 10000, got "many"');
  assert.match(found[3] ?? "", /^file:9:5: carriers\[0\]\.windw: unknown key \(did you mean window\?\)$/);
  assert.match(found[4] ?? "", /^file:8:10: carriers\[0\]\.url: expected smpp:\/\/user:secret@host:port or /);
  assert.equal(found[5], "file:10:22: carriers[1].type: expected one of smpp (did you mean smpp?)");
  assert.equal(found[6], "file:11:10: numbers: expected a list");
  assert.equal(found[7], '--host: expected an address or a host name, got "a b"');
  assert.equal(found[8], 'TRUNKLINE_TLS_PORT: expected a port from 0 to 65535, got "70000"');
  assert(!found.join().includes("verysecret"));
});

test("unknown variables and flags are errors, what Kubernetes adds is not", () => {
  assert.deepEqual(problems({ env: { TRUNKLINE_PROT: "1" } }), [
    "TRUNKLINE_PROT: unknown setting (did you mean TRUNKLINE_PORT?)",
  ]);
  assert.deepEqual(problems({ flags: { databaseurl: "x" } }), [
    "--databaseurl: unknown flag (did you mean database-url?)",
  ]);
  const env = {
    TRUNKLINE_PORT: "tcp://10.0.0.1:8080",
    TRUNKLINE_PORT_8080_TCP_ADDR: "10.0.0.1",
    TRUNKLINE_SERVICE_HOST: "10.0.0.1",
    TRUNKLINE_SERVICE_PORT_HTTP: "8080",
  };
  assert.equal(load({ env }).port, 8080);
});

test("settings that contradict each other are told where they stand", () => {
  assert.deepEqual(problems({ file: `accountSid: ${SID}` }), [
    "file:1:13: accountSid: expected authToken to be given with it",
  ]);
  const twice = `numbers:\n  - { number: "+15005550100" }\n  - { number: "+15005550100" }\n`;
  assert.deepEqual(problems({ file: twice }), ["file:3:15: numbers[1].number: expected each number only once"]);
  assert.deepEqual(problems({ flags: { "tls-port": "8080" } }), [
    "--tls-port: tlsPort: expected another port than that of `port`",
  ]);
});

test("YAML that cannot be parsed is told with its line, and a missing file by who asked for it", () => {
  assert.match(problems({ file: "port: 1\nport: 2\n" })[0] ?? "", /^file:2:1: .*unique/);
  assert.match(problems({ file: "log: { level: info\n" })[0] ?? "", /^file:\d+:\d+: /);
  assert.match(problems({ file: "- 1\n" })[0] ?? "", /expected a map of settings/);
  assert.deepEqual(problems({ flags: { config: "nowhere.yaml" } }), [
    "--config: cannot read nowhere.yaml: there is no such file",
  ]);
  assert.match(problems({ file: "&a\nlog: *a\n" })[0] ?? "", /log\.log: unknown key|nests too deeply/);
});

test("an empty file, and an empty group or list in it, are as if nothing was written", () => {
  assert.equal(load({ file: "# nothing\n" }).port, 8080);
  assert.deepEqual(load({ file: "carriers:\nwebhooks:\n" }).carriers, []);
});

test("settings are shown without secrets", () => {
  const settings = load({
    file: `carriers: [{ name: n, type: smpp, url: "smpp://user:hush@h:1" }]
databaseUrl: postgres://me:hush@db/x
accountSid: ${SID}
authToken: hushhushhushhush
`,
  });
  const shown = JSON.stringify(redactSettings(settings, carrierTypes));
  assert(!shown.includes("hush"));
  assert(shown.includes("smpp://user:***@h:1") && shown.includes("postgres://me:***@db/x"));
});

test("the reference names every setting with its variable and flag, and the keys of carriers", () => {
  const page = documentSettings(carrierTypes);
  for (const part of [
    "| `webhooks.maxInFlight` | `TRUNKLINE_WEBHOOKS_MAX_IN_FLIGHT` | `--webhooks-max-in-flight` |",
    "`TRUNKLINE_DATABASE_URL`",
    "## Each of `carriers`",
    "### With `type: smpp`",
    "`longMessages`",
    "## Each of `numbers`",
  ]) {
    assert(page.includes(part), part);
  }
});

test("the look-up of networks is a URL with the number behind its host, and a path into the answer", () => {
  const { routing } = load({
    file: "routing: { portedNumbers: ported.csv, lookupUrl: 'https://u:p@hlr.example/{number}' }",
  });
  assert.equal(routing.portedNumbers, join(cwd, "ported.csv"));
  assert.equal(routing.lookupUrl, "https://u:p@hlr.example/{number}");
  assert.deepEqual(routing.lookupPath.steps, ["network"]);
  const env = { TRUNKLINE_ROUTING_LOOKUP_PATH: "results[0].mccmnc" };
  assert.deepEqual(load({ env }).routing.lookupPath.steps, ["results", 0, "mccmnc"]);
  for (const lookupUrl of [
    "https://hlr.example/",
    "https://{number}.example/",
    "ftp://a/{number}",
    "https://a/#{number}",
  ]) {
    const found = problems({ env: { TRUNKLINE_ROUTING_LOOKUP_URL: lookupUrl } });
    assert.match(found.join(), /expected an http or https URL with \{number\} behind its host/, lookupUrl);
  }
});
