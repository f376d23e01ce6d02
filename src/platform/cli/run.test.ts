import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSettings, namedSettings, settingsTable, smppCarrierType } from "../config/index.ts";
import type { CommandInput, OptionTable } from "./command.ts";
import { defineCommand } from "./command.ts";
import { CommandFailure, EXIT } from "./exit-codes.ts";
import { runCommandLine } from "./run.ts";

const carrierTypes = { smpp: smppCarrierType };

async function run(args: readonly string[]) {
  let stdout = "";
  let stderr = "";
  let seen: CommandInput<OptionTable> | undefined;
  const note = (input: unknown): number => {
    seen = input as CommandInput<OptionTable>;
    return EXIT.ok;
  };
  const send = defineCommand({
    name: "send",
    summary: "send a text",
    description: "Sends one text.",
    example: 'trunkline send +15005550006 "Hello"',
    options: {
      from: { type: "text", placeholder: "number", description: "The sender.", default: "+1500" },
      kind: { type: "text", placeholder: "kind", description: "Kind.", choices: ["sms", "mms"] },
      count: { type: "integer", short: "n", placeholder: "count", min: 1, max: 10, description: "How often." },
      media: { type: "list", placeholder: "url", description: "A picture." },
      wait: { type: "switch", short: "w", description: "Wait for the receipt." },
    },
    words: [
      { name: "to", description: "the number to send to", required: true },
      { name: "text", description: "the text", required: false, rest: true },
    ],
    run: (_context, input) => {
      const from: string = input.options.from;
      const count: number | undefined = input.options.count;
      assert(from.length + (count ?? 1) > 0);
      return note(input);
    },
  });
  const up = defineCommand({
    name: "up",
    summary: "start everything",
    description: "Starts everything.",
    example: "trunkline up --port 9000",
    options: {},
    settings: namedSettings(settingsTable(carrierTypes)),
    run: (context, input) => {
      loadSettings({ flags: input.settingFlags, env: {}, cwd: context.cwd, carrierTypes });
      return note(input);
    },
  });
  const simulate = defineCommand({
    name: "simulate carrier",
    summary: "start a carrier to play with",
    description: "Starts an SMSC.",
    example: "trunkline simulate carrier",
    options: {
      fail: { type: "switch", description: "Fail." },
      crash: { type: "switch", description: "Crash." },
    },
    run: (_context, { options }) => {
      if (options.fail) throw new CommandFailure("port 2775 is taken");
      if (options.crash) throw new TypeError("oops");
      return EXIT.ok;
    },
  });
  const loaded: string[] = [];
  const commands = [up, send, simulate].map((command) => ({
    name: command.name,
    load: () => {
      loaded.push(command.name);
      return Promise.resolve(command);
    },
  }));
  const code = await runCommandLine({ name: "trunkline", summary: "a platform", version: "1.2.3", commands }, args, {
    stdout: { isTty: false, write: (text) => void (stdout += text) },
    stderr: { isTty: false, write: (text) => void (stderr += text) },
    env: {},
    cwd: "/nowhere",
  });
  return { code, stdout, stderr, seen, loaded };
}

test("options, words and switches are read, with defaults for what was not typed", async () => {
  const { code, seen } = await run(["send", "-n", "3", "+1", "--media=a", "--media", "b", "hello", "-w", "--", "--x"]);
  assert.equal(code, EXIT.ok);
  assert.deepEqual(seen?.options, { from: "+1500", kind: undefined, count: 3, media: ["a", "b"], wait: true });
  assert.deepEqual(seen?.words, ["+1", "hello", "--x"]);
});

test("only the command that was typed is loaded, and all of them for the list", async () => {
  assert.deepEqual((await run(["send", "+1"])).loaded, ["send"]);
  assert.deepEqual((await run(["simulate", "carrier", "--help"])).loaded, ["simulate carrier"]);
  assert.deepEqual((await run(["--version"])).loaded, []);
  assert.deepEqual((await run(["--help"])).loaded, ["up", "send", "simulate carrier"]);
});

test("flags of settings go to the settings, switches with and without no-", async () => {
  const args = ["up", "--port", "9000", "--no-simulator-enabled", "--webhooks-allow-private-networks"];
  const { code, seen } = await run(args);
  assert.equal(code, EXIT.ok);
  assert.deepEqual(seen?.settingFlags, {
    port: "9000",
    "simulator-enabled": false,
    "webhooks-allow-private-networks": true,
  });
});

test("wrong settings end with their own exit code and a sentence", async () => {
  const { code, stderr } = await run(["up", "--port", "many"]);
  assert.equal(code, EXIT.settings);
  assert.match(stderr, /--port: expected a port from 0 to 65535, got "many"/);
});

test("what a command does not take is told with what was probably meant", async () => {
  for (const [args, message] of [
    [["sned"], "unknown command “sned” (did you mean send?)"],
    [["simulate", "carier"], "unknown command “simulate carier” (did you mean simulate carrier?)"],
    [["send", "+1", "--form", "x"], "unknown option --form (did you mean --from?)"],
    [["send", "+1", "--from"], "--from needs a value"],
    [["send", "+1", "--from", "--wait"], "--from needs a value"],
    [["send", "+1", "--count", "11"], "--count expects a whole number from 1 to 10, got “11”"],
    [["send", "+1", "--kind", "sns"], "--kind expects one of sms, mms (did you mean sms?)"],
    [["send", "+1", "--wait=maybe"], "--wait is a switch"],
    [["send"], "the to is missing: the number to send to"],
    [["simulate", "carrier", "more"], "“more” is one word too many"],
    [["up", "--prot", "1"], "unknown option --prot (did you mean --port?)"],
  ] as const) {
    const { code, stderr, stdout } = await run(args);
    assert.equal(code, EXIT.usage, args.join(" "));
    assert(stderr.includes(message), stderr);
    assert.equal(stdout, "");
  }
});

test("every command shows its help with its example, and the program lists its commands", async () => {
  for (const [name, example] of [
    ["send", 'trunkline send +15005550006 "Hello"'],
    ["up", "trunkline up --port 9000"],
    ["simulate carrier", "trunkline simulate carrier"],
  ] as const) {
    for (const args of [
      [...name.split(" "), "--help"],
      [...name.split(" "), "-h"],
      ["help", ...name.split(" ")],
    ]) {
      const { code, stdout } = await run(args);
      assert.equal(code, EXIT.ok);
      assert(stdout.includes(`Example:\n  ${example}`), stdout);
      assert(stdout.split("\n").every((line) => line.length <= 100));
    }
  }
  const { stdout } = await run(["--help"]);
  assert.match(stdout, /simulate carrier {2}start a carrier to play with/);
  assert.match((await run(["up", "--help"])).stdout, /--database-url <value>/);
});

test("nothing typed shows the help and fails; the version is one line", async () => {
  const nothing = await run([]);
  assert.equal(nothing.code, EXIT.usage);
  assert.match(nothing.stderr, /Usage: trunkline <command>/);
  assert.equal((await run(["--version"])).stdout, "1.2.3\n");
  assert.match((await run(["simulate"])).stderr, /simulate carrier/);
});

test("a failure is a sentence, a bug has its stack", async () => {
  const failed = await run(["simulate", "carrier", "--fail"]);
  assert.deepEqual([failed.code, failed.stderr], [EXIT.failed, "trunkline: port 2775 is taken\n"]);
  const crashed = await run(["simulate", "carrier", "--crash"]);
  assert.equal(crashed.code, EXIT.bug);
  assert.match(crashed.stderr, /TypeError: oops\n\s+at /);
});
